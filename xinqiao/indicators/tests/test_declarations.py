"""The declarations: complete, printed, and strict about what is wrong with them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from xinqiao.indicators import declarations
from xinqiao.indicators.declarations import DeclarationError, catalogue
from xinqiao.indicators.language import LanguageError
from xinqiao.indicators.state import COLUMNS


def test_every_set_is_used_and_every_column_asked_for() -> None:
    declared = catalogue()
    used = {k for m in declared.measures.values() for v in m.variants for k in (v.numerator, v.denominator)}
    asked = {name for one in declared.counted if one.who for name in one.who.names} | {
        one.column for one in declared.counted
    }
    assert set(declared.sets) <= used | asked
    assert set(COLUMNS) <= asked


@pytest.mark.parametrize("day", [date(2004, 1, 1), date(2016, 12, 31), date(2018, 6, 1), date(2030, 1, 1)])
def test_exactly_one_variant_leads_on_any_day(day: date) -> None:
    for measure in catalogue().measures.values():
        assert sum(v.leads_on(day) for v in measure.variants) == 1


def _changed(tmp_path: Path, name: str, change: Any) -> None:
    for path in declarations.CATALOGUE.glob("*.yaml"):
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
        if path.stem == name:
            change(body)
        (tmp_path / path.name).write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("sets", lambda body: body.append(body[0])),
        ("sets", lambda body: body[0].update(who="nonsense and died")),
        ("sets", lambda body: body[0].update(extra=1)),
        ("sets", lambda body: body[0].pop("words")),
        ("sets", lambda body: body[0].update(outside="population")),
        ("measures", lambda body: body["measures"].append(body["measures"][0])),
        ("measures", lambda body: body["measures"][0].update(unit="kg")),
        ("measures", lambda body: body["measures"][0].update(period="century")),
        ("measures", lambda body: body["measures"][0]["variants"][0].pop("default")),
        ("measures", lambda body: body["measures"][0]["variants"][0].update(numerator="nobody")),
        (
            "measures",
            lambda body: body["measures"][0]["variants"][0].update(default={"from": date(2020, 1, 1)}),
        ),
        ("relations", lambda body: body["subset"].append(["reg", "nobody"])),
        ("settings", lambda body: body["visit_counts"][0].update(rule="all")),
    ],
)
def test_a_wrong_declaration_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, change: Any
) -> None:
    _changed(tmp_path, name, change)
    monkeypatch.setattr(declarations, "CATALOGUE", tmp_path)
    with pytest.raises((DeclarationError, LanguageError)):
        catalogue.__wrapped__()


def test_visits_may_have_to_pass_review_from_a_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"from": date(2020, 1, 1), "rule": "passed", "source": "local"}
    _changed(tmp_path, "settings", lambda body: body["visit_counts"].append(row))
    monkeypatch.setattr(declarations, "CATALOGUE", tmp_path)
    declared = catalogue.__wrapped__()
    assert not declared.passed_only(date(2019, 12, 31))
    assert declared.passed_only(date(2020, 1, 1))
