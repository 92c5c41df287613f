"""The police station's pages: requests to find an address, and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from xinqiao.audit import actions as audit
from xinqiao.kernel.codes import county_of
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.registry.choices import printed
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions, queries
from ..choices import ANSWERS, Found
from ..models import AddressSearch
from .common import villages_of, who


@require_GET
def searches(request: HttpRequest) -> HttpResponse:
    """Open requests oldest first, or those that were answered."""
    actor, _clock = who(request)
    answered = request.GET.get("part") == "answered"
    rows, waiting, done = queries.searches_for(actor=actor, answered=answered)
    _looked(request, rows, "list")
    here = reverse("reporting:searches")
    context = {
        "rows": rows,
        "part": "answered" if answered else "open",
        "tabs": [
            ("open", _("待答复"), here, waiting),
            ("answered", _("已答复"), f"{here}?part=answered", done),
        ],
        "outcomes": dict(Found.choices),
        "sexes": {one.code: _(one.label) for one in printed.SEX},
    }
    return render(request, "reporting/searches.html", context)


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def search(request: HttpRequest, search_id: UUID) -> HttpResponse:
    """One request and its answer."""
    actor, clock = who(request)
    found = queries.search_for(actor=actor, search_id=search_id)
    problems: list[Problem] = []
    status = 200
    typed = {key: request.POST.get(key, "").strip() for key in ("outcome", "place", "detail", "note")}
    if request.method == "POST":
        try:
            actions.answer_search(actor=actor, clock=clock, search_id=search_id, **typed)
        except Invalid as wrong:
            problems, status = wrong.problems, 422
        except Conflict as wrong:
            problems, status = [Problem("", wrong.code, wrong.message)], 409
        else:
            notes.say(request, _("已答复，谢谢"), next_text=_("请求协查的机构已经看到"))
            return HttpResponseRedirect(reverse("reporting:searches"))
    _looked(request, [found], "page")
    wrong_of = {one.field: one.message for one in problems}
    only = "outcome=found"
    context = {
        "it": found,
        "problems": problems,
        "outcomes": dict(Found.choices),
        "sexes": {one.code: _(one.label) for one in printed.SEX},
        "fields": {
            "outcome": Field("outcome", _("结果"), typed["outcome"], [(one.value, one.label) for one in ANSWERS], required=True, error=wrong_of.get("outcome", "")),
            "place": Field("place", _("现住的村或社区"), typed["place"], villages_of(county_of(actor.place)), error=wrong_of.get("place", ""), show_when=only),
            "detail": Field("detail", _("详细地址"), typed["detail"], error=wrong_of.get("detail", ""), maxlength=200, show_when=only),
            "note": Field("note", _("说明"), typed["note"], error=wrong_of.get("note", ""), maxlength=200, hint=_("选“其他情况”时要写明")),
        },
    }  # fmt: skip
    return render(request, "reporting/search.html", context, status=status)


def _looked(request: HttpRequest, rows: Sequence[AddressSearch], kind: str) -> None:
    actor, clock = who(request)
    audit.read(
        actor=actor,
        clock=clock,
        kind=kind,
        person_ids=[one.person_id or one.card_id for one in rows],
        purpose="address_search",
    )
