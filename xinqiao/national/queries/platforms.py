"""The other systems of a county and until when a visit is to be entered there.

The clock of the national system is D23 of the dated deadlines; another platform counts the working days its county set.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from xinqiao.kernel.codes import ancestors
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.periods import add_months
from xinqiao.policy import current
from xinqiao.policy.deadlines import deadline
from xinqiao.policy.deployment import workdays_in_force

from ..choices import NATIONAL
from ..models import Setting
from ..rules import overdue_before


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


def late_before(platform: Platform, today: date, place: str) -> date | None:
    """Visits before this day are overdue; None without a clock."""
    if last_day(platform, today, place) is None:
        return None
    return overdue_before(today, lambda day: last_day(platform, day, place) or today)
