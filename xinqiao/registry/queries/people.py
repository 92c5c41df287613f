"""The list of an area. How somebody stands (class, due date) comes from the row that follow-up keeps beside each person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds
from xinqiao.kernel.ids import read_uuid
from xinqiao.places import queries as places

from ..choices import ResponsibilityKind
from ..models import Person, Responsibility
from ..rules import age_on

SHOWN = 50
#: What the list's filter "state" may ask, and which kept states it means.
STATES: dict[str, tuple[str, ...]] = {
    "on": ("registered", "lost"),
    "lost": ("lost",),
    "dead": ("dead",),
    "out": ("moved_out", "excluded"),
    "all": (),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """What a search matched besides the name: `kind` pinyin, initials, alias, number, other_number, last4, phone or
    guardian; `text` to show ("" for numbers, which stay masked) and how much of its beginning was matched."""

    kind: str
    text: str = ""
    mark: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """One person on a list. `state` as kept by follow-up; `visit_class` "" and `due_on` None when never classed. `mark`:
    how many signs at the beginning of the name a search matched; `hits`: what else it matched."""

    id: UUID
    name: str
    sex: str
    age: int
    managing_code: str
    place: str
    file_no: str
    visit_class: str = ""
    risk: int | None = None
    due_on: date | None = None
    state: str = "registered"
    in_hospital: bool = False
    worker: str = ""
    mark: int = 0
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """`place` a division inside the scope, `visit_class` "1" "2" "3" or "0" (none yet), `state` a key of STATES plus
    hospital and nobody (nobody responsible), `sort` place or filed (newest file first)."""

    place: str = ""
    visit_class: str = ""
    state: str = "on"
    sort: str = "place"


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list: at most SHOWN cards, how many there are in all, and the id after which the
    next page begins (empty on the last)."""

    cards: Sequence[Card]
    count: int
    after: str = ""


def people_list(*, actor: Actor, today: date, filters: Filters, after: str = "") -> Listed:
    """People of the actor's area in keyset order. Five statements at most."""
    require(actor, Permission.VIEW_RECORDS)
    wanted = _filtered(filters)
    last = _last_seen(after)
    if filters.sort == "filed":
        rows = wanted.order_by("-filed_on", "-id")
        if last is not None:
            rows = rows.filter(Q(filed_on__lt=last.filed_on) | Q(filed_on=last.filed_on, id__lt=last.pk))
    else:
        rows = wanted.order_by("managing_code", "name", "id")
        if last is not None:
            code, name = last.managing_code, last.name
            rows = rows.filter(
                Q(managing_code__gt=code)
                | Q(managing_code=code, name__gt=name)
                | Q(managing_code=code, name=name, id__gt=last.pk)
            )
    people = list(rows.select_related("standing")[: SHOWN + 1])
    more = len(people) > SHOWN
    people = people[:SHOWN]
    count = wanted.count() if last is not None or more else len(people)
    return Listed(cards_of(people, today, workers=True), count, str(people[-1].pk) if more else "")


def _last_seen(after: str) -> Person | None:
    """The row the last page ended with. Its id alone stands in the address: names do not belong into logs."""
    pk = read_uuid(after)
    return Person.objects.filter(pk=pk).first() if pk is not None else None


def _filtered(filters: Filters) -> QuerySet[Person]:
    rows = Person.objects.all()
    if filters.place:
        lo, hi = bounds(filters.place)
        rows = rows.filter(managing_code__gte=lo, managing_code__lt=hi)
    if filters.visit_class == "0":
        rows = rows.filter(Q(standing=None) | Q(standing__visit_class=""))
    elif filters.visit_class:
        rows = rows.filter(standing__visit_class=filters.visit_class)
    on_register = Q(standing=None) | Q(standing__state__in=STATES["on"])
    if filters.state == "hospital":
        return rows.filter(standing__in_hospital=True)
    if filters.state == "nobody":
        now = Responsibility.objects.filter(valid_to=None, voided_at=None)
        led = now.filter(kind=ResponsibilityKind.RESPONSIBLE).exclude(worker=None, worker_name="")
        counted = now.filter(kind=ResponsibilityKind.COUNTING)
        held = Q(pk__in=led.values("person_id")) & Q(pk__in=counted.values("person_id"))
        return rows.filter(on_register).exclude(held)
    if filters.state == "on":
        return rows.filter(on_register)
    if states := STATES.get(filters.state):
        return rows.filter(standing__state__in=states)
    return rows


def cards_of(people: Sequence[Person], today: date, *, workers: bool) -> list[Card]:
    names = places.short_names(person.managing_code for person in people)
    led = _workers([person.pk for person in people]) if workers and people else {}
    return [_card(person, today, names, led.get(person.pk, "")) for person in people]


def _card(person: Person, today: date, names: dict[str, str], worker: str) -> Card:
    standing = getattr(person, "standing", None)
    return Card(
        id=person.pk,
        name=person.name,
        sex=person.sex,
        age=age_on(person.birth_on, today),
        managing_code=person.managing_code,
        place=names.get(person.managing_code, person.managing_code),
        file_no=person.file_no,
        worker=worker,
        **(
            {
                "visit_class": standing.visit_class,
                "risk": standing.risk,
                "due_on": standing.due_on,
                "state": standing.state,
                "in_hospital": standing.in_hospital,
            }
            if standing is not None
            else {}
        ),
    )


def _workers(ids: Iterable[UUID]) -> dict[UUID, str]:
    rows = Responsibility.objects.filter(
        person_id__in=list(ids), kind=ResponsibilityKind.RESPONSIBLE, valid_to=None, voided_at=None
    )
    found: dict[UUID, str] = {}
    for person, shown, written in rows.values_list("person_id", "worker__display_name", "worker_name"):
        found[person] = "、".join(filter(None, [found.get(person), shown or written]))
    return found
