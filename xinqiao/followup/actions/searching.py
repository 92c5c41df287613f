"""Marking who is being looked for or handed over, so that follow-up tells whoever looks, or hands over, of every contact."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import connection


def mark_searched(since: Mapping[UUID, date | None]) -> None:
    """Person → since when somebody looks for this person; None for not any more. One statement."""
    _mark("searched_since", since)


def mark_handed(since: Mapping[UUID, date | None]) -> None:
    """Person → since when a hand-over of this person is under way; None for not any more. One statement."""
    _mark("handed_since", since)


def _mark(column: str, since: Mapping[UUID, date | None]) -> None:
    if not since:
        return
    rows = [{"person": str(key), "since": day.isoformat() if day else None} for key, day in since.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"update followup_standing s set {column} = x.since"  # noqa: S608 -- one of our two columns
            " from jsonb_to_recordset(%s::jsonb) as x(person uuid, since date) where s.person_id = x.person",
            [json.dumps(rows)],
        )
