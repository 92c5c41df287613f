"""What was entered elsewhere, and how timely."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import CharField, Count, FilteredRelation, Q
from django.db.models.functions import Left

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds, county_of, level_of
from xinqiao.kernel.terms import Level
from xinqiao.places import queries as places

from ..choices import NATIONAL
from ..models import Entry
from .platforms import last_day, platform_of, setting_of
from .waiting import Filters, counted


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
        counted(actor, setting, today)
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
