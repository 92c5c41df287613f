"""Clocks of the paper paths, by the published calendars."""

from __future__ import annotations

from datetime import date

import pytest

from xinqiao.kernel.errors import PolicyMissing
from xinqiao.policy.deadlines import deadline
from xinqiao.policy.marks import clause
from xinqiao.policy.policies import PolicySet


@clause("R13/report-card", "R13/county-entry", "R13/discharge", "R13/correct", "QYS24/receive", "QYS24/file",
        "QYS24/address", "QYS24/exchange", "MHL/second-diagnosis", "OWN/emergency-record", "OWN/transfer-receipt",
        "OWN/national-entry")  # fmt: skip
@pytest.mark.parametrize(
    ("clock", "start", "due_on"),
    [
        ("D1", date(2025, 4, 30), date(2025, 5, 19)),
        ("D2", date(2024, 2, 8), date(2024, 2, 28)),
        ("D3", date(2025, 4, 30), date(2025, 5, 12)),
        ("D4", date(2025, 12, 31), date(2026, 1, 15)),
        ("D5", date(2024, 9, 13), date(2024, 9, 23)),
        ("D6", date(2024, 9, 13), date(2024, 9, 29)),
        ("D7", date(2025, 1, 24), date(2025, 2, 7)),
        ("D8", date(2025, 1, 24), date(2025, 2, 13)),
        ("D9", date(2025, 1, 24), date(2025, 2, 13)),
        ("D11", date(2025, 4, 30), date(2025, 5, 14)),
        ("D12", date(2025, 4, 30), date(2025, 5, 14)),
        ("D13", date(2025, 4, 30), date(2025, 5, 1)),
        ("D16", date(2025, 4, 30), date(2025, 5, 5)),
        ("D17", date(2025, 12, 31), date(2026, 1, 8)),
        ("D18", date(2025, 1, 31), date(2025, 2, 28)),
        ("D21", date(2025, 4, 30), date(2025, 5, 3)),
        ("D23", date(2025, 12, 31), date(2026, 1, 15)),
    ],
)
def test_each_clock_runs_out_on_the_day_its_rule_says(clock: str, start: date, due_on: date) -> None:
    found = deadline(clock, start)
    assert found.due_on == due_on
    assert found.label
    assert found.warnings == ()


def test_an_unknown_clock_is_missing_and_an_unknown_year_is_said() -> None:
    with pytest.raises(PolicyMissing):
        deadline("D99", date(2026, 1, 1))
    assert "2027" in deadline("D1", date(2026, 12, 30), policies=PolicySet()).warnings[0]
