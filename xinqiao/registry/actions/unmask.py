"""Showing whole numbers and addresses once, and writing down that somebody looked."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import NotFound

from ..models import Person


def unmask_person(*, actor: Actor, clock: Clock, person_id: UUID) -> None:
    """Write the look into the person's read log and the trail. NotFound for a person out of scope."""
    require(actor, Permission.UNMASK)
    with transaction.atomic():
        person = Person.objects.filter(pk=person_id).only("id", "managing_code").first()
        if person is None:
            raise NotFound(code="not_found.person")
        audit.read(actor=actor, clock=clock, kind="unmask", person_ids=[person_id], purpose="care")
        audit.record(
            actor=actor, clock=clock, action="unmask", object_type="person", object_id=person_id,
            place=person.managing_code,
        )  # fmt: skip
