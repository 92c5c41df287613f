"""Finding people in the demo: clues in every state, a sweep half done, a round of experts, a first assessment that waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from xinqiao.accounts.scope import acting
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock, FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.models import Person
from xinqiao.screening import actions
from xinqiao.screening.models import RoundPerson, SweepVillage
from xinqiao.screening.rules import quarter_of

from .ground import LIGANG, LIGANG_VILLAGE, MINLE

ON_PAPER = "宁夏宁安医院"
#: What each clue is about: name, sex, age, items, source, days ago, more answers.
CLUES: dict[str, tuple[str, str, str, str, str, int, dict[str, Any]]] = {
    "new": ("田望春", "2", "36", "56", "5", 3, {"facts": "邻居反映近一个月总说有人在水里下药，不敢喝自来水"}),
    "danger": ("马向前", "1", "29", "39", "2", 0, {"facts": "昨夜把家里的锅碗砸了，说不想活，家人夺下菜刀"}),
    "unknown": (
        "",
        "1",
        "",
        "4",
        "2",
        9,
        {"vagrant": "1", "description": "立岗集市口，约五十岁，灰棉衣，不肯说姓名"},
    ),
    "checking": ("金秋生", "1", "47", "8", "4", 20, {"facts": "三年不出门，不与人说话，不下地"}),
    "sent": ("杨小满", "2", "24", "57", "3", 12, {"facts": "家属说近半个月整夜不睡、话多、到处借钱"}),
    "paper": ("白长河", "1", "58", "16", "7", 25, {"facts": "残联走访时说早年在外地住过精神科"}),
    "confirmed": ("何晚晴", "2", "33", "56", "1", 30, {"birth_on": "1993-04-12"}),
    "watch": ("罗知秋", "1", "19", "8", "10", 75, {"facts": "休学后不出房门"}),
    "excluded": ("苏平安", "1", "66", "5", "5", 110, {"facts": "常自言自语，后知是念经"}),
    "closed": ("丁远山", "1", "41", "6", "6", 60, {}),
}


def find_people(actors: Mapping[str, Actor], clock: Clock) -> None:
    """Each step as the account whose work it is, on the day on which it happened."""
    made = {key: _note(actors, clock, key) for key in sorted(CLUES, key=lambda one: -CLUES[one][5])}
    township = actors["ligang1"]
    _judged(township, clock, made)
    _asked(actors, clock, made)
    _act(actors["minle"], clock, made["checking"], "visit", 15, "上门两次，家属同意先到卫生院看看")
    _act(actors["minle"], clock, made["checking"], "persuade", 8, "动员家属陪同就诊，答应下周去")
    _act(township, clock, made["unknown"], "civil", 8, "已联系县救助站，救助站派人查找家属")
    _sweep(actors, clock)
    _round(actors, clock, made)
    _first_assessment(township, actors["yiyuan"], clock)
    _filed(actors, clock)


def _filed(actors: Mapping[str, Actor], clock: Clock) -> None:
    """Somebody who is on the register by now was a clue first, half a year ago."""
    township, doctor, today = actors["ligang1"], actors["yiyuan"], clock.today()
    with acting(township):
        person = (
            Person.objects.filter(managing_code__startswith=LIGANG[:9]).order_by("filed_on", "id").first()
        )
    if person is None:
        return
    CLUES["filed"] = (person.name, person.sex, "", "5", "4", 180, {"birth_on": person.birth_on.isoformat()})
    made = {"filed": _note(actors, clock, "filed")}
    answer = {"result": "six", "icd10": "F20.9", "outcome": "file", "consent": "1"}
    _one(township, doctor, clock, made, "filed", False, answer)
    day = today - timedelta(days=165)
    with acting(township):
        actions.link_filed(actor=township, clock=FixedClock(day), clue_id=made["filed"], person_id=person.pk)


def _note(actors: Mapping[str, Actor], clock: Clock, key: str) -> UUID:
    name, sex, age, items, source, ago, more = CLUES[key]
    day = clock.today() - timedelta(days=ago)
    village = MINLE if key in ("danger", "checking", "new") else LIGANG_VILLAGE
    actor = actors["minle"] if key in ("new", "checking", "danger") else actors["ligang1"]
    record: dict[str, Any] = {
        "place": LIGANG if key == "unknown" else village,
        "name": name,
        "sex": sex,
        "age": age,
        "source": source,
        "found_on": day.isoformat(),
        "investigator": actor.display_name,
        "address": "" if key == "unknown" else "2组",
        "guardian_name": "" if key == "unknown" else f"{name[0]}家属",
        "guardian_phone": "" if key == "unknown" else "19900000123",
        "informant_name": "村干部" if source in "45" else "",
        **{f"q{n}": "1" if str(n) in items else "0" for n in range(1, 10)},
    } | more
    with acting(actor):
        done = actions.record_clue(
            actor=actor, clock=FixedClock(day), new=actions.NewClue(uuid7(), record, "演示")
        )
    if done.clue_id is None:
        raise AssertionError("every clue of the demo has an item")
    return done.clue_id


def _judged(actor: Actor, clock: Clock, made: Mapping[str, UUID]) -> None:
    for key, judgement in (
        ("checking", "check"),
        ("sent", "six"),
        ("paper", "six"),
        ("confirmed", "six"),
        ("watch", "other"),
        ("excluded", "check"),
    ):
        day = clock.today() - timedelta(days=max(CLUES[key][5] - 2, 0))
        with acting(actor):
            actions.judge_clue(
                actor=actor, clock=FixedClock(day), clue_id=made[key], judgement=judgement, on=day
            )
    day = clock.today() - timedelta(days=50)
    with acting(actor):
        actions.close_clue(
            actor=actor,
            clock=FixedClock(day),
            clue_id=made["closed"],
            reason="away",
            on=day,
            note="已随子女迁往外地，已告知",
        )


def _asked(actors: Mapping[str, Actor], clock: Clock, made: Mapping[str, UUID]) -> None:
    """Questions to the hospital that works here, and to one on paper; answers with each of the results."""
    township, doctor, today = actors["ligang1"], actors["yiyuan"], clock.today()
    look = (today + timedelta(days=20)).isoformat()
    for key, paper, record in (
        ("sent", False, None),
        ("paper", True, None),
        ("confirmed", False, {"result": "six", "icd10": "F20.9", "outcome": "file", "consent": "1"}),
        ("watch", False, {"result": "watch", "outcome": "watch", "look_on": look}),
        ("excluded", True, {"result": "exclude", "outcome": "close"}),
    ):
        _one(township, doctor, clock, made, key, paper, record)


def _one(
    township: Actor,
    doctor: Actor,
    clock: Clock,
    made: Mapping[str, UUID],
    key: str,
    paper: bool,
    record: dict[str, str] | None,
) -> None:
    """One question about a clue, and the answer five days later."""
    today = clock.today()
    day = today - timedelta(days=max(CLUES[key][5] - 4, 0))
    sent = {"sent_by": "kin", "sent_on": day} if key == "confirmed" else {}
    new = actions.NewReview(
        uuid7(), None if paper else doctor.institution_id, ON_PAPER if paper else "", asked_on=day, question="请诊断",
        **sent,  # type: ignore[arg-type]
    )  # fmt: skip
    with acting(township):
        asked = actions.ask_about_clue(actor=township, clock=FixedClock(day), clue_id=made[key], new=new)
    if record is None:
        return
    told = _after(day, 5, today)
    writer = township if paper else doctor
    answer = record | {"diagnosed_on": told.isoformat(), "doctor": "沈文", "advice": "门诊随诊"}
    with acting(writer):
        actions.answer_review(actor=writer, clock=FixedClock(told), review_id=asked.pk, record=answer)


def _after(day: date, days: int, today: date) -> date:
    return min(day + timedelta(days=days), today)


def _act(actor: Actor, clock: Clock, clue_id: UUID, kind: str, ago: int, note: str) -> None:
    day = clock.today() - timedelta(days=ago)
    with acting(actor):
        actions.add_act(
            actor=actor, clock=FixedClock(day), clue_id=clue_id, op_id=uuid7(), kind=kind, on=day, note=note
        )


def _sweep(actors: Mapping[str, Actor], clock: Clock) -> None:
    """This quarter's sweep of the township: every second village has marked itself."""
    township = actors["ligang1"]
    year, quarter = quarter_of(clock.today())
    day = max(clock.today() - timedelta(days=25), date(year, 3 * quarter - 2, 1))
    with acting(township):
        sweep = actions.open_sweep(actor=township, clock=FixedClock(day), year=year, quarter=quarter)
        rows = SweepVillage.objects.filter(sweep=sweep).order_by("managing_code")
        for n, row in enumerate(rows):
            if n % 2 or row.managing_code in (MINLE, LIGANG_VILLAGE):
                continue
            on = _after(day, 3 + n, clock.today())
            done = actions.VillageDone(on, 90 + 7 * n, 240 + 11 * n)
            actions.mark_village(actor=township, clock=FixedClock(on), row_id=row.pk, done=done)


def _round(actors: Mapping[str, Actor], clock: Clock, made: Mapping[str, UUID]) -> None:
    """One round that is over, and one that comes next week."""
    actor, today = actors["ligang1"], clock.today()
    with acting(actor):
        people = list(
            Person.objects.filter(managing_code__startswith=LIGANG[:9], standing__visit_class__in=["1", "2"])
            .order_by("id")
            .values_list("pk", flat=True)[:6]
        )
        for on, some, past in (
            (today - timedelta(days=40), people[:3], True),
            (today + timedelta(days=6), people[3:], False),
        ):
            written = FixedClock(on if past else today)
            one = actions.plan_round(
                actor=actor, clock=written,
                new=actions.NewRound(uuid7(), LIGANG, on, ON_PAPER, "周医师、吴医师", "立岗镇卫生院二楼"),
            )  # fmt: skip
            if some:
                actions.add_to_round(
                    actor=actor, clock=written, round_id=one.pk, purpose="advice", people=some
                )
            if not past:
                actions.add_to_round(
                    actor=actor, clock=written, round_id=one.pk, purpose="review", clues=[made["checking"]]
                )
                continue
            for row in RoundPerson.objects.filter(round=one):
                actions.record_round_result(
                    actor=actor,
                    clock=written,
                    row_id=row.pk,
                    result="seen",
                    seen_on=on,
                    note="原方案继续，一个月后复诊",
                )
            actions.close_round(actor=actor, clock=written, round_id=one.pk)


def _first_assessment(actor: Actor, doctor: Actor, clock: Clock) -> None:
    """Somebody of the township waits for the hospital's first assessment."""
    with acting(actor):
        person = (
            Person.objects.filter(managing_code__startswith=LIGANG[:9]).order_by("-filed_on", "id").first()
        )
        if person is not None:
            actions.ask_about_person(
                actor=actor, clock=clock, person_id=person.pk,
                new=actions.NewReview(
                    uuid7(), doctor.institution_id, purpose="first", asked_on=clock.today(), question="新建档，请全面评估"
                ),
            )  # fmt: skip
