"""Comparisons and their differences, as lists, as counts by place, and one with its history."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, Q, QuerySet
from django.db.models.functions import Left
from django.utils.translation import gettext as _

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.followup.rules import CLASSES
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds, level_of
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.ids import read_uuid
from xinqiao.kernel.masks import mask_id, mask_phone
from xinqiao.kernel.terms import Level
from xinqiao.places import queries as places
from xinqiao.registry.choices.printed import DISORDERS, SEX
from xinqiao.registry.models import Person

from ..choices import FIELDS, ItemState, Kind
from ..compare.match import REPEATED
from ..models import Comparison, Difference, DifferenceStep

SHOWN = 50
_STATES = {
    "registered": "在册",
    "lost": "失访",
    "dead": "死亡",
    "moved_out": "迁出",
    "excluded": "排除或注销",
}


@dataclass(frozen=True, slots=True)
class ItemFilters:
    """`state` open, settled, gone or "" (all); `mine`: given to who looks; `comparison`: last found by it."""

    state: str = ItemState.OPEN
    kind: str = ""
    field: str = ""
    place: str = ""
    mine: bool = False
    after: str = ""


@dataclass(slots=True)
class DifferenceLine:
    """One difference as a list shows it; numbers and telephones masked unless asked whole."""

    item: Difference
    name: str
    sex: str
    birth_on: str
    place: str
    what: str
    here: str
    there: str
    assigned: str
    late: bool


@dataclass(slots=True)
class Counts:
    """Differences of one place: open by kind, open and late, settled, gone."""

    code: str
    name: str
    here: int = 0
    there: int = 0
    differs: int = 0
    late: int = 0
    settled: int = 0

    @property
    def open(self) -> int:
        return self.here + self.there + self.differs


@dataclass(slots=True)
class Differences:
    """A page of differences, their number, and the key of the next page."""

    lines: list[DifferenceLine]
    count: int
    next_key: str = ""
    kinds: dict[str, int] = field(default_factory=dict)


def comparison_of(comparison_id: UUID, *, actor: Actor) -> Comparison:
    """The actor's comparison: not there or not yours first, then the permission."""
    found = Comparison.objects.filter(pk=comparison_id).first()
    if found is None:
        raise NotFound()
    require(actor, Permission.COMPARE_NATIONAL)
    return found


def recent(most: int = 12) -> list[Comparison]:
    """The office's comparisons, newest first."""
    return list(Comparison.objects.order_by("-created_at")[:most])


def _asked(actor: Actor, asked: ItemFilters) -> QuerySet[Difference]:
    lo, hi = bounds(asked.place if asked.place and actor.serves(asked.place) else actor.place)
    found = Difference.objects.filter(managing_code__gte=lo, managing_code__lt=hi)
    if asked.state in ItemState.values:
        found = found.filter(state=asked.state)
    if asked.kind in Kind.values:
        found = found.filter(kind=asked.kind)
    if asked.field in FIELDS:
        found = found.filter(field=asked.field)
    return found.filter(assigned_to=actor.user_id) if asked.mine else found


def differences(
    *, actor: Actor, today: date, asked: ItemFilters, most: int = SHOWN, whole: bool = False
) -> Differences:
    """Differences of the actor's places by village and person. Six statements."""
    require(actor, Permission.ENTER_NATIONAL)
    every = _asked(actor, asked)
    kinds = dict(every.order_by().values_list("kind").annotate(n=Count("pk")))
    code, _sep, raw = asked.after.partition("_")
    pk = read_uuid(raw)
    page = every
    if pk and code.isdigit():
        page = page.filter(Q(managing_code__gt=code) | Q(managing_code=code, pk__gt=pk))
    rows = list(page.order_by("managing_code", "pk")[: most + 1])
    more = len(rows) > most
    rows = rows[:most]
    return Differences(
        lines=lines_of(rows, today=today, whole=whole),
        count=sum(kinds.values()),
        next_key=f"{rows[-1].managing_code}_{rows[-1].pk}" if more else "",
        kinds=kinds,
    )


def lines_of(rows: Sequence[Difference], *, today: date, whole: bool = False) -> list[DifferenceLine]:
    """Differences in words. Three statements at most."""
    people = {
        person.pk: person
        for person in Person.objects.filter(pk__in={row.person_id for row in rows if row.person_id}).only(
            "name", "sex", "birth_on"
        )
    }
    workers = names_of_users({row.assigned_to for row in rows})
    codes = {row.managing_code for row in rows}
    codes |= {value for row in rows if row.field == "place" for value in (row.here, row.there) if value}
    villages = places.short_names(codes)
    found = []
    for row in rows:
        person = people.get(row.person_id) if row.person_id else None
        who: dict[str, str] = json.loads(row.who) if row.who else {}
        sex = person.sex if person else who.get("sex", "")
        found.append(
            DifferenceLine(
                item=row,
                name=person.name if person else who.get("name", ""),
                sex=next((one.label for one in SEX if one.code == sex), ""),
                birth_on=person.birth_on.isoformat() if person else who.get("birth_on", ""),
                place=villages.get(row.managing_code, ""),
                what=what_of(row),
                here=in_words(row.field, row.here, villages, whole=whole),
                there=in_words(row.field, row.there, villages, whole=whole),
                assigned=workers.get(row.assigned_to, "") if row.assigned_to else "",
                late=bool(row.state == ItemState.OPEN and row.due_on and row.due_on < today),
            )
        )
    return found


def what_of(row: Difference) -> str:
    """What differs, in words."""
    if row.field == REPEATED:
        return _("国网有两条记录")
    if row.kind == Kind.DIFFERS:
        return str(FIELDS.get(row.field, row.field))
    return str(Kind(row.kind).label)


def in_words(name: str, value: str, villages: Mapping[str, str], *, whole: bool = False) -> str:
    """A normal value as people read it; numbers masked unless whole."""
    if not value:
        return ""
    if name == "sex":
        return next((one.label for one in SEX if one.code == value), value)
    if name == "visit_class":
        return _(CLASSES.get(value, value))
    if name == "risk":
        return _("%(n)s 级") % {"n": value}
    if name == "state":
        return _(_STATES.get(value, value))
    if name == "diagnosis":
        return next((words for _prefix, category, words in DISORDERS if category == value), _("其他诊断"))
    if name == "place":
        return villages.get(value, value)
    if name == "id_number":
        return value if whole else mask_id(value)
    if name == "phone":
        return value if whole else mask_phone(value)
    if name == REPEATED:
        return _("第 %(row)s 行") % {"row": value}
    return value


def names_of_users(ids: Any) -> dict[UUID, str]:
    """Display names of accounts."""
    wanted = {one for one in ids if one}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "display_name")) if wanted else {}


def counts_by_place(*, actor: Actor, today: date) -> tuple[list[Counts], Counts]:
    """Open differences by township (for a county) or village, and in all. Two statements."""
    require(actor, Permission.ENTER_NATIONAL)
    width = 9 if level_of(actor.place) is Level.COUNTY else 12
    lo, hi = bounds(actor.place)
    groups = (
        Difference.objects.filter(managing_code__gte=lo, managing_code__lt=hi)
        .annotate(place=Left("managing_code", width, output_field=CharField()))
        .values_list("place", "state", "kind")
        .annotate(n=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
        .order_by("place")
    )
    found: dict[str, Counts] = {}
    whole = Counts(actor.place, _("合计"))
    for stem, state, kind, n, late in groups:
        code = stem.ljust(12, "0")
        for one in (found.setdefault(code, Counts(code, "")), whole):
            if state == ItemState.OPEN:
                setattr(one, kind, getattr(one, kind) + n)
                one.late += late
            elif state == ItemState.SETTLED:
                one.settled += n
    names = places.names_of(found)
    for code, one in found.items():
        one.name = _("未定乡镇") if code == actor.place else names.get(code, code)
    return list(found.values()), whole


@dataclass(slots=True)
class StepLine:
    """One step of a difference's history."""

    at: datetime
    kind: str
    by: str
    reason: str
    to: str
    due_on: date | None
    note: str


@dataclass(slots=True)
class DifferencePage:
    """One difference whole: its line, who it is about as the list there says, its history, who may be given it."""

    line: DifferenceLine
    who: list[tuple[str, str]]
    steps: list[StepLine]
    workers: list[tuple[str, str]]
    settled_by: str


def difference_page(*, actor: Actor, today: date, difference_id: UUID) -> DifferencePage:
    """One difference; NotFound for one not yours. Six statements."""
    row = Difference.objects.filter(pk=difference_id).first()
    if row is None:
        raise NotFound()
    require(actor, Permission.ENTER_NATIONAL)
    line = lines_of([row], today=today)[0]
    steps = list(DifferenceStep.objects.filter(difference=row).order_by("at", "pk"))
    names = names_of_users({*(s.by for s in steps), *(s.to for s in steps), row.settled_by})
    who: dict[str, str] = json.loads(row.who) if row.who else {}
    villages = places.short_names({who["place"]}) if who.get("place") else {}
    return DifferencePage(
        line=line,
        who=[
            (str(label), in_words(key, who[key], villages)) for key, label in FIELDS.items() if who.get(key)
        ],
        steps=[
            StepLine(
                s.at,
                str(s.get_kind_display()),
                names.get(s.by, "") if s.by else "",
                str(s.get_reason_display()) if s.reason else "",
                names.get(s.to, "") if s.to else "",
                s.due_on,
                s.note,
            )
            for s in steps
        ],
        workers=workers_of(actor, row.managing_code if row.person_id else None),
        settled_by=names.get(row.settled_by, "") if row.settled_by else "",
    )


def workers_of(actor: Actor, code: str | None = None) -> list[tuple[str, str]]:
    """Accounts in the actor's area that a difference may be given to: those whose area covers `code`, or all."""
    from ..actions.settling import WORKERS

    lo, hi = bounds(actor.place)
    rows = User.objects.filter(is_active=True, role__in=WORKERS, place__gte=lo, place__lt=hi).order_by(
        "place"
    )
    found = []
    for pk, name, place in rows.values_list("pk", "display_name", "place"):
        if code is None or bounds(place)[0] <= code < bounds(place)[1]:
            found.append((str(pk), f"{name}（{places.short_name(place)}）"))
    return found
