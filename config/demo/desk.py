"""What the townships typed in these days, so that the demo's lists look like a desk at work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from xinqiao.accounts.scope import acting
from xinqiao.followup.actions import (
    NewAttempt,
    NewVisit,
    plan_visit,
    record_attempt,
    record_visits,
    review_visits,
    save_draft,
)
from xinqiao.followup.choices import AttemptOutcome, EntryMode
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import full_code
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.terms import Role
from xinqiao.synth.clinical import answers
from xinqiao.synth.drugs import regimen
from xinqiao.synth.model import PersonTruth
from xinqiao.synth.truth import Standing, standing

from .accounts import ACCOUNTS, TOWNSHIP_ACCOUNTS

VILLAGE_ACCOUNTS = tuple(one.username for one in ACCOUNTS if one.role is Role.VILLAGE_DOCTOR)


def work_at_the_desk(
    people: Sequence[PersonTruth], ids: dict[int, UUID], actors: Mapping[str, Actor], clock: Clock
) -> None:
    """Typed in at the desk: visits of today, answers that wait for a second person, tries without contact, and people
    whom the families expect today."""
    today = clock.today()
    for account in TOWNSHIP_ACCOUNTS:
        actor = actors[account]
        near = [(p, standing(p, today)) for p in people if full_code(p.village[:9]) == actor.place]
        # Somebody visited on this very day would be visited twice.
        near = [(p, s) for p, s in near if s.due_on and not s.in_hospital and _last_visit(p) < today]
        near.sort(key=lambda one: (one[1].due_on or today, one[0].serial))
        with acting(actor):
            _expected_today(near, ids, actor, clock)
            if account == TOWNSHIP_ACCOUNTS[0]:
                _typed_today(near, ids, actor, clock)
                _tried(near, ids, actor, clock)
    for name in VILLAGE_ACCOUNTS:
        _by_the_village_doctor(people, ids, actors[name], actors, clock)


def _last_visit(person: PersonTruth) -> date:
    return person.visits[-1].visit_date if person.visits else person.filed_on


_Near = Sequence[tuple[PersonTruth, Standing]]


def _within(near: _Near, today: date, first: int, last: int) -> list[PersonTruth]:
    """The stable ones due in so many days from today."""
    return [
        p for p, s in near if s.due_on and first <= (s.due_on - today).days <= last and s.last_class == "3"
    ]


def _expected_today(near: _Near, ids: dict[int, UUID], actor: Actor, clock: Clock) -> None:
    """Two people in each demo doctor's villages and two elsewhere are expected today, a little before they are due."""
    today = clock.today()
    coming = _within(near, today, 1, 12)
    mine = {village for account in ACCOUNTS for village in account.villages}
    chosen = [p for p in coming if p.village in mine][:2] + [p for p in coming if p.village not in mine][:2]
    for person in chosen:
        plan_visit(actor=actor, clock=clock, person_id=ids[person.serial], planned_on=today)


def _typed_today(near: _Near, ids: dict[int, UUID], actor: Actor, clock: Clock) -> None:
    today = clock.today()
    rng = Random("the desk")  # noqa: S311 - made-up people, no secrets
    batch = []
    for index, person in enumerate(_within(near, today, 13, 40)[:4]):
        record = _answered(rng, person, today, "2" if index < 2 else "3", actor)
        if index < 2:
            record |= {"visit_class": "3", "class_reason": "自知力基本恢复，家属反映近三个月平稳"}
        batch.append(NewVisit(uuid7(), ids[person.serial], record, visited_by=actor.user_id))
    for person in [p for p, s in near if (s.risk or 0) >= 3][:1]:
        record = _answered(rng, person, today, "2", actor) | {"risk": 1}
        batch.append(
            NewVisit(
                uuid7(), ids[person.serial], record, visited_by=actor.user_id,
                risk_reason="两周来未再冲动，家属看护到位",
            )
        )  # fmt: skip
    if batch:
        record_visits(actor=actor, clock=clock, batch=batch, entry_mode=EntryMode.FULL)


def _tried(near: _Near, ids: dict[int, UUID], actor: Actor, clock: Clock) -> None:
    today = clock.today()
    for person, tries in zip(_within(near, today, -400, -1)[:2], (3, 1), strict=False):
        for back in (13, 7, 1)[-tries:]:
            attempt = NewAttempt(
                uuid7(), ids[person.serial], today - timedelta(days=back), "3" if back > 1 else "2",
                AttemptOutcome.NO_ANSWER if back > 1 else AttemptOutcome.NOBODY_HOME,
            )  # fmt: skip
            record_attempt(actor=actor, clock=clock, attempt=attempt)


def _by_the_village_doctor(
    people: Sequence[PersonTruth],
    ids: dict[int, UUID],
    actor: Actor,
    actors: Mapping[str, Actor],
    clock: Clock,
) -> None:
    """Visits of the last days that wait for review; one has come back, and one form was begun and left."""
    today = clock.today()
    rng = Random(actor.username)  # noqa: S311 - made-up people, no secrets
    mine = [p for p in people if p.village in actor.villages and _last_visit(p) < today - timedelta(days=20)]
    near = [(p, s) for p in mine if (s := standing(p, today)).due_on and not s.in_hospital]
    chosen = _within(near, today, 5, 60)[:4]
    batch = [
        NewVisit(
            uuid7(),
            ids[person.serial],
            _answered(rng, person, today - timedelta(days=2 + index), "3", actor) | {"co_visitors": []},
            visited_by=actor.user_id,
        )
        for index, person in enumerate(chosen[:3])
    ]
    if not batch:
        return
    with acting(actor):
        done = record_visits(actor=actor, clock=clock, batch=batch, entry_mode=EntryMode.FULL)
        for person in chosen[3:]:
            save_draft(
                actor=actor, clock=clock, person_id=ids[person.serial], form="visit", op_id=uuid7(), tab=uuid7(), seen=0,
                values={"ending": "1", "visit_date": today.isoformat(), "form": "2", "doctor": actor.display_name},
            )  # fmt: skip
    reviewer = next(a for name in TOWNSHIP_ACCOUNTS if (a := actors[name]).place[:9] == actor.place[:9])
    with acting(reviewer):
        review_visits(
            actor=reviewer,
            clock=clock,
            visit_ids=[done[0].visit_id],
            decision="2",
            reason="药名写全称，剂量请与药盒核对",
        )


def _answered(rng: Random, person: PersonTruth, day: date, visit_class: str, actor: Actor) -> dict[str, Any]:
    record: dict[str, Any] = {
        "visit_date": day,
        "form": "2",
        "targets": ["1", "2"],
        "doctor": actor.display_name,
    }
    record["co_visitors"] = ["王海东"]
    return (
        record | answers(rng, visit_class, "1", regimen(rng, person.category)) | {"visit_class": visit_class}
    )
