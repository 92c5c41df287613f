"""The truth holds together, matches the published county, and a recount from the workbooks agrees."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import python_calamine

from xinqiao.kernel.codes import ancestors
from xinqiao.synth.generate import generate, places
from xinqiao.synth.model import PersonTruth
from xinqiao.synth.spec import Spec
from xinqiao.synth.tests.conftest import COUNTY
from xinqiao.synth.truth import Tally

PUBLISHED = {
    "POP": 263_843, "CUM": 1356, "DEAD": 133, "REG": 1223, "MAN": 1171, "LOST": 9, "NOT_MANAGED": 43, "FACE_HALF": 1163,
    "FACE_QUARTER": 1101, "MED": 1115, "REGMED": 1003, "HOME": 1125, "IN_HOSPITAL": 46, "STABLE": 1103, "STD": 1150,
}  # fmt: skip
RATES = {
    "detection_rate": "4.64", "management_rate": "95.75", "face_rate_half_year": "95.09", "medication_rate": "91.17",
    "regular_medication_rate": "82.01", "stable_rate": "98.04", "standard_rate": "94.03",
}  # fmt: skip


def counts_of(folder: Path, day: str, place: str) -> dict[str, Any]:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = truth["on"][day]["counts"][place]
    return found


def test_helan_comes_out_as_published(helan_folder: Path) -> None:
    counts = counts_of(helan_folder, "2020-12-31", "640122000000")
    assert {name: counts[name] for name in PUBLISHED} == PUBLISHED
    assert {name: counts["rates"][name] for name in RATES} == RATES


def test_a_recount_from_the_workbooks_gives_the_same(helan_folder: Path) -> None:
    """Nothing of the generator or of its truth is used here: only what a reader of the two files sees."""
    people = _rows(helan_folder / "register.xlsx")
    visits = defaultdict(list)
    for row in _rows(helan_folder / "visits.xlsx"):
        visits[row["证件号码"]].append(row)
    found: Counter[str] = Counter()
    for person in people:
        rows = sorted(visits[person["证件号码"]], key=lambda row: row["随访日期"])
        found["CUM"] += 1
        if any(row["死亡日期"] for row in rows):
            found["DEAD"] += 1
            continue
        found["REG"] += 1
        done = [row for row in rows if not row["失访原因"]]
        year = [row for row in done if row["随访日期"].year == 2020]
        lost = bool(rows and rows[-1]["失访原因"])
        agreed = person["知情同意"] == "1" or person["报告类型"] == "1"
        managed = bool(year) and agreed and not lost
        found["LOST"] += lost
        found["MAN"] += managed
        found["NOT_MANAGED"] += not lost and not managed
        inside = bool(done) and done[-1]["两次随访期间住院情况"] == "1"
        found["HOME"] += managed and not inside
        found["IN_HOSPITAL"] += inside
        answer = done[-1]["用药依从性"] if done else ""
        found["MED"] += inside or answer in ("1", "2")
        found["REGMED"] += inside or answer == "1"
        seen = [
            r["随访日期"].month
            for r in year
            if r["本次随访形式"] in "12" and "1" in r["本次随访对象"].split("、")
        ]
        found["FACE_HALF"] += any(month > 6 for month in seen)
        found["FACE_QUARTER"] += any(month > 9 for month in seen)
        if managed and not inside and done[-1]["随访日期"] >= date(2020, 10, 1):
            found["STABLE"] += done[-1]["本次随访分类"] in ("2", "3")
        if managed:
            days = [r["随访日期"] for r in done]
            before = [day for day in days if day.year < 2020]
            chain = [before[-1] if before else person["建档日期"], *(day for day in days if day.year == 2020)]
            months = [day.year * 12 + day.month for day in chain]
            months.append(2020 * 12 + 12)
            found["STD"] += all(b - a <= 3 for a, b in itertools.pairwise(months))
    expected = {name: PUBLISHED[name] for name in PUBLISHED if name != "POP"}
    assert dict(found) == expected


def _rows(path: Path) -> list[dict[str, Any]]:
    rows = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_the_counts_of_children_add_up_to_their_parent(helan_folder: Path) -> None:
    truth = json.loads((helan_folder / "truth.json").read_text(encoding="utf-8"))
    counts = truth["on"]["2020-12-31"]["counts"]
    for name in ("CUM", "REG", "MAN", "STD", "STABLE", "FACE_HALF"):
        townships = sum(
            c[name] for code, c in counts.items() if code.endswith("000") and not code.endswith("000000")
        )
        villages = sum(c[name] for code, c in counts.items() if not code.endswith("000"))
        assert townships == villages == counts["640122000000"][name]
    assert sum(p["residents"] for c, p in truth["places"].items() if not c.endswith("000")) == 263_843


def _table(spec: Spec, people: list[PersonTruth]) -> dict[str, Any]:
    tally = Tally(spec.on)
    for person in people:
        tally.add(person, ancestors(person.village))
    return tally.table({place.code: place.residents for place in places(spec)})


def test_relations_hold_in_every_place(county_people: list[PersonTruth]) -> None:
    table = _table(COUNTY, county_people)
    assert len(table) > 100
    for counts in table.values():
        assert (
            counts["REG"]
            == counts["CUM"] - counts["DEAD"]
            == counts["MAN"] + counts["LOST"] + counts["NOT_MANAGED"]
        )
        assert counts["STD"] <= counts["MAN"] <= counts["REG"]
        assert counts["REGMED"] <= counts["MED"] <= counts["REG"]
        assert counts["STABLE"] <= counts["HOME"] <= counts["MAN"]
        assert counts["FACE_QUARTER"] <= counts["FACE_HALF"] <= counts["REG"]


def test_an_ordinary_county_is_plausible(county_people: list[PersonTruth]) -> None:
    counts = _table(COUNTY, county_people)["990101000000"]
    rates = {name: float(value) for name, value in counts["rates"].items()}
    bounds = {
        "detection_rate": (2, 6), "management_rate": (85, 99), "standard_rate": (75, 98), "medication_rate": (70, 97),
        "regular_medication_rate": (35, 90), "stable_rate": (75, 99.8),
    }  # fmt: skip
    for name, (low, high) in bounds.items():
        assert low <= rates[name] <= high, name
    assert 0.60 <= counts["SZ"] / counts["REG"] <= 0.87
    assert counts["IN_HOSPITAL"]
    assert counts["UNSTABLE_AT_HOME"]
    assert counts["LOST"]


@pytest.mark.parametrize("on", [date(2026, 11, 21), date(2024, 2, 29), date(2026, 1, 1)])
def test_shifted_the_year_end_holds_and_life_goes_on(on: date) -> None:
    year_end = date(on.year - 1, 12, 31)
    spec = Spec(1356, 1, on, "640122", preset="helan-2020", anchor=year_end)
    people = list(generate(spec))
    then, now = Tally(year_end), Tally(on)
    for person in people:
        then.add(person, ["640122000000"])
        now.add(person, ["640122000000"])
    counts = then.table({"640122000000": 263_843})["640122000000"]
    assert {name: counts[name] for name in PUBLISHED} == PUBLISHED
    assert len(people) == 1356 + round(84 * (on - year_end).days / 365)
    assert {"overdue", "due_within_7_days", "unstable_at_home", "in_hospital", "lost"} <= set(now.lists)
    assert max(visit.visit_date for person in people for visit in person.visits) <= on
    assert all(person.id_no.startswith("99") for person in people)


def test_a_crowded_county_and_a_whole_province_have_places_for_everybody() -> None:
    for division in ("990101", "9901", "99"):
        known = places(Spec(200_000, 1, date(2026, 11, 21), division))
        assert len({place.code for place in known}) == len(known) > 10_000
        assert all(place.code.startswith(division) for place in known)
