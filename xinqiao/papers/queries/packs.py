"""Bundles for inspections as their maker sees them. Nobody else sees that there is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import NotFound
from xinqiao.places import queries as places
from xinqiao.registry.models import Person
from xinqiao.registry.rules import age_on
from xinqiao.web.background import worker_alive

from ..choices import MemberState
from ..models import Pack, PackMember


@dataclass(slots=True)
class Line:
    """One line of the sample with the people it may mean, as (id, words)."""

    member: PackMember
    person: Person | None
    place: str
    choices: list[tuple[str, str]]


def find_pack(*, actor: Actor, pack_id: UUID) -> Pack:
    """The bundle of this account without its bytes; NotFound otherwise."""
    require(actor, Permission.EXPORT_LIST)
    pack = Pack.objects.defer("body").filter(pk=pack_id, user_id=actor.user_id).first()
    if pack is None:
        raise NotFound()
    return pack


def packs_of(*, actor: Actor, limit: int = 30) -> list[Pack]:
    """Bundles of this account, newest first. One statement."""
    require(actor, Permission.EXPORT_LIST)
    return list(
        Pack.objects.defer("body").filter(user_id=actor.user_id).order_by("-created_at", "-id")[:limit]
    )


def lines_of(pack: Pack, today: date) -> list[Line]:
    """The match report, in the order of the sample. Three statements."""
    members = list(PackMember.objects.defer("body").filter(pack=pack).order_by("position"))
    wanted = {m.person_id for m in members if m.person_id} | {pk for m in members for pk in m.candidates}
    people = {p.pk: p for p in Person.objects.filter(pk__in=wanted)}
    names = places.short_names({p.managing_code for p in people.values()})

    def words(person: Person) -> str:
        sex = {"1": "男", "2": "女"}.get(person.sex, "")
        return f"{person.name} {sex} {age_on(person.birth_on, today)} 岁 {names[person.managing_code]} {person.file_no[-8:]}"

    return [
        Line(
            member,
            people.get(member.person_id) if member.person_id else None,
            names.get(people[member.person_id].managing_code, "") if member.person_id in people else "",
            [(str(pk), words(people[pk])) for pk in member.candidates if pk in people],
        )
        for member in members
    ]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the making is: files made of files to make."""

    done: int
    total: int
    worker: bool


def standing_of(pack: Pack) -> Standing:
    """Two statements."""
    found = PackMember.objects.filter(pack=pack, state=MemberState.FOUND)
    done = found.filter(pages__gt=0).count()
    return Standing(done, found.count(), worker_alive())


def counts_of(pack: Pack) -> dict[str, int]:
    """Lines by what became of them. One statement."""
    rows = PackMember.objects.filter(pack=pack).values_list("state").annotate(n=Count("id"))
    return dict.fromkeys((state.value for state in MemberState), 0) | dict(rows)
