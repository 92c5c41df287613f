"""Bringing one person's file up to date by form: what differs is added as dated facts, what was stays readable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence

from ..choices import printed
from ..models import Identifier, Person, PersonRevision
from .plan import NewPerson, Plan, plan_known
from .register import Registered, write_plan

#: Decided when the file was made, or changed by an act of its own: not taken from this form.
ELSEWHERE = frozenset(
    [
        "filed_on",
        "filled_by",
        "worker",
        "report_type",
        "notified_on",
        "notifier",
        "consent",
        "signer",
        "signer_name",
        "incapacity_note",
        "signed_on",
    ]
)


def update_person(
    *, actor: Actor, clock: Clock, person_id: UUID, op_id: UUID, record: Mapping[str, Any], row_version: int
) -> Registered:
    """Compare a typed record with the file and add what differs. Empty answers change nothing, nor does a repeated
    operation.

    Raises NotFound for a person out of scope, Conflict when somebody changed the file meanwhile, Invalid with what the
    rules say. A document number that belongs to somebody else is a problem at its field.
    """
    require(actor, Permission.REGISTER_PERSON)
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(pk=person_id).first()
        if person is None:
            raise NotFound(code="not_found.person")
        if PersonRevision.objects.filter(person=person, op_id=op_id).exists():
            return Registered(op_id, person.pk, "unchanged", person.file_no)
        if person.row_version != row_version:
            raise Conflict(sentence("档案刚被别人改过，请重新打开核对后再改。"), code="conflict.row_version")
        given = NewPerson(op_id=op_id, record=_whole(record, person), managing_code=person.managing_code)
        plan: Plan = plan_known(actor=actor, clock=clock, given=given, person=person)
        problems: list[Problem] = plan.problems
        if problems:
            raise Invalid(problems)
        return write_plan(plan, actor=actor, clock=clock, source="form")[0]


def _whole(record: Mapping[str, Any], person: Person) -> dict[str, Any]:
    """The typed record, with what the rules need and the form leaves out because it stays or is masked."""
    whole = {key: value for key, value in record.items() if key not in ELSEWHERE}
    whole["filed_on"] = person.filed_on
    if "id_number" not in whole and whole.get("id_kind") != printed.NO_DOCUMENT:
        own = Identifier.objects.filter(person=person, voided_at=None, valid_to=None).first()
        if own is not None:
            whole["id_number"], whole["id_kind"] = own.number, own.kind
        else:
            whole["id_kind"] = printed.NO_DOCUMENT
    if whole.get("id_kind") == printed.NO_DOCUMENT and person.no_id_reason:
        whole.setdefault("no_id_reason", person.no_id_reason)
    return whole
