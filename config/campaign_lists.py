"""The lists whose people may become the lines of a special action."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from xinqiao.campaigns.lists import PeopleList
from xinqiao.kernel.actor import Actor
from xinqiao.rosters import queries
from xinqiao.rosters.lists import List

MOST = 20_000
#: Who is no longer there, or waits at a desk, is nobody to go and see.
LEFT_OUT = frozenset({"review", "waiting"})


def lists_for(actor: Actor) -> list[PeopleList]:
    """Every list of the actor but those of desk work."""
    return [
        PeopleList(one.key, one.title, _people(one))
        for one in queries.lists_for(actor)
        if one.key not in LEFT_OUT
    ]


def _people(wanted: List) -> Callable[[Actor, date, str], Sequence[UUID]]:
    def people(actor: Actor, today: date, place: str) -> Sequence[UUID]:
        ids, _rows, _total = queries.ledger_rows(
            actor=actor, today=today, wanted=wanted, place=place, columns=(), whole=False, limit=MOST
        )
        return ids

    return people
