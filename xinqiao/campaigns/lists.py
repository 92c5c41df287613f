"""Where the people of an action may come from. The project names the lists (`settings.XINQIAO_CAMPAIGN_LISTS`): campaigns
and the lists are strangers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from xinqiao.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class PeopleList:
    """One list: `people(actor, today, place)` gives the persons who stand on it now, in its order."""

    key: str
    title: Any
    people: Callable[[Actor, date, str], Sequence[UUID]]


def lists_for(actor: Actor) -> list[PeopleList]:
    """The lists this actor may open."""
    found: list[PeopleList] = import_string(settings.XINQIAO_CAMPAIGN_LISTS)(actor)
    return found
