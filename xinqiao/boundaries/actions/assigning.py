"""After a village was split by people: the county says who belongs to which of the two."""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.places.models import DivisionChangeRow
from xinqiao.places.queries import institutions_serving
from xinqiao.registry.listeners import facts_changed

from ..models import Assignment


def assign_village(*, actor: Actor, clock: Clock, assignment_id: UUID, village: str) -> None:
    """Say in which village a person counts since the day of the split: the old one or the new one. Said once; afterwards a
    person moves. NotFound for somebody else's; Invalid for a village that is none of the two."""
    require(actor, Permission.CORRECT_RECORD)
    with transaction.atomic():
        row = Assignment.objects.select_for_update().select_related("change").filter(pk=assignment_id).first()
        if row is None:
            raise NotFound(code="not_found.assignment")
        if row.settled_at is not None:
            return
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
