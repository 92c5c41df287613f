"""Marking who is being looked for, so that follow-up tells whoever looks when the person is met again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db.models import Case, DateField, Value, When

from ..models import Standing


def mark_searched(since: Mapping[UUID, date | None]) -> None:
    """Person → since when somebody looks for this person; None for not any more. One statement."""
    if since:
        cases = [When(person_id=person, then=Value(day)) for person, day in since.items()]
        Standing.objects.filter(person_id__in=list(since)).update(
            searched_since=Case(*cases, output_field=DateField())
        )
