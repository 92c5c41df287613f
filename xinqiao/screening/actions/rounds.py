"""Planning an expert round, putting people on its list, writing what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import contains, level_of
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.periods import add_months
from xinqiao.kernel.terms import Level
from xinqiao.registry.bulk import once_only
from xinqiao.registry.models import Person

from ..choices import OPEN_STATES, RoundPurpose, RoundResult
from ..models import Clue, Round, RoundPerson
from ..queries import find_round

MOST_AT_ONCE = 200
#: A round is planned, or written down, at most so many months from its day.
AHEAD = 12


@dataclass(frozen=True, slots=True)
class NewRound:
    """Where and when, which hospital, who comes."""

    op_id: UUID
    place: str
    on: date | None
    hospital_name: str
    doctors: str
    where: str = ""
    note: str = ""


def plan_round(*, actor: Actor, clock: Clock, new: NewRound) -> Round:
    """Plan a round for a township of the actor's area. Repeated by `op_id` without harm."""
    require(actor, Permission.REVIEW_CLUE)
    if known := Round.objects.filter(op_id=new.op_id).first():
        return find_round(actor=actor, round_id=known.pk)
    problems = []
    today = clock.today()
    if new.on is None:
        problems.append(Problem("on", "missing", _("日期没有填写，或不是有效日期。")))
    elif not add_months(today, -AHEAD) <= new.on <= add_months(today, AHEAD):
        words = _("日期“%(day)s”与今天相差一年以上，请核对。") % {"day": new.on.isoformat()}
        problems.append(Problem("on", "far", words, new.on.isoformat()))
    if not new.hospital_name.strip():
        problems.append(Problem("hospital_name", "missing", _("医院没有填写。")))
    if not new.doctors.strip():
        problems.append(Problem("doctors", "missing", _("医师没有填写。")))
    if len(new.place) != 12 or not new.place.isdigit() or level_of(new.place) is not Level.TOWNSHIP:
        problems.append(Problem("place", "missing", _("乡镇没有选择。")))
    elif not actor.serves(new.place):
        raise NotFound(code="not_found.place")
    if problems or new.on is None:
        raise Invalid(problems)
    with transaction.atomic():
        with once_only():
            made = Round.objects.create(
                op_id=new.op_id, place=new.place, on=new.on, hospital_name=new.hospital_name.strip()[:100],
                doctors=new.doctors.strip()[:100], where=new.where.strip()[:100], note=new.note.strip()[:200],
                planned_by=actor.user_id, planned_at=clock.now(),
            )  # fmt: skip
        audit.record(
            actor=actor, clock=clock, action="plan_round", object_type="round", object_id=made.pk, place=made.place,
            op_id=new.op_id,
        )  # fmt: skip
    return made


def add_to_round(
    *,
    actor: Actor,
    clock: Clock,
    round_id: UUID,
    purpose: str,
    people: Sequence[UUID] = (),
    clues: Sequence[UUID] = (),
) -> int:
    """Put people and clues of the township on the list; who stands there already stays once. How many are new."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        found = find_round(actor=actor, round_id=round_id, lock=True)
        if found.closed_on is not None:
            raise Conflict(_("这次会诊已经结束。"), code="conflict.round_closed")
        problems = []
        if purpose not in RoundPurpose.values:
            problems.append(Problem("purpose", "missing", _("事项没有选择。")))
        if not people and not clues:
            problems.append(Problem("who", "missing", _("请至少勾选一人。")))
        if len(people) + len(clues) > MOST_AT_ONCE:
            problems.append(
                Problem("who", "many", _("一次最多 %(most)s 人，请分批。") % {"most": MOST_AT_ONCE})
            )
        if problems:
            raise Invalid(problems)
        rows = [
            RoundPerson(person=one, managing_code=one.managing_code)
            for one in Person.objects.filter(pk__in=people).order_by("id")
        ] + [
            RoundPerson(clue=one, managing_code=one.managing_code)
            for one in Clue.objects.filter(pk__in=clues, state__in=OPEN_STATES).order_by("id")
        ]
        wanted = {*people, *clues}
        if len(rows) != len(wanted) or any(not contains(found.place, one.managing_code) for one in rows):
            raise NotFound(code="not_found.person")
        there = set(RoundPerson.objects.filter(round=found).values_list("person_id", "clue_id"))
        new = [one for one in rows if (one.person_id, one.clue_id) not in there]
        for one in new:
            one.round, one.purpose = found, purpose
            one.recorded_at, one.recorded_by = clock.now(), actor.user_id
        RoundPerson.objects.bulk_create(new)
        audit.record(
            actor=actor, clock=clock, action="add_to_round", object_type="round", object_id=found.pk, place=found.place,
            detail={"people": len(new)},
        )  # fmt: skip
    return len(new)


def record_round_result(
    *, actor: Actor, clock: Clock, row_id: UUID, result: str, seen_on: date | None, note: str = ""
) -> RoundPerson:
    """What came of it for one on the list. A diagnosis itself is written as a re-diagnosis."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        row = (
            RoundPerson.objects.select_related("round")
            .select_for_update(of=("self",))
            .filter(pk=row_id)
            .first()
        )
        if row is None:
            raise NotFound(code="not_found.round")
        problems = []
        if result not in RoundResult.values:
            problems.append(Problem("result", "missing", _("结果没有选择。")))
        if result == RoundResult.SEEN:
            if seen_on is None:
                problems.append(Problem("seen_on", "missing", _("日期没有填写，或不是有效日期。")))
            elif seen_on > clock.today():
                problems.append(
                    Problem("seen_on", "future", _("日期晚于今天，请核对。"), seen_on.isoformat())
                )
            elif seen_on < row.round.on:
                words = _("日期早于会诊日期 %(day)s，请核对。") % {"day": row.round.on.isoformat()}
                problems.append(Problem("seen_on", "order", words, seen_on.isoformat()))
            if not note.strip():
                problems.append(Problem("note", "missing", _("请写明专家的意见。")))
        if problems:
            raise Invalid(problems)
        row.result, row.note = result, note.strip()[:500]
        row.seen_on = seen_on if result == RoundResult.SEEN else None
        row.recorded_at, row.recorded_by = clock.now(), actor.user_id
        row.save()
        audit.record(
            actor=actor, clock=clock, action="record_round_result", object_type="round_person", object_id=row.pk,
            place=row.managing_code,
        )  # fmt: skip
    return row


def close_round(*, actor: Actor, clock: Clock, round_id: UUID) -> Round:
    """The round is over; everybody on the list needs a result first."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        found = find_round(actor=actor, round_id=round_id, lock=True)
        left = RoundPerson.objects.filter(round=found, result="").count()
        if left:
            raise Conflict(
                _("还有 %(n)s 人没有登记结果，登记后再结束。") % {"n": left}, code="conflict.round_open"
            )
        if found.closed_on is None:
            found.closed_on = clock.today()
            found.save(update_fields=["closed_on"])
            audit.record(
                actor=actor, clock=clock, action="close_round", object_type="round", object_id=found.pk, place=found.place,
            )  # fmt: skip
    return found
