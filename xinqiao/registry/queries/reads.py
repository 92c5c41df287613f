"""Who looked at a person's record: the log that the person may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.ids import read_uuid
from xinqiao.places import queries as places

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the record: when, who, in what role, of which institution or place, how, what for, and how many people
    the same look took in."""

    id: UUID
    at: datetime
    who: str
    role: str
    place: str
    kind: str
    purpose: str
    people: int


@dataclass(frozen=True, slots=True)
class Looks:
    """A portion of the log, newest first, and the look after which the next one begins ("" on the last)."""

    looks: Sequence[Look] = field(default_factory=list)
    after: str = ""


def reads_of(*, actor: Actor, person_id: UUID, after: str = "", most: int = SHOWN) -> Looks:
    """Who read this record. Three statements. Empty for a person out of scope."""
    require(actor, Permission.VIEW_RECORDS)
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, at, actor_id, role, actor_place, kind, purpose, people from registry_reads_of(%s, %s, %s)",
            [person_id, read_uuid(after), most + 1],
        )
        rows = cursor.fetchall()
    more, rows = len(rows) > most, rows[:most]
    users = {
        user.pk: user
        for user in User.objects.filter(pk__in={row[2] for row in rows}).select_related("institution")
    }
    names = places.names_of({row[4] for row in rows})
    looks = []
    for pk, at, who, role, place, kind, purpose, people in rows:
        user = users.get(who)
        where = user.institution.name if user and user.institution else names.get(place, place)
        looks.append(Look(pk, at, user.display_name if user else "", role, where, kind, purpose, people))
    return Looks(looks, str(rows[-1][0]) if more else "")
