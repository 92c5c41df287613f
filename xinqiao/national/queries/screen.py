"""One visit as the other system asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.followup.actions.visits import record_of
from xinqiao.followup.models import Visit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import county_of
from xinqiao.kernel.errors import NotFound
from xinqiao.places import queries as places
from xinqiao.registry.models import Address, Identifier, Person

from ..models import Entry
from .platforms import Platform, last_day, platform_of, platforms_of, setting_of
from .waiting import Filters, following, key_of, wanted


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
    key = key_of(visit)
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
        previous_id=following(every, key, back=True).values_list("pk", flat=True).first(),
        next_id=following(every, key).values_list("pk", flat=True).first(),
        left=every.count(),
    )
