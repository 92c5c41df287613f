"""Who is looked for and has turned up elsewhere: a clue, a report card or another file with the same document number, wherever it
lies. Only that, the day and the township or county are told, so that the responsible worker knows whom to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from xinqiao.kernel.codes import township_of
from xinqiao.places import queries as places

from ..choices import SEEN_WORDS


@dataclass(frozen=True, slots=True)
class Seen:
    """What turned up (words), on which day, and where: name of a township or county."""

    words: Any
    on: date
    place: str


def seen_again(searches: Sequence[UUID]) -> dict[UUID, list[Seen]]:
    """Open searches → what came since they began, newest first. One statement, and one for names not in memory."""
    if not searches:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select search, kind, seen_on, place from tracing_seen_again(%s) order by seen_on desc, kind, place",
            [list(searches)],
        )
        rows = cursor.fetchall()
    names = places.short_names({township_of(place) for _search, _kind, _on, place in rows})
    found: dict[UUID, list[Seen]] = {}
    for search, kind, on, place in rows:
        found.setdefault(search, []).append(Seen(SEEN_WORDS[kind], on, names[township_of(place)]))
    return found


def how_many_seen() -> int:
    """Of all the open searches in scope. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(distinct search) from tracing_seen_again("
            "array(select id from tracing_search where ended_on is null))"
        )
        return int(cursor.fetchone()[0])
