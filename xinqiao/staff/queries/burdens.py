"""How many people an account or an institution answers for now: counted by the report role, never who."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count

from xinqiao.accounts.scope import reporting
from xinqiao.registry.models import Responsibility


def burdens_of_accounts(ids: Sequence[UUID]) -> dict[UUID, int]:
    """Account → people it is responsible for now, only those above 0."""
    rows = Responsibility.objects.using("report").filter(
        worker_id__in=ids, kind="responsible", valid_to=None, voided_at=None
    )
    with reporting():
        return dict(
            rows.order_by()
            .values("worker_id")
            .annotate(n=Count("person_id", distinct=True))
            .values_list("worker_id", "n")
        )


def burdens_of_institutions(ids: Sequence[UUID]) -> dict[UUID, int]:
    """Institution → people it counts or answers for now, only those above 0."""
    rows = Responsibility.objects.using("report").filter(
        institution_id__in=ids, valid_to=None, voided_at=None
    )
    with reporting():
        counted = rows.order_by().values("institution_id").annotate(n=Count("person_id", distinct=True))
        return dict(counted.values_list("institution_id", "n"))
