"""The county enters a card that came on paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.codes import county_of
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.registry.rules.values import read_date
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions
from ..actions import PaperCard
from ..choices import Form
from ..forms import DEFAULTS, parts, record_of, typed_of
from .common import operation, places_of, who


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def paper(request: HttpRequest) -> HttpResponse:
    """The form of the hospital, with the hospital's name and the day on which the paper came."""
    actor, clock = who(request)
    require(actor, Permission.IMPORT_REGISTER)
    problems: list[Problem] = []
    values: dict[str, Any] = dict(DEFAULTS)
    name, came = request.POST.get("hospital_name", ""), request.POST.get("paper_on", "")
    if request.method == "POST":
        values = typed_of(Form.REPORT, request.POST)
        new = PaperCard(
            operation(request),
            record_of(Form.REPORT, values),
            name,
            read_date(came) if came.strip() else None,
        )
        try:
            card = actions.enter_paper_card(actor=actor, clock=clock, new=new)
        except Invalid as wrong:
            problems = wrong.problems
        else:
            notes.say(
                request,
                _("纸质卡已录入，卡号 %(no)s") % {"no": card.card_no},
                next_text=_("等居住地的机构接收"),
            )
            return HttpResponseRedirect(reverse("reporting:card", args=[card.pk]))
    wrong_of = {one.field: one.message for one in problems}
    context = {
        "parts_": parts(Form.REPORT, values, problems, places=places_of(county_of(actor.place))),
        "problems": problems,
        "op_id": read_uuid(request.POST.get("op_id", "")) or uuid7(),
        "hospital_name": Field("hospital_name", _("报告单位"), name[:200], required=True, error=wrong_of.get("hospital_name", ""), maxlength=60),
        "paper_on": Field("paper_on", _("纸卡送达日期"), came[:30], required=True, error=wrong_of.get("paper_on", ""), input_type="date"),
    }  # fmt: skip
    return render(request, "reporting/paper.html", context, status=422 if problems else 200)
