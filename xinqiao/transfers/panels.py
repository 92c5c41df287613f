"""What transfers shows on a person's page: hand-overs so far, the second listing, and where both begin."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from xinqiao.accounts.permissions import Permission, may
from xinqiao.places import queries as places
from xinqiao.registry.models import Person
from xinqiao.web.panels import Panel

from .choices import OPEN, Reason, State
from .models import Transfer
from .queries.listings import listing_of


def _transfers(request: HttpRequest, person: Person) -> str:
    rows = list(Transfer.objects.filter(person_id=person.pk).order_by("-sent_at"))
    listing = listing_of(person.pk)
    codes = {code for one in rows for code in (one.managing_code, one.at_code, one.accepted_code) if code}
    if listing is not None:
        codes.add(listing.managing_code)
    context = {
        "person": person,
        "rows": rows,
        "listing": listing,
        "open": any(one.state in OPEN for one in rows),
        "names": places.short_names(codes),
        "states": dict(State.choices),
        "reasons": dict(Reason.choices),
        "may_transfer": may(request.actor, Permission.TRANSFER_PERSON),  # type: ignore[attr-defined]
    }
    return render_to_string("transfers/panels/transfers.html", context, request=request)


PANELS = [Panel("transfers", gettext_lazy("流转"), 72, Permission.VIEW_RECORDS, _transfers)]
