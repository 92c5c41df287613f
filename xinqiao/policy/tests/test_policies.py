"""The loader, the look-up by place and date, local rows, and the lock of released rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from xinqiao.kernel.codes import ancestors, full_code
from xinqiao.kernel.errors import PolicyMissing
from xinqiao.policy import release
from xinqiao.policy.calendar import read_workdays
from xinqiao.policy.loader import PolicyError, Released, read_yaml, released
from xinqiao.policy.policies import PolicySet, released_policies

NATION = "000000000000"
INTERVALS = "followup/intervals"


def local(**changes: Any) -> dict[str, Any]:
    row = {
        "thing": INTERVALS,
        "division_code": "990101",
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "value": {
            "profile": "local",
            "title": "本县",
            "rules": [{"situation": "stable", "plus": {"months": 1}, "clause": "N3/interval/3"}],
        },
        "source": "县文件",
        "author": "programme",
    }
    return {**row, **changes}


def test_every_released_file_is_read_without_a_complaint() -> None:
    rules = released()
    assert "followup/classification" in rules.names()
    for name in rules.names():
        assert rules.thing(name).rows


def test_every_clause_that_a_rule_names_is_in_the_clause_file() -> None:
    named: set[str] = set()
    for name in released().names():
        thing = released().thing(name)
        named.add(thing.clause)
        for row in thing.rows:
            named |= set(_clauses_in(row.raw)) | {row.clause}
    assert sorted(named - set(released().clauses)) == []


def _clauses_in(data: Any) -> list[str]:
    if isinstance(data, dict):
        own = [data["clause"]] if isinstance(data.get("clause"), str) else []
        return own + [found for value in data.values() for found in _clauses_in(value)]
    return [found for item in data for found in _clauses_in(item)] if isinstance(data, list) else []


def test_a_released_row_never_changes_without_a_new_line_in_the_lock() -> None:
    assert release.differences(release.current(), release.locked()) == []


def test_a_changed_a_vanished_and_a_new_row_are_each_named() -> None:
    then = {"a": "1", "b": "2"}
    assert release.differences({"a": "9", "c": "3"}, then) == [
        "b: released, but gone",
        "a: released row was changed",
        "c: new, not in the lock",
    ]


def test_the_nearest_place_and_the_newest_date_win() -> None:
    rules = PolicySet(local_rows=[local(), local(valid_from=date(2026, 6, 1), source="新文件")])
    places = ancestors("990101101201")
    assert rules.at(INTERVALS, on=date(2025, 12, 31), ancestors=places).area == NATION
    assert rules.at(INTERVALS, on=date(2026, 1, 1), ancestors=places).source == "县文件"
    assert rules.at(INTERVALS, on=date(2026, 6, 1), ancestors=places).source == "新文件"
    assert rules.at(INTERVALS, on=date(2026, 6, 1), ancestors=ancestors("990102000000")).area == NATION


def test_a_row_holds_up_to_the_day_before_its_end() -> None:
    places = ancestors(full_code("341022101"))
    assert released_policies().at(INTERVALS, on=date(2025, 7, 31), ancestors=places).area == "341022101000"
    assert released_policies().at(INTERVALS, on=date(2025, 8, 1), ancestors=places).area == NATION
    assert released_policies().at(INTERVALS, on=date(2024, 8, 29), ancestors=places).area == NATION


def test_nothing_found_is_an_error_and_never_a_guess() -> None:
    with pytest.raises(PolicyMissing):
        released_policies().at(INTERVALS, on=date(2003, 12, 31))
    with pytest.raises(PolicyMissing):
        released_policies().clause("N3/no/such")


def test_local_rows_change_the_version_and_the_released_version_stays() -> None:
    one, two = PolicySet(), PolicySet(local_rows=[local()])
    assert one.version == PolicySet().version == released().version
    assert two.version.startswith(one.version + "+")
    assert two.version != PolicySet(local_rows=[local(source="别的文件")]).version
    assert len(two.version) <= 20


def test_a_local_row_stands_before_a_released_one_of_the_same_place_and_date() -> None:
    row = local(
        division_code="", valid_from=date(2004, 1, 1), thing="followup/partial_insight", value="recovered"
    )
    rules = PolicySet(local_rows=[row])
    assert rules.at("followup/partial_insight", on=date(2026, 1, 1)).value == "recovered"


def test_a_profile_laxer_than_its_parent_needs_a_written_waiver() -> None:
    rule: dict[str, Any] = {"situation": "unstable", "plus": {"months": 1}, "clause": "N3/interval/1"}
    value = {"profile": "x", "title": "x", "rules": [rule]}
    with pytest.raises(PolicyError, match="waiver"):
        PolicySet(local_rows=[local(value=value)])
    rule["waiver"] = "省厅批准"
    assert PolicySet(local_rows=[local(value=value)]).version


@pytest.mark.parametrize(
    "changes",
    [
        {"thing": "followup/no_such"},
        {"division_code": "12345"},
        {"valid_from": "2026-01-01"},
        {"valid_to": date(2025, 1, 1)},
        {"author": " "},
        {"source": ""},
        {"value": {"profile": "x", "title": "x", "rules": []}},
        {
            "value": {
                "profile": "x",
                "title": "x",
                "rules": [{"situation": "stabel", "plus": {"days": 1}, "clause": "X"}],
            }
        },
        {
            "value": {
                "profile": "x",
                "title": "x",
                "rules": [{"situation": "stable", "plus": {"days": 0}, "clause": "X"}],
            }
        },
        {
            "value": {
                "profile": "x",
                "title": "x",
                "rules": [{"situation": "stable", "plus": {"days": 1, "months": 1}, "clause": "X"}],
            }
        },
        {
            "value": {
                "profile": "x",
                "title": "x",
                "rules": [{"situation": "stable", "plus": {"days": 1}, "clause": "X", "risk": [6]}],
            }
        },
        {"thing": "followup/partial_insight", "value": "maybe"},
        {"thing": "followup/windows", "value": {"extra_within_days": 7}},
        {"extra": 1},
    ],
)
def test_a_wrong_local_row_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(PolicyError):
        PolicySet(local_rows=[local(**changes)])


def test_a_new_years_days_off_may_be_entered_by_the_deployment() -> None:
    row = local(
        thing="calendar/2027",
        division_code="",
        value={"year": 2027, "days_off": ["01-01"], "working": ["01-03"]},
    )
    calendar = read_workdays(PolicySet(local_rows=[row]))
    assert not calendar.is_workday(date(2027, 1, 1))
    assert calendar.is_workday(date(2027, 1, 3))
    assert calendar.answer(date(2026, 12, 31), 2).warnings == ()
    with pytest.raises(PolicyError, match="weekend"):
        PolicySet(local_rows=[{**row, "value": {"year": 2027, "days_off": ["01-02"], "working": []}}])


def test_a_key_written_twice_and_an_unknown_key_in_a_file_are_errors(tmp_path: Path) -> None:
    (tmp_path / "double.yaml").write_text("a: 1\na: 2\n", encoding="utf-8")
    with pytest.raises(PolicyError, match="twice"):
        read_yaml(tmp_path / "double.yaml")
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "y.yaml").write_text("title: x\nkind: numbers\nunits: 1\n", encoding="utf-8")
    with pytest.raises(PolicyError, match="unknown key"):
        Released(tmp_path).thing("x/y")
