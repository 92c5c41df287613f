"""A request to see a record: asked, decided, handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.followup.models import Standing
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound
from xinqiao.kernel.words import sentence
from xinqiao.registry.bulk import once_only
from xinqiao.registry.models import Person

from ..choices import Verdict
from ..clocks import VIEWS
from ..models import ViewRequest
from ..rules import asks_psychiatrist, check_request, check_verdict, unreadable


@dataclass(frozen=True, slots=True)
class NewView:
    """A request. `asker` patient or guardian; for a guardian name, relation and `footing` (agreed, incapacity) as well."""

    op_id: UUID
    person_id: UUID
    asker: str
    asked_on: date
    asker_name: str = ""
    relation: str = ""
    footing: str = ""
    footing_note: str = ""


def ask_view(*, actor: Actor, clock: Clock, new: NewView) -> ViewRequest:
    """Keep a request; the same operation again answers the same. While one is open no second is begun: Conflict."""
    require(actor, Permission.GIVE_ACCESS)
    with transaction.atomic():
        person = Person.objects.filter(pk=new.person_id).first()
        if person is None:
            raise NotFound(code="not_found.person")
        there = ViewRequest.objects.filter(op_id=new.op_id, person=person).first()
        if there is not None:
            return there
        if problems := check_request(
            asker=new.asker, asker_name=new.asker_name, relation=new.relation, footing=new.footing,
            footing_note=new.footing_note, asked_on=new.asked_on, born_on=person.birth_on, today=clock.today(),
        ):  # fmt: skip
            raise Invalid(problems)
        if ViewRequest.objects.filter(person=person, handed_on=None, withdrawn_on=None).exclude(
            verdict=Verdict.LATER
        ):
            raise Conflict(sentence("已有一份查阅申请正在办理，请先办结。"), code="conflict.view_open")
        guardian = new.asker == "guardian"
        with once_only():
            made = ViewRequest.objects.create(
                op_id=new.op_id, person=person, managing_code=person.managing_code, shared_codes=person.shared_codes,
                asker=new.asker, asker_name=new.asker_name.strip()[:60] if guardian else "",
                relation=new.relation.strip()[:20] if guardian else "", footing=new.footing if guardian else "",
                footing_note=new.footing_note.strip()[:200] if guardian else "", asked_on=new.asked_on,
                recorded_at=clock.now(), recorded_by=actor.user_id,
            )  # fmt: skip
        _say(actor, clock, "ask_view", made, new.op_id)
    return made


def decide_view(
    *, actor: Actor, clock: Clock, request_id: UUID, verdict: str, held_back: Sequence[str] = (), reason: str = "",
    psychiatrist: str = "",
) -> ViewRequest:  # fmt: skip
    """What may be read, decided before anything is printed. Invalid where a psychiatrist had to be asked and is not named."""
    require(actor, Permission.GIVE_ACCESS)
    with transaction.atomic():
        found = _open(request_id)
        grave = _grave(found)
        if problems := check_verdict(
            verdict=verdict, held_back=held_back, reason=reason, psychiatrist=psychiatrist, grave=grave
        ):
            raise Invalid(problems)
        found.verdict = verdict
        found.held_back = sorted(set(held_back)) if verdict == Verdict.PART else []
        found.reason, found.psychiatrist = reason.strip()[:200], psychiatrist.strip()[:60]
        found.decided_on, found.decided_by = clock.today(), actor.user_id
        found.save(
            update_fields=["verdict", "held_back", "reason", "psychiatrist", "decided_on", "decided_by"]
        )
        _say(actor, clock, "decide_view", found)
    return found


def hand_over_view(*, actor: Actor, clock: Clock, request_id: UUID) -> ViewRequest:
    """The summary was given to who asked. Conflict before the decision, and when it no longer holds."""
    require(actor, Permission.GIVE_ACCESS)
    with transaction.atomic():
        found = _open(request_id)
        check_readable(found, clock)
        found.handed_on, found.handed_by = clock.today(), actor.user_id
        found.save(update_fields=["handed_on", "handed_by"])
        _say(actor, clock, "hand_over_view", found)
    return found


def withdraw_view(*, actor: Actor, clock: Clock, request_id: UUID) -> ViewRequest:
    """Who asked does not want it any more."""
    require(actor, Permission.GIVE_ACCESS)
    with transaction.atomic():
        found = _open(request_id)
        found.withdrawn_on = clock.today()
        found.save(update_fields=["withdrawn_on"])
        _say(actor, clock, "withdraw_view", found)
    return found


def check_readable(found: ViewRequest, clock: Clock) -> None:
    """Conflict with a sentence when the summary may not be printed and handed out today."""
    why = unreadable(
        verdict=found.verdict, withdrawn=found.withdrawn_on is not None, handed_on=found.handed_on,
        psychiatrist=found.psychiatrist, grave=_grave(found), today=clock.today(),
    )  # fmt: skip
    words = {
        "undecided": "还没有作出可以查阅的评估。",
        "withdrawn": "这份申请已经撤回。",
        "handed": "摘要已经交给申请人；再要时请重新登记申请，重新评估。",
        "worse": "评估以后病情有变，须先征询精神科医师：请重新评估再打印。",
    }
    if why:
        raise Conflict(sentence(words[why]), code=f"conflict.view_{why}")


def _grave(found: ViewRequest) -> bool:
    standing = Standing.objects.filter(person_id=found.person_id).first()
    return standing is not None and asks_psychiatrist(standing.risk, standing.visit_class)


def _open(request_id: UUID) -> ViewRequest:
    found = ViewRequest.objects.select_for_update().filter(pk=request_id).first()
    if found is None:
        raise NotFound(code="not_found.view_request")
    if found.handed_on or found.withdrawn_on:
        raise Conflict(sentence("这份申请已经办结。"), code="conflict.view_ended")
    return found


def _say(actor: Actor, clock: Clock, action: str, row: ViewRequest, op_id: UUID | None = None) -> None:
    audit.record(
        actor=actor, clock=clock, action=action, object_type="view_request", object_id=row.pk, place=row.managing_code,
        op_id=op_id, detail={"person": str(row.person_id), "asker": row.asker},
    )  # fmt: skip
    settle(clock=clock, kind=VIEWS, subjects=[row.pk])
