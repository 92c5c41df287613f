"""Clues: kept apart from the register, matched at entry, judged, acted on, closed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.county import NORTH, NORTH_1, NORTH_2, SOUTH_1, County
from tests.factories.numbers import id_number
from xinqiao.accounts.scope import acting
from xinqiao.audit.models import Event
from xinqiao.clocks.models import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.models import Identifier, Inquiry, Person
from xinqiao.screening import actions, queries
from xinqiao.screening.models import Clue

from .conftest import CLOCK, TODAY, Noted, clue_record


def _outcomes(subject: Any) -> dict[str, str]:
    return dict(Clock.objects.filter(subject=subject).values_list("code", "outcome"))


def test_any_item_answered_yes_makes_a_clue_and_nobody_on_the_register(noted: Noted) -> None:
    clue = noted("village", clue_record(NORTH_1, "5", "8"))
    assert (clue.items, clue.state, clue.urgent) == (["5", "8"], "new", False)
    assert clue.clue_no == "XS990101-2026-0001"
    assert Person.objects.count() == 0
    assert _outcomes(clue.pk) == {"D31": "open"}
    event = Event.objects.get(action="record_clue")
    assert (event.object_id, event.place) == (clue.pk, NORTH_1)
    assert "安寻之" not in str(event.detail)


def test_the_same_operation_keeps_one_clue(county: County) -> None:
    actor, op = county.actors["village"], uuid7()
    with acting(actor):
        first, again = (
            actions.record_clue(actor=actor, clock=CLOCK, new=actions.NewClue(op, clue_record()))
            for _n in range(2)
        )
    assert (first.outcome, again.outcome, first.clue_id) == ("new", "unchanged", again.clue_id)
    assert Clue.objects.count() == 1


@pytest.mark.parametrize("items", [("3",), ("9",), ("1", "3")])
def test_danger_to_self_or_others_is_urgent_at_once_and_has_a_clock(
    noted: Noted, items: tuple[str, ...]
) -> None:
    clue = noted("village", clue_record(NORTH_1, *items))
    assert clue.urgent
    assert _outcomes(clue.pk)["D30"] == "open"


def test_danger_that_was_told_is_urgent_without_an_item(noted: Noted) -> None:
    assert noted("village", clue_record(NORTH_1, "6", danger_told="1")).urgent


def test_nothing_found_leaves_nothing_about_whom(county: County, noted: Noted) -> None:
    actor = county.actors["village"]
    none = clue_record(NORTH_1, "0")
    with acting(actor):
        done = actions.record_clue(actor=actor, clock=CLOCK, new=actions.NewClue(uuid7(), none))
    assert done.outcome == "negative"
    assert Clue.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"q4": ""}, "q4"),
        ({"name": ""}, "name"),
        ({"sex": ""}, "sex"),
        ({"found_on": "2026-11-22"}, "found_on"),
        ({"source": "77"}, "source"),
        ({"id_number": "990101199001011234"}, "id_number"),
        ({"phone": "12"}, "phone"),
        ({"age": "180"}, "age"),
        ({"investigator": ""}, "investigator"),
        ({"name": "", "vagrant": "1"}, "description"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(
    county: County, changes: dict[str, str], field: str
) -> None:
    actor = county.actors["village"]
    with acting(actor), pytest.raises(Invalid) as wrong:
        actions.record_clue(actor=actor, clock=CLOCK, new=actions.NewClue(uuid7(), clue_record() | changes))
    assert field in wrong.value.by_field()


def test_somebody_without_home_and_name_can_be_a_clue(noted: Noted) -> None:
    clue = noted(
        "township", clue_record(NORTH, "4", name="", vagrant="1", description="集市口，约五十岁，灰棉衣")
    )
    assert (clue.name, clue.managing_code) == ("", NORTH)


def test_a_whole_number_gives_birth_date_and_sex_and_is_sealed(noted: Noted) -> None:
    number = id_number(TODAY.replace(year=1990), "2", 77)
    clue = noted("township", clue_record(NORTH_1, "5", id_number=number, sex="0", age=""))
    assert (clue.sex, clue.birth_on) == ("2", TODAY.replace(year=1990))
    assert clue.id_number == number
    assert clue.id_hash is not None


def test_other_places_are_not_there(county: County) -> None:
    actor = county.actors["village"]
    for place in (NORTH_2, SOUTH_1, NORTH):
        with acting(actor), pytest.raises(NotFound):
            actions.record_clue(actor=actor, clock=CLOCK, new=actions.NewClue(uuid7(), clue_record(place)))
    for key in ("city", "police", "hospital", "system"):
        with acting(county.actors[key]), pytest.raises(NotAllowed):
            actions.record_clue(
                actor=county.actors[key], clock=CLOCK, new=actions.NewClue(uuid7(), clue_record())
            )


def test_a_stranger_sees_no_clue(county: County, noted: Noted) -> None:
    clue = noted()
    for key, seen in {
        "village": 1,
        "township": 1,
        "county": 1,
        "village_2": 0,
        "other_township": 0,
        "hospital": 0,
    }.items():
        with acting(county.actors[key]):
            assert Clue.objects.filter(pk=clue.pk).count() == seen, key
    with acting(county.actors["other_township"]), pytest.raises(NotFound):
        queries.find_clue(actor=county.actors["other_township"], clue_id=clue.pk)


def test_the_same_person_twice_is_shown_and_kept_with_a_reason(county: County, noted: Noted) -> None:
    first = noted()
    actor = county.actors["township"]
    with acting(actor):
        with pytest.raises(actions.MaybeKnown) as known:
            actions.record_clue(
                actor=actor, clock=CLOCK, new=actions.NewClue(uuid7(), clue_record(NORTH_2, age="42"))
            )
        assert [one.pk for one in known.value.found.clues] == [first.pk]
        done = actions.record_clue(
            actor=actor, clock=CLOCK, new=actions.NewClue(uuid7(), clue_record(NORTH_2), "同名，两人都见过")
        )
    assert done.outcome == "new"


def test_a_common_name_does_not_hide_the_one_who_is_meant(county: County, noted: Noted) -> None:
    number = id_number(TODAY.replace(year=1990), "1", 55)
    for year in range(1950, 1975):
        noted("township", clue_record(NORTH_1, "5", birth_on=f"{year}-02-03", age=""))
    meant = noted("township", clue_record(NORTH_1, "5", id_number=number, age=""))
    same = clue_record(NORTH_2, "5", id_number=number, age="", name="安别字")
    alike = clue_record(NORTH_2, "5", birth_on="1990-11-21", age="")
    actor = county.actors["township"]
    for record in (same, alike):
        with acting(actor), pytest.raises(actions.MaybeKnown) as known:
            actions.record_clue(actor=actor, clock=CLOCK, new=actions.NewClue(uuid7(), record))
        assert [one.pk for one in known.value.found.clues] == [meant.pk]


def test_somebody_on_the_register_is_shown_within_the_own_scope(
    county: County, person: Person, noted: Noted
) -> None:
    number = Identifier.objects.get(person=person).number
    record = clue_record(NORTH_1, "5", name="安别名", id_number=number, age="", sex=person.sex)
    actor = county.actors["village"]
    with acting(actor), pytest.raises(actions.MaybeKnown) as known:
        actions.record_clue(actor=actor, clock=CLOCK, new=actions.NewClue(uuid7(), record))
    assert [(one.pk, one.by) for one in known.value.found.people] == [(person.pk, "id")]


def test_outside_the_scope_a_village_doctor_is_told_only_that_it_was_handed_in(
    county: County, person: Person
) -> None:
    number = Identifier.objects.get(person=person).number
    record = clue_record(NORTH_2, "5", name="安别名", id_number=number, age="", sex=person.sex)
    doctor, township = county.actors["village_2"], county.actors["other_township"]
    with acting(doctor):
        done = actions.record_clue(actor=doctor, clock=CLOCK, new=actions.NewClue(uuid7(), record))
    assert done.asked is not None
    assert (done.asked.answer, done.asked.institution) == ("handed_in", "")
    assert Inquiry.objects.filter(managing_code=NORTH_2).count() == 1
    record = clue_record(SOUTH_1, "5", name="安别名", id_number=number, age="", sex=person.sex)
    with acting(township):
        done = actions.record_clue(actor=township, clock=CLOCK, new=actions.NewClue(uuid7(), record))
    assert done.asked is not None
    assert done.asked.answer == "elsewhere"
    assert done.asked.institution


def test_the_first_judgement_leads_on_or_closes(county: County, noted: Noted) -> None:
    actor = county.actors["township"]
    clue = noted()
    with acting(actor):
        actions.judge_clue(actor=actor, clock=CLOCK, clue_id=clue.pk, judgement="check", on=TODAY)
        assert _outcomes(clue.pk)["D31"] == "done"
        done = actions.judge_clue(actor=actor, clock=CLOCK, clue_id=clue.pk, judgement="exclude", on=TODAY)
    assert (done.state, done.close_reason, done.closed_on) == ("closed", "screened_out", TODAY)
    with acting(actor), pytest.raises(Conflict):
        actions.judge_clue(actor=actor, clock=CLOCK, clue_id=clue.pk, judgement="six", on=TODAY)
    doctor = county.actors["village"]
    with acting(doctor), pytest.raises(NotAllowed):
        actions.judge_clue(actor=doctor, clock=CLOCK, clue_id=clue.pk, judgement="six", on=TODAY)


def test_a_village_doctor_records_that_the_family_was_persuaded_once(county: County, noted: Noted) -> None:
    actor, clue, op = county.actors["village"], noted(), uuid7()
    with acting(actor):
        for _n in range(2):
            actions.add_act(
                actor=actor, clock=CLOCK, clue_id=clue.pk, op_id=op, kind="persuade", on=TODAY, note="愿意去"
            )
        assert len(queries.acts_of(clue)) == 1
        assert Clue.objects.get(pk=clue.pk).state == "checking"
        with pytest.raises(Invalid):
            actions.add_act(actor=actor, clock=CLOCK, clue_id=clue.pk, op_id=uuid7(), kind="send", on=TODAY)


def test_a_dangerous_clue_is_not_closed_in_silence(county: County, noted: Noted) -> None:
    actor, clue = county.actors["township"], noted("township", clue_record(NORTH_1, "9"))
    with acting(actor):
        with pytest.raises(Invalid):
            actions.close_clue(actor=actor, clock=CLOCK, clue_id=clue.pk, reason="away", on=TODAY)
        done = actions.close_clue(
            actor=actor,
            clock=CLOCK,
            clue_id=clue.pk,
            reason="away",
            on=TODAY,
            note="已告知现住地卫生院和家属",
        )
    assert done.state == "closed"
    assert _outcomes(clue.pk) == {"D30": "done", "D31": "done"}


def test_the_list_puts_danger_first_and_costs_the_same_for_ten(
    county: County, noted: Noted, count_sql: Any
) -> None:
    actor = county.actors["township"]
    urgent = noted("township", clue_record(NORTH_1, "9", name="安急", found_on="2026-11-01"))
    costs = []
    for n in range(2):
        for k in range(4):
            noted("township", clue_record(NORTH_1, "5", name=f"安{'甲乙丙丁'[k]}{'子丑'[n]}"))
        with acting(actor), count_sql() as sql:
            found = queries.clues(actor=actor, asked=queries.ClueFilters())
        costs.append(len(sql))
    assert found.rows[0].pk == urgent.pk
    assert (found.count, found.pressing) == (9, 1)
    assert costs[0] == costs[1]
