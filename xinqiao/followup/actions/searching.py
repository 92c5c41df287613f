"""Marking who is being looked for, so that follow-up tells whoever looks when the person is met again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import connection


def mark_searched(since: Mapping[UUID, date | None]) -> None:
    """Person → since when somebody looks for this person; None for not any more. One statement."""
    if not since:
        return
    rows = [{"person": str(key), "since": day.isoformat() if day else None} for key, day in since.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            "update followup_standing s set searched_since = x.since"
            " from jsonb_to_recordset(%s::jsonb) as x(person uuid, since date) where s.person_id = x.person",
            [json.dumps(rows)],
        )
