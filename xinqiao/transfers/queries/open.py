"""Whether a hand-over is open."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from ..choices import OPEN
from ..models import Transfer


def any_open(person_ids: Collection[UUID]) -> bool:
    """Whether one of these people is being handed over, also on paper to outside the system. One statement."""
    return Transfer.objects.filter(person__in=list(person_ids), state__in=OPEN).exists()
