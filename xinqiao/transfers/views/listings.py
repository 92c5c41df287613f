"""双列管: people who live in one place and are registered in another."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.codes import level_of, township_of
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.kernel.terms import Level
from xinqiao.places.queries import short_name
from xinqiao.registry.models import Address
from xinqiao.registry.queries import find_person
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions
from ..choices import SAID
from ..queries.listings import SIDES, listings_of
from .common import destinations, who


@require_GET
def listings(request: HttpRequest) -> HttpResponse:
    """户在人不在 (registered here, living elsewhere) or 人在户不在 (living here, registered elsewhere)."""
    actor, clock = who(request)
    side = request.GET.get("side", "")
    side = side if side in SIDES else "away"
    found = listings_of(actor=actor, side=side, after=request.GET.get("after", ""))
    audit.read(
        actor=actor,
        clock=clock,
        kind="list",
        person_ids=[one.row.person_id for one in found.lines],
        purpose="transfer",
    )
    address = reverse("transfers:listings")
    context = {
        "found": found,
        "side": side,
        "tabs": [
            ("away", _("户在人不在"), f"{address}?side=away", found.counts["away"]),
            ("here", _("人在户不在"), f"{address}?side=here", found.counts["here"]),
        ],
        "ends": [(one.value, one.label) for one in SAID],
        "next_url": f"{address}?side={side}&after={found.after}" if found.after else "",
    }
    return render(request, "transfers/listings.html", context)


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def new_listing(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Tell the place of the household register; the place the file names is proposed."""
    actor, clock = who(request)
    require(actor, Permission.TRANSFER_PERSON)
    given = request.POST if request.method == "POST" else request.GET
    person = find_person(actor=actor, person_id=person_id)
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        try:
            actions.list_twice(
                actor=actor, clock=clock, person_id=person.pk, hukou_code=given.get("hukou", ""),
                op_id=read_uuid(given.get("op_id", "")) or uuid7(),
            )  # fmt: skip
        except Invalid as wrong:
            problems, status = wrong.problems, 422
        except Conflict as wrong:
            problems, status = [Problem("", wrong.code, wrong.message)], 409
        else:
            notes.say(request, _("已双列管"), next_text=_("户籍地看得到由谁管理，不重复统计"))
            return HttpResponseRedirect(reverse("transfers:listings") + "?side=here")
    audit.read(actor=actor, clock=clock, kind="page", person_ids=[person.pk], purpose="transfer")
    home = Address.objects.filter(person=person, kind="hukou", valid_to=None, voided_at=None).first()
    choices = [
        one
        for one in destinations(person.managing_code)
        if township_of(one[0]) != township_of(person.managing_code) and level_of(one[0]) >= Level.TOWNSHIP
    ]
    proposed = home.division_code if home and level_of(home.division_code) >= Level.TOWNSHIP else ""
    if (
        proposed
        and proposed not in dict(choices)
        and township_of(proposed) != township_of(person.managing_code)
    ):
        choices.append((proposed, short_name(proposed)))
    context = {
        "person": person,
        "sub": short_name(person.managing_code),
        "field": Field(
            "hukou", _("户籍所在的村或乡镇"), given.get("hukou", proposed), choices, required=True,
            error=next((one.message for one in problems if one.field == "hukou_code"), ""),
            hint=_("外县的先在档案里填好户籍地址"),
        ),
        "problems": problems,
        "op_id": given.get("op_id") or str(uuid7()),
    }  # fmt: skip
    return render(request, "transfers/new_listing.html", context, status=status)


@require_POST
def end(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    """The stay has ended."""
    actor, clock = who(request)
    actions.end_listing(actor=actor, clock=clock, listing_id=listing_id, ended=request.POST.get("ended", ""))
    notes.say(request, _("双列管已结束"))
    return HttpResponseRedirect(reverse("transfers:listings") + "?side=here")
