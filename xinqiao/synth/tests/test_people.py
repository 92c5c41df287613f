"""Everybody is made up, and would be taken by the product's own rules without a word."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from xinqiao.followup.rules.check import check_record
from xinqiao.followup.rules.classify import classify
from xinqiao.registry.rules import check_id_number, check_person
from xinqiao.synth.clinical import class_of
from xinqiao.synth.generate import generate
from xinqiao.synth.model import PersonTruth
from xinqiao.synth.spec import Spec
from xinqiao.synth.tests.conftest import COUNTY, HELAN


def test_every_id_number_is_of_division_99_right_and_the_only_one(
    county_people: list[PersonTruth], helan: list[PersonTruth]
) -> None:
    for people in (county_people, helan):
        numbers = [person.id_no for person in people]
        assert len(set(numbers)) == len(numbers)
        for person in people:
            found = check_id_number(person.id_no, today=COUNTY.on)
            assert found.ok
            assert person.id_no.startswith("99")
            assert (found.birth_on, found.sex) == (person.birth_on, person.record["sex"])


def test_id_numbers_do_not_meet_in_a_province() -> None:
    from xinqiao.synth.identity import id_number

    born = date(1980, 1, 1)
    assert len({id_number(serial, born, "1") for serial in range(1, 200_001, 7)}) == len(range(1, 200_001, 7))


def test_the_registry_takes_every_person_as_if_typed(county_people: list[PersonTruth]) -> None:
    for person in county_people:
        _, problems, _ = check_person(person.record, today=COUNTY.on, entry="form", demo=True)
        assert problems == [], (person.record, problems)


def test_follow_up_takes_every_visit_as_if_typed(county_people: list[PersonTruth]) -> None:
    for person in county_people:
        for visit in person.visits:
            checked = check_record(
                visit.record,
                today=COUNTY.on,
                birth_on=person.birth_on,
                filed_on=person.filed_on,
                mode="entry",
            )
            assert checked.problems == [], (visit.record, checked.problems)


def test_the_written_class_is_the_class_of_the_rule(county_people: list[PersonTruth]) -> None:
    seen: defaultdict[str | None, int] = defaultdict(int)
    for person in county_people[:500]:
        for visit in person.visits:
            found = classify(visit.record).visit_class
            assert (found or "") == visit.record.get("visit_class", "") == class_of(visit.record)
            seen[found] += 1
    assert set(seen) == {"1", "2", "3", None}


def test_dates_are_in_order_and_no_visit_lies_in_the_future(county_people: list[PersonTruth]) -> None:
    for person in county_people:
        record = person.record
        assert person.birth_on < record["diagnosed_on"] <= person.filed_on <= COUNTY.on
        days = [visit.visit_date for visit in person.visits]
        assert days == sorted(set(days))
        assert not days or person.filed_on <= days[0] <= days[-1] <= COUNTY.on
        if person.died_on:
            assert all(visit.visit_date < person.died_on for visit in person.visits[:-1])
            assert person.visits[-1].record["death_date"] == person.died_on


def test_relatives_share_surname_address_and_guardian(county_people: list[PersonTruth]) -> None:
    homes = defaultdict(list)
    for person in county_people:
        homes[person.household].append(person)
    families = [people for people in homes.values() if len(people) > 1]
    assert len(families) > 20
    for people in families:
        assert len({person.record["live_detail"] for person in people}) == 1
        assert (
            len({person.record["guardian_phone"] for person in people if "guardian_phone" in person.record})
            <= 1
        )
        if people[0].record["ethnic"] not in ("04", "05", "17"):
            assert len({person.name[0] for person in people}) == 1


def test_names_hold_what_real_lists_hold(helan: list[PersonTruth]) -> None:
    names = [person.name for person in helan]
    assert any("·" in name for name in names)
    assert any(len(name) == 2 for name in names)
    assert any(name.startswith(("欧阳", "上官", "司马", "诸葛")) or len(name) > 4 for name in names)
    assert any(sign in name for name in names for sign in "䶮堃珺祎翀喆彧燊𬱖㛃犇玥赟骉")


def test_another_seed_makes_other_people() -> None:
    first, second = (
        [person.id_no for person in generate(Spec(people=30, seed=seed, on=date(2026, 11, 21)))]
        for seed in (1, 2)
    )
    assert first != second


def test_the_preset_lies_in_the_real_county(helan: list[PersonTruth]) -> None:
    assert {person.village[:6] for person in helan} == {"640122"}
    assert len({person.village for person in helan}) > 60
    assert all(person.filed_on <= HELAN.on for person in helan)
