"""The list of visits not yet entered elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.followup.models import Visit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds, county_of, level_of
from xinqiao.kernel.ids import read_uuid
from xinqiao.kernel.periods import day_or_none
from xinqiao.kernel.terms import Level
from xinqiao.places import queries as places
from xinqiao.policy.deployment import workdays_in_force

from ..choices import NATIONAL, Wanted
from ..models import Entry, Setting
from .platforms import Platform, last_day, late_before, platform_of, platforms_of, setting_of, since_of

SHOWN = 50


SOON_DAYS = 2


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
    return counted(actor, setting, today, place).filter(~Exists(ticked))


def counted(actor: Actor, setting: Setting, today: date, place: str = "") -> QuerySet[Visit]:
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
    rows = list(following(every, filters.after).select_related("person")[: SHOWN + 1])
    more = len(rows) > SHOWN
    rows = rows[:SHOWN]
    return ToEnter(
        rows=_lines(rows, platform),
        platform=platform,
        platforms=platforms_of(setting),
        next_key=key_of(rows[-1]) if more else "",
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
    return _lines(list(following(every, "").select_related("person")[:most]), platform)


def following(every: QuerySet[Visit], key: str, *, back: bool = False) -> QuerySet[Visit]:
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


def key_of(visit: Visit) -> str:
    return f"{visit.visit_date.isoformat()}_{visit.pk}"


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
