"""Typing in a pile of signed forms: one form after the other, each saved by itself as soon as it is whole."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.http import QueryDict

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.followup import forms
from xinqiao.followup.actions import NewVisit, Recorded, record_visits, undo_visit
from xinqiao.followup.choices import EntryMode
from xinqiao.followup.rules import check_record
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.terms import Role
from xinqiao.kernel.words import sentence
from xinqiao.registry.models import Person

from .. import rules
from ..choices import RowState
from ..models import Pile, PileRow
from ..queries.entry import find_pile, find_row, read_answers

MOST_FORMS = 300


def office_of(actor: Actor) -> str:
    """The place whose rows these are: what the office works on, nobody below or beside it sees."""
    return actor.villages[0] if actor.role is Role.VILLAGE_DOCTOR and actor.villages else actor.place


@transaction.atomic
def begin_pile(
    *,
    actor: Actor,
    clock: Clock,
    place: str,
    month: date,
    visited_by: UUID | None,
    doctor: str,
    people: Sequence[Person],
) -> Pile:
    """Lay out one empty form per person. Invalid when nobody was chosen or the pile is too high."""
    require(actor, Permission.RECORD_VISIT)
    if not people or len(people) > MOST_FORMS:
        said = "还没有选到人" if not people else f"一次最多 {MOST_FORMS} 张，请分村录入"
        raise Invalid([Problem("people", "wrong_number", said, str(len(people)))])
    went = User.objects.filter(pk=visited_by, is_active=True).first() if visited_by else None
    if visited_by and went is None:
        raise Invalid([Problem("visited_by", "wrong_value", sentence("“谁去随访的”应为本机构的人员"))])
    office = office_of(actor)
    pile = Pile.objects.create(
        managing_code=office,
        user_id=actor.user_id,
        place=place,
        month=month,
        visited_by=went.pk if went else None,
        doctor=(doctor.strip() or (went.display_name if went else actor.display_name))[:60],
        created_at=clock.now(),
    )
    PileRow.objects.bulk_create(
        PileRow(pile=pile, managing_code=office, person=person, position=number, op_id=uuid7())
        for number, person in enumerate(people, 1)
    )
    audit.record(
        actor=actor,
        clock=clock,
        action="begin_pile",
        object_type="pile",
        object_id=pile.pk,
        place=office,
        detail={"forms": len(people)},
    )
    return pile


@transaction.atomic
def add_forms(*, actor: Actor, clock: Clock, pile_id: UUID, people: Sequence[Person]) -> list[PileRow]:
    """More forms at the end of a pile. Invalid when it would be too high."""
    pile = find_pile(actor=actor, pile_id=pile_id)
    last = PileRow.objects.filter(pile=pile).aggregate(last=Max("position"))["last"] or 0
    if last + len(people) > MOST_FORMS:
        raise Invalid(
            [
                Problem(
                    "people",
                    "wrong_number",
                    sentence("一次最多 %(most_forms)s 张，请分批录入", most_forms=MOST_FORMS),
                    str(last),
                )
            ]
        )
    Pile.objects.filter(pk=pile.pk).update(finished_at=None)
    return PileRow.objects.bulk_create(
        PileRow(pile=pile, managing_code=pile.managing_code, person=person, position=last + n, op_id=uuid7())
        for n, person in enumerate(people, 1)
    )


@transaction.atomic
def keep_typed(*, actor: Actor, clock: Clock, row_id: UUID, typed: Mapping[str, str]) -> PileRow:
    """Keep what is typed so far; a form that is saved already is left as it is."""
    row = find_row(actor=actor, row_id=row_id)
    if row.state == RowState.SAVED:
        return row
    answers = _narrowed(typed)
    row.answers = json.dumps(answers, ensure_ascii=False) if answers else ""
    row.state = RowState.TYPED if answers else RowState.EMPTY
    row.save(update_fields=["answers", "state"])
    return row


@transaction.atomic
def save_form(*, actor: Actor, clock: Clock, row_id: UUID, typed: Mapping[str, str]) -> Recorded:
    """Record the visit of one form (entry mode "paper"). Repeated: the same answer. Raises Invalid with every problem
    under the name of its box, AlreadyRecorded; what was typed is kept by `keep_typed`, not here."""
    row = find_row(actor=actor, row_id=row_id)
    pile = row.pile
    given = _narrowed(typed)
    if not given.get("doctor"):
        given["doctor"] = pile.doctor
    read = read_form(given, month=pile.month, today=clock.today())
    if read.problems:
        raise Invalid(read.problems)
    new = NewVisit(
        row.op_id, row.person_id, read.record, visited_by=pile.visited_by, risk_reason=read.risk_reason
    )
    try:
        done = record_visits(actor=actor, clock=clock, batch=[new], entry_mode=EntryMode.PAPER)[0]
    except Invalid as error:
        raise Invalid(placed(error.problems)) from error
    row.answers = json.dumps(_narrowed(typed), ensure_ascii=False)
    row.state, row.visit_id, row.saved_at = RowState.SAVED, done.visit_id, clock.now()
    row.save(update_fields=["answers", "state", "visit_id", "saved_at"])
    return done


@transaction.atomic
def mark_problem(*, actor: Actor, clock: Clock, row_id: UUID, typed: Mapping[str, str]) -> None:
    """Keep what was typed and remember that the form waits for a correction."""
    row = keep_typed(actor=actor, clock=clock, row_id=row_id, typed=typed)
    if row.state != RowState.SAVED:
        PileRow.objects.filter(pk=row.pk).update(state=RowState.PROBLEM)


@transaction.atomic
def undo_form(*, actor: Actor, clock: Clock, row_id: UUID) -> PileRow:
    """Take one saved visit back (as `undo_visit` allows) and open its form again as it was typed."""
    row = find_row(actor=actor, row_id=row_id)
    if row.state != RowState.SAVED or row.visit_id is None:
        raise Conflict(sentence("这张表还没有保存"), code="conflict.not_saved")
    undo_visit(actor=actor, clock=clock, visit_id=row.visit_id, reason="纸质表录入后撤销")
    row.state, row.visit_id, row.saved_at, row.op_id = RowState.TYPED, None, None, uuid7()
    row.save(update_fields=["state", "visit_id", "saved_at", "op_id"])
    return row


@transaction.atomic
def finish_pile(*, actor: Actor, clock: Clock, pile_id: UUID) -> Pile:
    """Close the pile: what was typed on saved forms is not kept twice, unsaved ones stay as they are."""
    pile = find_pile(actor=actor, pile_id=pile_id)
    if pile.finished_at is None:
        PileRow.objects.filter(pile=pile, state=RowState.SAVED).update(answers="")
        pile.finished_at = clock.now()
        pile.save(update_fields=["finished_at"])
        audit.record(
            actor=actor,
            clock=clock,
            action="finish_pile",
            object_type="pile",
            object_id=pile.pk,
            place=pile.managing_code,
            detail={"saved": PileRow.objects.filter(pile=pile, state=RowState.SAVED).count()},
        )
    return pile


def read_form(typed: Mapping[str, str], *, month: date, today: date, whole: bool = False) -> forms.Typed:
    """The boxes of one form as a record for the rules, with every problem of shape under the name of its box; `whole`:
    also what the rules say of the record by itself (for showing a form that was refused before)."""
    query = QueryDict(mutable=True)
    for name, values in rules.form_values(typed, month=month, today=today).items():
        query.setlist(name, values)
    found = forms.read_visit(query)
    if whole or found.problems or "ending" not in query:
        checked = check_record(found.record, today=today).problems
        named = {problem.field for problem in found.problems}
        asked = [
            p for p in checked if forms.applies_to(found, p.field.split(".")[0]) and p.field not in named
        ]
        if "ending" not in query:
            found.problems.append(
                Problem(
                    "ending",
                    "missing",
                    sentence("“本次结果”未填写，应为：1 访到、2 失访、3 死亡、4 目前住院"),
                )
            )
        found.problems += asked
    found.problems = placed(found.problems)
    return found


def placed(problems: Sequence[Problem]) -> list[Problem]:
    """Problems under the names of the boxes that show them, each sentence once."""
    seen: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        name = problem.field.split(".")[0]
        name = rules.SHOWN_AT.get(name, name)
        name = name if name in rules.NAMES else "doctor" if name == "co_visitors" else name
        seen.setdefault((name, problem.message), Problem(name, problem.code, problem.message, problem.value))
    return list(seen.values())


def _narrowed(typed: Mapping[str, Any]) -> dict[str, str]:
    return {
        key.name: str(typed.get(key.name, "")).strip()[: rules.LONGEST]
        for key in rules.KEYS
        if str(typed.get(key.name, "")).strip()
    }


__all__ = [
    "add_forms",
    "begin_pile",
    "finish_pile",
    "keep_typed",
    "mark_problem",
    "read_answers",
    "read_form",
    "save_form",
    "undo_form",
]
