"""Second files of people who have one, twins, a borrowed card: what a county finds when it looks for duplicates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import count
from typing import Any

from xinqiao.accounts.scope import acting
from xinqiao.duplicates.actions import begin_hunt, decide_pair, finish_hunt, keep_pairs, merge_people
from xinqiao.duplicates.models import Pair
from xinqiao.duplicates.rules import Found
from xinqiao.followup.models import Standing
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock, FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_person
from xinqiao.registry.choices.printed import NO_DOCUMENT
from xinqiao.registry.models import Guardian, Identifier, Person
from xinqiao.registry.rules import check_digit
from xinqiao.registry.rules.alike import swapped

#: A character of a name, and one that sounds like it.
SOUNDS = {
    "伟": "炜", "军": "君", "杰": "洁", "明": "铭", "华": "桦", "建": "健", "文": "雯", "生": "升", "福": "甫", "贵": "桂",
    "永": "勇", "云": "芸", "玉": "育", "芳": "方", "丽": "莉", "秀": "绣", "英": "瑛", "兰": "岚", "梅": "玫", "红": "虹",
    "平": "萍", "林": "琳", "志": "智", "国": "帼",
}  # fmt: skip
#: The office whose people these are.
OFFICE = "xian"


def find_duplicates(actors: Mapping[str, Actor], clock: Clock) -> None:
    """Five pairs and what was decided about one of them; opened this month, so that no figure of the last year moves."""
    county, day = actors[OFFICE], clock.today() - timedelta(days=9)
    then = FixedClock(day)
    with acting(county):
        people = _with_two_characters()
        if len(people) < 5:
            return
        sound, twin, lent, namesake, merged = people[:5]
        found = [
            _found(sound, _again(sound, county, then), "same", ("name_sound", "birth_swapped", "shared_phone", "township")),
            _found(twin, _twin(twin, county, then), "twins", ("birth", "village", "shared_phone", "number_differs", "name_differs")),
            _found(lent, _lent(lent, county, then), "number", ("number", "birth", "name_differs")),
            _found(namesake, _namesake(namesake, county, then), "same", ("name", "birth", "village", "number_differs")),
            _found(merged, _again(merged, county, then), "same", ("name_sound", "birth_swapped", "shared_phone")),
        ]  # fmt: skip
        hunt = begin_hunt(actor=county, clock=then)
        added = keep_pairs(actor=county, clock=then, found=found)
        finish_hunt(actor=county, clock=then, hunt_id=hunt.pk, found=len(found), added=added)
        second = found[-1].second if found[-1].first == merged.pk else found[-1].first
        merge_people(
            actor=county, clock=clock, op_id=uuid7(), winner_id=merged.pk, loser_id=second,
            reason="入户见到本人，两份档案是同一人",
        )  # fmt: skip
        ids = {found[3].first, found[3].second}
        pair = Pair.objects.get(first_id__in=ids, second_id__in=ids)
        decide_pair(
            actor=county, clock=clock, pair_id=pair.pk, state="later", reason="同村同名同生日，等乡镇入户核对"
        )


def _with_two_characters() -> list[Person]:
    """People of the county with a number and a guardian's phone whose name has a character of SOUNDS: the same in every demo."""
    calm = (
        Standing.objects.filter(state="registered")
        .exclude(visit_class="1")
        .values_list("person_id", flat=True)
    )
    rows = Person.objects.filter(pk__in=list(calm), birth_on__year__gte=1950).order_by("file_no")
    fitting = [one for one in rows[:400] if one.name[-1] in SOUNDS and SOUNDS[one.name[-1]] != one.name[-1]]
    numbered = set(Identifier.objects.filter(person__in=fitting).values_list("person_id", flat=True))
    return [one for one in fitting if one.pk in numbered and swapped(one.birth_on) and _guardian(one)][::3]


def _guardian(person: Person) -> Guardian | None:
    rows = Guardian.objects.filter(person=person, voided_at=None, valid_to=None).exclude(phone_hash=None)
    return rows.order_by("id").first()


_serial = count(1)


def _number(birth: date, sex: str) -> str:
    """Of division 99, outside of what `synth` gives out."""
    body = f"999999{birth:%Y%m%d}{700 + next(_serial) * 2 + (sex == '1'):03d}"
    return body + check_digit(body)


def _register(record: dict[str, Any], actor: Actor, clock: Clock, because: str = "") -> Person:
    done = register_person(
        actor=actor, clock=clock,
        person=NewPerson(op_id=uuid7(), record=record, different_because=because, partial=True),
    )  # fmt: skip
    return Person.objects.get(pk=done.person_id)


def _like(person: Person, day: date, **more: Any) -> dict[str, Any]:
    guardian = _guardian(person)
    return {
        "name": person.name, "sex": person.sex, "birth_on": person.birth_on.isoformat(), "ethnic": person.ethnic,
        "live_code": person.managing_code, "filed_on": day.isoformat(), "icd10": "F20.9", "diagnosed_on": "2015-06-15",
        "guardian_name": guardian.name if guardian else "", "guardian_relation": guardian.relation if guardian else "",
        "guardian_phone": guardian.phone if guardian else "", "report_type": "2", "consent": "1", "signer": "1",
        "signed_on": day.isoformat(),
    } | more  # fmt: skip


def _again(person: Person, actor: Actor, clock: Clock) -> Person:
    """Typed a second time by ear, without a card, day and month the other way round."""
    name = person.name[:-1] + SOUNDS[person.name[-1]]
    birth = swapped(person.birth_on) or person.birth_on
    record = _like(
        person, clock.today(), name=name, birth_on=birth.isoformat(), id_kind=NO_DOCUMENT, no_id_reason="证件遗失",
    )  # fmt: skip
    return _register(record, actor, clock)


def _twin(person: Person, actor: Actor, clock: Clock) -> Person:
    name = person.name[0] + "安宁"
    record = _like(
        person, clock.today(), name=name, id_kind="01", id_number=_number(person.birth_on, person.sex)
    )
    return _register(record, actor, clock)


def _lent(person: Person, actor: Actor, clock: Clock) -> Person:
    """Somebody else who was treated on this person's card."""
    number = Identifier.objects.filter(person=person, voided_at=None, valid_to=None).order_by("id")[0].number
    record = _like(
        person, clock.today(), name="冯思源", id_kind="01", id_number=number, guardian_name="冯守信",
        guardian_phone="19900990011",
    )  # fmt: skip
    return _register(record, actor, clock, because="住院时借用他人证件，本人证件待补办")


def _namesake(person: Person, actor: Actor, clock: Clock) -> Person:
    record = _like(
        person, clock.today(), id_kind="01", id_number=_number(person.birth_on, person.sex), guardian_name="安平",
        guardian_phone="19900990022",
    )  # fmt: skip
    return _register(record, actor, clock)


def _found(one: Person, other: Person, kind: str, agreed: tuple[str, ...]) -> Found:
    first, second = sorted((one.pk, other.pk))
    return Found(first, second, kind, {"same": 985, "twins": 930, "number": 800}[kind], agreed)
