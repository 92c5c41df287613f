"""What the preventing lists of the demo show: exams of last year and this, people away, losses to verify, a worker who left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.followup.actions import NewAttempt, NewVisit, record_attempt, record_visits
from xinqiao.followup.choices import AttemptOutcome, EntryMode
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import full_code
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.terms import Role
from xinqiao.registry.actions import change_responsibility
from xinqiao.synth.model import PersonTruth
from xinqiao.synth.truth import standing
from xinqiao.treatment.actions import NewExam, record_exams

#: Of the county's summary: 1,011 of 1,223 were examined.
SHARE = 1011 / 1223


def examine(people: Sequence[PersonTruth], ids: Mapping[int, UUID], *, actor: Actor, clock: Clock) -> None:
    """Exams of the year before and of this one, some refused. Called before the visits are written, inside the scope."""
    rng = Random("the yearly exam")  # noqa: S311 - made-up people, no secrets
    today = clock.today()
    batch: list[NewExam] = []
    for person in people:
        ended = min((day for day in (person.died_on, person.lost_on) if day), default=today)
        for year in (today.year - 1, today.year):
            day = date(year, 3, 10) + timedelta(days=rng.randrange(220))
            if day > min(ended, today) or day < person.filed_on or not person.lawful:
                continue
            draw = rng.random()
            if draw < SHARE:
                batch.append(NewExam(uuid7(), ids[person.serial], _results(rng, person, day)))
            elif draw < SHARE + 0.04:
                refused = {
                    "exam_date": day.isoformat(),
                    "outcome": "2",
                    "refused_reason": rng.choice(["1", "1", "2", "3", "4"]),
                }
                batch.append(NewExam(uuid7(), ids[person.serial], refused))
    if batch:
        record_exams(actor=actor, clock=clock, batch=batch)


def _results(rng: Random, person: PersonTruth, day: date) -> dict[str, Any]:
    high = rng.random() < 0.12
    sugar = rng.random() < 0.05
    record: dict[str, Any] = {
        "exam_date": day.isoformat(),
        "outcome": "1",
        "consent_by": rng.choice(["1", "1", "2", "3"]),
        "org": "乡镇卫生院",
        "general": "1",
        "sbp": rng.randrange(142, 172) if high else rng.randrange(104, 136),
        "dbp": rng.randrange(92, 104) if high else rng.randrange(64, 86),
        "weight": f"{rng.uniform(45, 82):.1f}",
        "wbc": f"{rng.uniform(3.8, 9.1):.2f}",
        "neutrophils": f"{rng.uniform(46, 66):.1f}",
        "lymphocytes": f"{rng.uniform(24, 33):.1f}",
        "alt": f"{rng.uniform(11, 38):.1f}",
        "glucose": f"{rng.uniform(6.4, 9.5) if sugar else rng.uniform(4.1, 5.9):.2f}",
        "glucose_kind": "1",
        "ecg": "1",
        "refer_suggest": "2" if high and sugar else "1",
        "doctor": "体检组",
    }
    if high or sugar:
        record["advice"] = "控制饮食，两周后复测；仍高转内科门诊"
    if rng.random() < 0.06:
        record |= {"ecg": "", "missing_reason": "心电图机送修，另约"}
    return record


def let_things_slip(
    people: Sequence[PersonTruth],
    ids: Mapping[int, UUID],
    actors: Mapping[str, Actor],
    clock: Clock,
) -> None:
    """In one township: a few people away, two losses that are not proved, and a worker who left without handing over."""
    today = clock.today()
    actor = actors["jingui"]
    leaver = User.objects.create_user(
        username="lizhen", password=None, display_name="李振", role=Role.TOWNSHIP_WORKER, place=actor.place,
        institution_id=actor.institution_id, phone="19900000000", is_demo=True, must_change_password=False,
    )  # fmt: skip
    known = [(p, standing(p, today)) for p in people if full_code(p.village[:9]) == actor.place]
    calm = [
        p
        for p, s in known
        if s.due_on and not s.in_hospital and s.last_class == "3" and p.visits and p.visits[-1].visit_date < today
        and not p.lost_on and not p.died_on and p.lawful
    ]  # fmt: skip
    calm.sort(key=lambda p: p.serial)
    away, missed, left = calm[40:44], calm[50:52], calm[60:65]
    with acting(actor):
        for number, person in enumerate(away):
            attempt = NewAttempt(
                uuid7(), ids[person.serial], today - timedelta(days=3 + 4 * number), "3", AttemptOutcome.AWAY
            )
            record_attempt(actor=actor, clock=clock, attempt=attempt)
        record_visits(
            actor=actor,
            clock=clock,
            entry_mode=EntryMode.FULL,
            batch=[
                NewVisit(
                    uuid7(), ids[person.serial],
                    {"visit_date": today - timedelta(days=1), "form": "2", "lost_reason": "4", "doctor": actor.display_name},
                    visited_by=actor.user_id,
                )
                for person in missed
            ],
        )  # fmt: skip
        for person in left:
            change_responsibility(
                actor=actor, clock=clock, person_id=ids[person.serial], worker_id=leaver.pk,
                since=max(today - timedelta(days=60), person.filed_on),
            )  # fmt: skip
    User.objects.filter(pk=leaver.pk).update(
        is_active=False, closed_on=today - timedelta(days=5), closed_because="left"
    )
