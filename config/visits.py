"""The visits to which a scan of a person's papers may belong: known above the registry, asked for by it."""

from __future__ import annotations

from uuid import UUID

from xinqiao.followup.models import Visit

MOST = 24


def visits_of(person_id: UUID) -> list[tuple[UUID, str]]:
    """(visit, its date) of a person in the actor's scope, newest first."""
    rows = Visit.objects.filter(person_id=person_id, voided_at=None, superseded=False)
    return [
        (pk, on.isoformat()) for pk, on in rows.order_by("-visit_date").values_list("pk", "visit_date")[:MOST]
    ]
