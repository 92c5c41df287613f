"""The workbooks as the county office brings them: read without a word, committed, and counted as the truth says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting, reporting
from xinqiao.accounts.sessions import actor_of
from xinqiao.followup.models import Standing as FollowupStanding
from xinqiao.indicators.engines import Area, sql
from xinqiao.indicators.state import Frame
from xinqiao.interchange.actions import bring_workbook, run_check, run_commit, start_check, start_commit
from xinqiao.interchange.excel.limits import Limits
from xinqiao.interchange.excel.records import read_row
from xinqiao.interchange.excel.sheets import read_workbook
from xinqiao.interchange.models import Batch, Row
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.codes import level_of, significant
from xinqiao.kernel.terms import Level, Role
from xinqiao.places import actions as places_actions
from xinqiao.places.choices import InstitutionKind
from xinqiao.registry.models import Identifier
from xinqiao.synth.generate import generate, places
from xinqiao.synth.spec import Spec
from xinqiao.synth.tests.test_demo import SETS
from xinqiao.synth.truth import standing
from xinqiao.synth.workbooks import write

SPEC = Spec(people=90, seed=11, on=date(2026, 11, 21), division="990301")
COUNTY = "990301000000"


def _told(record: dict[str, Any]) -> dict[str, Any]:
    """Without what an empty cell cannot tell."""
    counts = {k: {c: n for c, n in v.items() if n} for k, v in record.items() if isinstance(v, dict)}
    whole = record | counts
    return {key: value for key, value in whole.items() if value not in ("", [], {}, None)}


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    write(SPEC, tmp_path)
    people = list(generate(SPEC))
    (register,) = read_workbook((tmp_path / "register.xlsx").read_bytes(), Limits()).tables
    assert register.sheet == "people"
    for person, line in zip(people, register.lines, strict=True):
        found = read_row("people", line.cells)
        assert found.problems == []
        meant = {
            k: v.isoformat() if k == "onset_on" and isinstance(v, date) else v
            for k, v in person.record.items()
        }
        assert _told(found.record) == _told(meant)
    said = {(person.id_no, visit.visit_date): visit.record for person in people for visit in person.visits}
    (visits,) = read_workbook((tmp_path / "visits.xlsx").read_bytes(), Limits()).tables
    assert visits.sheet == "visits"
    assert len(visits.lines) == len(said)
    for line in visits.lines:
        found = read_row("visits", line.cells)
        assert found.problems == []
        meant = said[found.aside["id_number"], found.record["visit_date"]]
        assert _drugs(_told(found.record)) == _drugs(_told(meant))


def _drugs(record: dict[str, Any]) -> dict[str, Any]:
    """Drugs by what is said of them: nothing in the morning and nought in the morning are one."""
    rows = [{k: v for k, v in row.items() if v not in (0, None)} for row in record.get("drugs", ())]
    return record | {"drugs": rows}


@pytest.fixture
def office(db: None) -> Actor:
    """The made-up county in the database, with its county office."""
    clock = FixedClock(SPEC.on)
    known = places(SPEC)
    rows = [("99", "演示省"), ("9903", "演示市"), *((place.code, place.name) for place in known)]
    places_actions.add_divisions(actor=None, clock=clock, rows=rows, source="made up")
    for place in known:
        if place.level is Level.TOWNSHIP:
            places_actions.open_institution(
                actor=None, clock=clock, name=place.name, kind=InstitutionKind.TOWNSHIP_HOSPITAL, place=place.code,
                since=date(2004, 1, 1),
            )  # fmt: skip
    user = User.objects.create_user(
        username="office",
        password=None,
        display_name="办公室",
        role=Role.COUNTY_OFFICE,
        place=COUNTY,
        is_demo=True,
    )
    return actor_of(user, clock)


def _bring(actor: Actor, path: Path, *, commit: bool) -> Batch:
    clock = FixedClock(SPEC.on)
    with acting(actor):
        batch = bring_workbook(actor=actor, clock=clock, data=path.read_bytes(), name=path.name)
        start_check(actor=actor, clock=clock, batch_id=batch.pk)
        run_check(actor=actor, clock=clock, batch_id=batch.pk)
        if commit:
            assert start_commit(actor=actor, clock=clock, batch_id=batch.pk)
            run_commit(actor=actor, clock=clock, batch_id=batch.pk)
        batch.refresh_from_db()
    return batch


def test_the_imported_workbooks_are_counted_as_their_truth(office: Actor, tmp_path: Path) -> None:
    write(SPEC, tmp_path)
    people = _bring(office, tmp_path / "register.xlsx", commit=True)
    visits = _bring(office, tmp_path / "visits.xlsx", commit=True)
    assert (people.state, visits.state) == ("done", "done")
    assert people.counts["person"]["new"] == SPEC.people
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["on"]["2026-11-21"]
    assert visits.counts["visit"]["new"] == truth["visits"]
    with reporting():
        cells = sql.count(Area.below(COUNTY), Frame.at(SPEC.on), (6, 9, 12))
    for code, counted in truth["counts"].items():
        assert level_of(code) >= Level.COUNTY
        numbers = cells[(len(significant(code)), code)]
        assert {name: numbers[key] for name, key in SETS.items()} == {name: counted[name] for name in SETS}, (
            code
        )


@pytest.mark.parametrize("file", ["register.xlsx", "visits.xlsx"])
def test_every_fault_that_needs_a_person_is_reported_and_no_other(
    office: Actor, tmp_path: Path, file: str
) -> None:
    write(replace(SPEC, dirty=0.1), tmp_path / "dirty")
    if file == "visits.xlsx":
        write(SPEC, tmp_path / "clean")
        _bring(office, tmp_path / "clean" / "register.xlsx", commit=True)
    truth = json.loads((tmp_path / "dirty" / "truth.json").read_text(encoding="utf-8"))
    batch = _bring(office, tmp_path / "dirty" / file, commit=False)
    wanted: set[int] = set()
    for fault in truth["faults"]:
        if fault["file"] == file and not fault["readable"]:
            wanted.add(fault["row"])
            if "of_row" in fault and file == "register.xlsx":
                # Which of two rows of one number is the one too many, nobody can say: both are shown.
                wanted.add(fault["of_row"])
    with acting(office):
        said = {row.number: row.problems for row in Row.objects.filter(batch=batch, outcome="problem")}
    assert set(said) == wanted, said
    assert wanted


def test_what_is_due_after_the_import_is_what_the_truth_says(office: Actor, tmp_path: Path) -> None:
    write(SPEC, tmp_path)
    _bring(office, tmp_path / "register.xlsx", commit=True)
    _bring(office, tmp_path / "visits.xlsx", commit=True)
    with acting(office):
        due = {one.person_id: one.due_on for one in FollowupStanding.objects.all()}
        numbers = {one.number: one.person_id for one in Identifier.objects.all()}
    people = [person for person in generate(SPEC) if person.lawful]
    expected = {numbers[person.id_no]: standing(person, SPEC.on).due_on for person in people}
    assert {key: due[key] for key in expected} == expected
    assert sum(day is not None for day in expected.values()) > 60
    assert None in expected.values()
