"""What a person's file holds besides the page's head: rows that hold from a day to a day, the household, the care group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds
from xinqiao.kernel.errors import NotFound
from xinqiao.places import queries as places

from ..fields import keyed_hash
from ..models import (
    Background,
    CareGroup,
    CareMember,
    CarePlacement,
    Certificate,
    HouseholdMember,
    Identifier,
    OtherNumber,
    Person,
    PersonName,
    Relative,
    ResponsiblePerson,
    Support,
)
from ..rules import same_document
from ..scoped import Fact
from ..tables import VOIDABLE

#: Kind → table, of what `record_of` reads beside the facts of the page.
_READ: dict[str, type[Fact]] = {
    "name": PersonName,
    "number": OtherNumber,
    "relative": Relative,
    "certificate": Certificate,
    "support": Support,
    "keeper": ResponsiblePerson,
    "placement": CarePlacement,
    "household": HouseholdMember,
}


@dataclass
class Housemate:
    """Somebody of the register in the same household, as far as the actor may see."""

    person: Person
    relation: str
    since: date


@dataclass
class Record:
    """`rows`: kind → all rows, voided and ended ones included, newest first. `mates` and `members` hold now."""

    background: Background | None = None
    backgrounds: list[Background] = field(default_factory=list)
    rows: dict[str, list[Any]] = field(default_factory=dict)
    mates: list[Housemate] = field(default_factory=list)
    group: CareGroup | None = None
    members: list[CareMember] = field(default_factory=list)

    def now(self, kind: str) -> list[Any]:
        """The rows of a kind that hold today."""
        return [one for one in self.rows.get(kind, []) if one.voided_at is None and one.valid_to is None]


def record_of(*, actor: Actor, person: Person, kinds: Iterable[str] = _READ, health: bool = True) -> Record:
    """The rows of these kinds, one statement each; one more for health, the household and the group's members."""
    require(actor, Permission.VIEW_RECORDS)
    found = Record()
    if health:
        found.backgrounds = list(Background.objects.filter(person=person).order_by("-valid_from", "-id"))
        found.background = next(
            (one for one in found.backgrounds if one.voided_at is None and one.valid_to is None), None
        )
    for kind in kinds:
        table: Any = _READ[kind]
        rows = table._default_manager.filter(person=person).order_by("-valid_from", "-id")
        found.rows[kind] = list(rows.select_related("group") if kind == "placement" else rows)
    for mine in found.now("household")[:1]:
        others = HouseholdMember.objects.filter(household=mine.household, voided_at=None, valid_to=None)
        found.mates = [
            Housemate(one.person, one.relation, one.valid_from)
            for one in others.exclude(person=person).select_related("person").order_by("valid_from", "id")
        ]
    for placed in found.now("placement")[:1]:
        found.group = placed.group
        found.members = list(placed.group.members.filter(valid_to=None).order_by("id"))
    return found


def find_fact(*, actor: Actor, kind: str, fact_id: UUID) -> Any:
    """One row of a kind with its person; NotFound when it is not there, not the actor's, or of no such kind."""
    require(actor, Permission.VIEW_RECORDS)
    table = VOIDABLE.get(kind)
    found = table._default_manager.select_related("person").filter(pk=fact_id).first() if table else None
    if found is None:
        raise NotFound(code="not_found.fact")
    return found


def named(*, actor: Actor, text: str) -> list[Person]:
    """People of the actor's area by whole name, file number or document number; at most six, to choose from."""
    require(actor, Permission.VIEW_RECORDS)
    words = text.strip()
    if len(words) < 2:
        return []
    wanted = Q(name=words) | Q(file_no=words.replace("-", ""))
    number = same_document(words)
    if number.isascii() and len(number) > 4:
        owners = Identifier.objects.filter(
            number_hash=keyed_hash("id", number), voided_at=None, valid_to=None
        )
        wanted |= Q(pk__in=list(owners.values_list("person_id", flat=True)))
    return list(Person.objects.filter(wanted).order_by("managing_code", "name")[:6])


def find_group(*, actor: Actor, group_id: UUID) -> CareGroup:
    """An open or ended care group of the actor's area; NotFound otherwise."""
    require(actor, Permission.VIEW_RECORDS)
    found = CareGroup.objects.filter(pk=group_id).first()
    if found is None:
        raise NotFound(code="not_found.group")
    return found


def groups_below(
    *, actor: Actor, place: str, ended: bool = False
) -> list[tuple[CareGroup, str, list[CareMember], int]]:
    """Care groups of a place's villages with the village's name, present members and how many people they look after."""
    require(actor, Permission.VIEW_RECORDS)
    lo, hi = bounds(place)
    rows = CareGroup.objects.filter(managing_code__gte=lo, managing_code__lt=hi).order_by(
        "managing_code", "-since"
    )
    groups = list(rows if ended else rows.filter(until=None))
    members: dict[UUID, list[CareMember]] = {}
    for one in CareMember.objects.filter(group__in=groups, valid_to=None).order_by("id"):
        members.setdefault(one.group_id, []).append(one)
    counts: dict[UUID, int] = {}
    for pk in CarePlacement.objects.filter(group__in=groups, valid_to=None, voided_at=None).values_list(
        "group_id", flat=True
    ):
        counts[pk] = counts.get(pk, 0) + 1
    places.names_of({one.managing_code for one in groups})
    return [
        (one, places.short_name(one.managing_code), members.get(one.pk, []), counts.get(one.pk, 0))
        for one in groups
    ]


def group_choices(*, actor: Actor, managing_code: str) -> list[tuple[str, str]]:
    """Open care groups of a person's township, the own village's first, as choices."""
    require(actor, Permission.VIEW_RECORDS)
    lo, hi = bounds(managing_code[:9] + "000")
    rows = CareGroup.objects.filter(managing_code__gte=lo, managing_code__lt=hi, until=None)
    ordered = sorted(rows, key=lambda one: (one.managing_code != managing_code, one.managing_code))
    return [(str(one.pk), f"{places.short_name(one.managing_code)} {one.name}") for one in ordered]
