"""After a village was split by people: the county says who belongs to which of the two."""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.places.models import DivisionChangeRow
from xinqiao.places.queries import institutions_serving
from xinqiao.registry.listeners import facts_changed
from xinqiao.registry.models import Person, Responsibility

from ..models import Assignment

#: The reason of rows that a change of borders wrote.
BOUNDARY = "boundary"


def still_to_say() -> QuerySet[Assignment]:
    """Who is still to be assigned. Who moved since the split counts where the move led, and is asked about no longer."""
    moved = Responsibility.objects.filter(
        person_id=OuterRef("person_id"),
        kind="counting",
        voided_at=None,
        recorded_at__gt=OuterRef("change__done_at"),
    ).exclude(reason=BOUNDARY)
    return Assignment.objects.filter(~Exists(moved), settled_at=None)


def assign_village(*, actor: Actor, clock: Clock, assignment_id: UUID, village: str) -> None:
    """Say in which village a person counts since the day of the split: the old one or the new one. Said once; afterwards a
    person moves. NotFound for somebody else's, or who moved since; Invalid for a village that is none of the two."""
    require(actor, Permission.CORRECT_RECORD)
    with transaction.atomic():
        # The person first, like every other act: a move under way carries this row along.
        whom = Assignment.objects.filter(pk=assignment_id).values_list("person_id", flat=True).first()
        if whom is None or Person.objects.select_for_update().filter(pk=whom).first() is None:
            raise NotFound(code="not_found.assignment")
        row = Assignment.objects.select_for_update().select_related("change").filter(pk=assignment_id).first()
        if row is None:
            raise NotFound(code="not_found.assignment")
        if row.settled_at is not None:
            return
        if not still_to_say().filter(pk=row.pk).exists():
            raise NotFound(code="not_found.assignment")
        if not DivisionChangeRow.objects.filter(change=row.change, new_code=village).exists():
            raise Invalid([Problem("village", "code", _("请在拆分后的村里选择。"), village[:12])])
        served = institutions_serving([village], row.change.effective_on).get(village)
        if served is None:
            raise Invalid(
                [Problem("village", "unserved", _("这个村还没有机构服务，请先联系系统管理员。"), village)]
            )
        with connection.cursor() as cursor:
            cursor.execute(
                "select boundaries_assign(%s, %s, %s, %s, %s, %s)",
                [row.pk, village, served.counting.pk, served.responsible.pk, served.worker_id, clock.now()],
            )
            if not cursor.fetchone()[0]:
                raise NotFound(code="not_found.assignment")
        Assignment.objects.filter(pk=row.pk).update(settled_at=clock.now(), settled_by=actor.user_id)
        audit.record(
            actor=actor, clock=clock, action="assign_village", object_type="person", object_id=row.person_id,
            place=village, detail={"change": str(row.change_id), "assignment": str(row.pk)},
        )  # fmt: skip
        facts_changed(actor, clock, [row.person_id])
