"""What a police station reads: requests to find an address, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Conflict, NotFound

from ..choices import Found
from ..models import AddressSearch

SHOWN = 100


def searches_for(*, actor: Actor, answered: bool = False) -> tuple[Sequence[AddressSearch], int, int]:
    """(rows, open, answered) of the own station: open ones oldest first, answered ones newest first."""
    require(actor, Permission.SEARCH_ADDRESS)
    own = AddressSearch.objects.filter(station_id=actor.institution_id).exclude(outcome=Found.NEEDLESS)
    rows = own.select_related("asker")
    if answered:
        listed = rows.exclude(answered_on=None).order_by("-answered_on", "-id")[:SHOWN]
    else:
        listed = rows.filter(answered_on=None).order_by("asked_on", "id")[:SHOWN]
    return list(listed), own.filter(answered_on=None).count(), own.exclude(answered_on=None).count()


def search_for(*, actor: Actor, search_id: UUID) -> AddressSearch:
    """One request to the own station. Conflict when nobody needs the answer any more: then nothing of it is shown."""
    require(actor, Permission.SEARCH_ADDRESS)
    found = (
        AddressSearch.objects.select_related("asker")
        .filter(pk=search_id, station_id=actor.institution_id)
        .first()
    )
    if found is None:
        raise NotFound(code="not_found.address_search")
    if found.outcome == Found.NEEDLESS:
        raise Conflict(_("请求协查的机构已经查明或撤回，不用再查。"), code="conflict.needless")
    return found
