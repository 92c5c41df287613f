"""The list of visits not yet entered elsewhere, one visit as the other system asks for it, and how timely entering is.

The clock of the national system is D23 of the dated deadlines; another platform counts the working days its county set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.utils.translation import gettext as _

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.followup.actions.visits import record_of
from xinqiao.followup.models import Visit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import ancestors, bounds, county_of, level_of
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.ids import read_uuid
from xinqiao.kernel.periods import add_months, day_or_none
from xinqiao.kernel.terms import Level
from xinqiao.places import queries as places
from xinqiao.policy import current
from xinqiao.policy.deadlines import deadline
from xinqiao.policy.deployment import workdays_in_force
from xinqiao.registry.models import Address, Identifier, Person

from ..choices import NATIONAL, Wanted
from ..models import Entry, Setting
from ..rules import overdue_before

SHOWN = 50
SOON_DAYS = 2


@dataclass(frozen=True, slots=True)
class Platform:
    """One other system. `days`: working days after the visit, None for no clock; the national one has the policy's."""

    key: str
    name: str
    days: int | None = None


def setting_of(county_code: str) -> Setting:
    """The county's settings, or unsaved defaults."""
    return Setting.objects.filter(pk=county_code).first() or Setting(pk=county_code)


def platforms_of(setting: Setting) -> list[Platform]:
    """国网 first, then the county's own."""
    own = [Platform(p["key"], p["name"], p.get("days")) for p in setting.platforms]
    return [Platform(NATIONAL, _("国网")), *own]


def platform_of(setting: Setting, key: str) -> Platform:
    """The platform with that key; NotFound for another."""
    for one in platforms_of(setting):
        if one.key == (key or NATIONAL):
            return one
    raise NotFound()


def last_day(platform: Platform, visit_on: date, place: str) -> date | None:
    """The last day on which a visit of that day is entered in time; None without a clock."""
    if platform.key == NATIONAL:
        return deadline("D23", visit_on, policies=current(), ancestors=ancestors(place)).due_on
    return workdays_in_force().add(visit_on, platform.days) if platform.days is not None else None


def since_of(setting: Setting, today: date) -> date:
    """From which day on visits are asked for: as set, else the twelve months before this one."""
    return setting.since or add_months(today.replace(day=1), -12)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list may ask: `late` "" all, "late" overdue, "soon" within two working days; `after` a key of a page."""

    platform: str = NATIONAL
    place: str = ""
    late: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One visit not yet entered. `corrects`: an earlier version of it was entered there already."""

    visit_id: UUID
    person_id: UUID
    name: str
    managing_code: str
    village: str
    visit_date: date
    form: str
    visit_class: str
    review_status: str
    due_on: date | None
    corrects: bool


@dataclass(slots=True)
class ToEnter:
    """A page of the list, and how many there are: all, overdue, within two working days."""

    rows: list[Waiting]
    platform: Platform
    platforms: list[Platform]
    total: int
    late: int
    soon: int
    next_key: str = ""
    places: list[tuple[str, str]] = field(default_factory=list)


def wanted(
    actor: Actor, setting: Setting, platform: Platform, today: date, place: str = ""
) -> QuerySet[Visit]:
    """Visits that count and are not ticked for the platform, at or below a place of the actor."""
    ticked = Entry.objects.filter(visit=OuterRef("pk"), platform=platform.key, voided_at=None)
    return _counted(actor, setting, today, place).filter(~Exists(ticked))


def _counted(actor: Actor, setting: Setting, today: date, place: str = "") -> QuerySet[Visit]:
    lo, hi = bounds(place if place and actor.serves(place) else actor.place)
    found = Visit.objects.filter(
        managing_code__gte=lo,
        managing_code__lt=hi,
        voided_at=None,
        superseded=False,
        visit_date__gte=since_of(setting, today),
    )
    found = (
        found.filter(review_status="1")
        if setting.wanted == Wanted.PASSED
        else found.exclude(review_status="2")
    )
    return found if setting.with_imported else found.exclude(entry_mode="import")


def to_enter(*, actor: Actor, today: date, filters: Filters) -> ToEnter:
    """The list, oldest visit first. Seven statements. NotAllowed for who may not enter."""
    require(actor, Permission.ENTER_NATIONAL)
    setting = setting_of(county_of(actor.place))
    platform = platform_of(setting, filters.platform)
    every = wanted(actor, setting, platform, today, filters.place)
    first = late_before(platform, today, actor.place)
    soon = late_before(platform, workdays_in_force().add(today, SOON_DAYS), actor.place)
    counts = every.aggregate(
        total=Count("pk"),
        late=Count("pk", filter=Q(visit_date__lt=first) if first else Q(pk=None)),
        soon=Count(
            "pk", filter=Q(visit_date__gte=first, visit_date__lt=soon) if first and soon else Q(pk=None)
        ),
    )
    if filters.late == "late" and first:
        every = every.filter(visit_date__lt=first)
    elif filters.late == "soon" and first and soon:
        every = every.filter(visit_date__gte=first, visit_date__lt=soon)
    rows = list(_after(every, filters.after).select_related("person")[: SHOWN + 1])
    more = len(rows) > SHOWN
    rows = rows[:SHOWN]
    return ToEnter(
        rows=_lines(rows, platform),
        platform=platform,
        platforms=platforms_of(setting),
        next_key=_key(rows[-1]) if more else "",
        places=places.children_of(actor.place) if level_of(actor.place) is not Level.VILLAGE else [],
        **counts,
    )


def every_waiting(*, actor: Actor, today: date, filters: Filters, most: int = 20_000) -> list[Waiting]:
    """The whole list, for a workbook."""
    require(actor, Permission.ENTER_NATIONAL)
    setting = setting_of(county_of(actor.place))
    platform = platform_of(setting, filters.platform)
    every = wanted(actor, setting, platform, today, filters.place)
    first = late_before(platform, today, actor.place)
    if filters.late == "late" and first:
        every = every.filter(visit_date__lt=first)
    return _lines(list(_after(every, "").select_related("person")[:most]), platform)


def _after(every: QuerySet[Visit], key: str, *, back: bool = False) -> QuerySet[Visit]:
    order = ("-visit_date", "-pk") if back else ("visit_date", "pk")
    day, _, raw = key.partition("_")
    pk = read_uuid(raw)
    on = day_or_none(day)
    if on and pk:
        if back:
            every = every.filter(Q(visit_date__lt=on) | Q(visit_date=on, pk__lt=pk))
        else:
            every = every.filter(Q(visit_date__gt=on) | Q(visit_date=on, pk__gt=pk))
    return every.order_by(*order)


def _key(visit: Visit) -> str:
    return f"{visit.visit_date.isoformat()}_{visit.pk}"


def late_before(platform: Platform, today: date, place: str) -> date | None:
    """Visits before this day are overdue; None without a clock."""
    if last_day(platform, today, place) is None:
        return None
    return overdue_before(today, lambda day: last_day(platform, day, place) or today)


def _lines(rows: Sequence[Visit], platform: Platform) -> list[Waiting]:
    villages = places.short_names({row.managing_code for row in rows})
    earlier = {row.amends_id for row in rows if row.amends_id}
    known = (
        set(
            Entry.objects.filter(visit__in=earlier, platform=platform.key, voided_at=None).values_list(
                "visit_id", flat=True
            )
        )
        if earlier
        else set()
    )
    return [
        Waiting(
            row.pk,
            row.person_id,
            row.person.name,
            row.managing_code,
            villages[row.managing_code],
            row.visit_date,
            row.form,
            row.visit_class,
            row.review_status,
            last_day(platform, row.visit_date, row.managing_code),
            row.amends_id in known,
        )
        for row in rows
    ]


def overdue_count(*, actor: Actor, today: date, place: str = "") -> int:
    """How many visits should be in the national system and are not (超期未录). Two statements."""
    require(actor, Permission.ENTER_NATIONAL)
    setting = setting_of(county_of(actor.place))
    platform = Platform(NATIONAL, _("国网"))
    first = late_before(platform, today, actor.place)
    return wanted(actor, setting, platform, today, place).filter(visit_date__lt=first).count() if first else 0


@dataclass(slots=True)
class Screen:
    """One visit with what the other system asks beside it, and its neighbours on the list."""

    visit: Visit
    person: Person
    record: dict[str, Any]
    id_number: str
    village: str
    address: Address | None
    platform: Platform
    platforms: list[Platform]
    entries: dict[str, Entry]
    names: Mapping[UUID, str]
    due_on: date | None
    previous_id: UUID | None
    next_id: UUID | None
    left: int


def screen_of(*, actor: Actor, today: date, visit_id: UUID, filters: Filters) -> Screen:
    """Everything for copying one visit by hand; NotFound for one not yours. Ten statements."""
    require(actor, Permission.ENTER_NATIONAL)
    visit = (
        Visit.objects.select_related("person").filter(pk=visit_id, voided_at=None, superseded=False).first()
    )
    if visit is None:
        raise NotFound()
    setting = setting_of(county_of(actor.place))
    platform = platform_of(setting, filters.platform)
    number = Identifier.objects.filter(person_id=visit.person_id, voided_at=None, valid_to=None).first()
    entries = {e.platform: e for e in Entry.objects.filter(visit=visit, voided_at=None)}
    every = wanted(actor, setting, platform, today, filters.place)
    key = _key(visit)
    names = dict(
        User.objects.filter(pk__in={e.recorded_by for e in entries.values()}).values_list(
            "pk", "display_name"
        )
    )
    return Screen(
        visit=visit,
        person=visit.person,
        record=record_of(visit),
        id_number=number.number if number else "",
        village=places.short_name(visit.managing_code),
        address=Address.objects.filter(
            person_id=visit.person_id, kind="live", voided_at=None, valid_to=None
        ).first(),
        platform=platform,
        platforms=platforms_of(setting),
        entries=entries,
        names=names,
        due_on=last_day(platform, visit.visit_date, visit.managing_code),
        previous_id=_after(every, key, back=True).values_list("pk", flat=True).first(),
        next_id=_after(every, key).values_list("pk", flat=True).first(),
        left=every.count(),
    )


@dataclass(frozen=True, slots=True)
class Entered:
    """One tick as the list of ticks shows it."""

    visit_id: UUID
    person_id: UUID
    name: str
    village: str
    visit_date: date
    entered_on: date
    due_on: date | None
    by: str
    op_id: UUID


def entered(*, actor: Actor, filters: Filters, most: int = 200) -> list[Entered]:
    """The last ticks of a platform, newest first. Four statements."""
    require(actor, Permission.ENTER_NATIONAL)
    setting = setting_of(county_of(actor.place))
    platform = platform_of(setting, filters.platform)
    lo, hi = bounds(filters.place if filters.place and actor.serves(filters.place) else actor.place)
    rows = list(
        Entry.objects.filter(
            managing_code__gte=lo, managing_code__lt=hi, platform=platform.key, voided_at=None
        )
        .select_related("visit", "person")
        .order_by("-recorded_at", "-pk")[:most]
    )
    names = dict(User.objects.filter(pk__in={r.recorded_by for r in rows}).values_list("pk", "display_name"))
    villages = places.short_names({row.managing_code for row in rows})
    return [
        Entered(
            row.visit_id,
            row.person_id,
            row.person.name,
            villages[row.managing_code],
            row.visit.visit_date,
            row.entered_on,
            last_day(platform, row.visit.visit_date, row.managing_code),
            names.get(row.recorded_by, "") if row.recorded_by else "",
            row.op_id,
        )
        for row in rows
    ]


@dataclass(slots=True)
class Timely:
    """Counts of visits of one place or month: entered in time, entered late, waiting in time, overdue."""

    in_time: int = 0
    late: int = 0
    waiting: int = 0
    overdue: int = 0

    @property
    def total(self) -> int:
        return self.in_time + self.late + self.waiting + self.overdue

    @property
    def judged(self) -> int:
        """Those of which it is known whether they were in time: the base of the rate."""
        return self.in_time + self.late + self.overdue


def timeliness(
    *, actor: Actor, today: date, first: date, last: date, platform: str = NATIONAL
) -> tuple[list[tuple[str, str, Timely]], list[tuple[str, Timely]], Timely]:
    """By place (code, name), by month, and in all, for visits from `first` to `last`. Three statements.

    A county's places are its townships, a township's its villages.
    """
    require(actor, Permission.ENTER_NATIONAL)
    setting = setting_of(county_of(actor.place))
    other = platform_of(setting, platform)
    width = 9 if level_of(actor.place) is Level.COUNTY else 12
    setting.since = first
    groups = (
        _counted(actor, setting, today)
        .filter(visit_date__lte=last)
        .annotate(
            place=Left("managing_code", width, output_field=CharField()),
            entry=FilteredRelation(
                "entries_elsewhere",
                condition=Q(entries_elsewhere__platform=other.key, entries_elsewhere__voided_at=None),
            ),
        )
        .values_list("place", "visit_date", "entry__entered_on")
        .annotate(n=Count("pk"))
        .order_by("visit_date")
    )
    by_place: dict[str, Timely] = {}
    by_month: dict[str, Timely] = {}
    whole = Timely()
    for stem, on, entered_on, n in groups:
        code = stem.ljust(12, "0")
        until = last_day(other, on, code)
        kind = _kind(entered_on, until, today)
        for one in (
            by_place.setdefault(code, Timely()),
            by_month.setdefault(on.strftime("%Y-%m"), Timely()),
            whole,
        ):
            setattr(one, kind, getattr(one, kind) + n)
    names = places.names_of(by_place)
    return (
        [(code, names.get(code, code), one) for code, one in sorted(by_place.items())],
        sorted(by_month.items()),
        whole,
    )


def _kind(entered_on: date | None, until: date | None, today: date) -> str:
    if entered_on is None:
        return "overdue" if until and until < today else "waiting"
    return "late" if until and entered_on > until else "in_time"
