"""A new hand-over, begun from the person's page; within one township the village is changed at once."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.codes import township_of
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.places.queries import short_name
from xinqiao.registry.actions import move_person
from xinqiao.registry.queries import find_person
from xinqiao.registry.rules import age_on
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions
from ..choices import Reason
from ..rules import stays_inside
from .common import destinations, who

OUTSIDE = "outside"


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def new(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Where to, why, and what is known of the new address."""
    actor, clock = who(request)
    require(actor, Permission.TRANSFER_PERSON)
    given = request.POST if request.method == "POST" else request.GET
    person = find_person(actor=actor, person_id=person_id)
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        to_code = given.get("to_code", "")
        try:
            # The trail keeps codes: words that somebody typed there never go into it.
            why = given.get("reason", "") if given.get("reason", "") in Reason.values else ""
            if to_code != person.managing_code and stays_inside(person.managing_code, to_code):
                move_person(
                    actor=actor, clock=clock, person_id=person.pk, village=to_code, since=clock.today(),
                    reason=f"inside:{why}", detail=given.get("address", ""),
                )  # fmt: skip
                notes.say(request, _("已变更所在村"), next_text=_("同一乡镇内不用流转，今天起由该村负责"))
                return HttpResponseRedirect(reverse("registry:person", args=[person.pk]))
            made = actions.send_transfer(
                actor=actor, clock=clock,
                new=actions.NewTransfer(
                    op_id=read_uuid(given.get("op_id", "")) or uuid7(), person_id=person.pk,
                    reason=given.get("reason", ""), to_code="" if to_code == OUTSIDE else to_code,
                    address=given.get("address", ""), outside=given.get("outside", "") if to_code == OUTSIDE else "",
                ),
            )  # fmt: skip
        except Invalid as wrong:
            problems, status = wrong.problems, 422
        except Conflict as wrong:
            problems, status = [Problem("", wrong.code, wrong.message)], 409
        else:
            notes.say(
                request,
                _("流转单已发出"),
                next_text=_("对方接收前双方都负责，仍由本机构统计，请继续电话联系"),
            )
            return HttpResponseRedirect(reverse("transfers:transfer", args=[made.pk]))
    audit.read(actor=actor, clock=clock, kind="page", person_ids=[person.pk], purpose="transfer")
    context = {
        "person": person,
        "sub": " · ".join(
            (short_name(person.managing_code), _("%(n)s 岁") % {"n": age_on(person.birth_on, clock.today())})
        ),
        "fields": _fields(given, problems, person.managing_code),
        "problems": problems,
        "op_id": given.get("op_id") or str(uuid7()),
    }
    return render(request, "transfers/new.html", context, status=status)


def _fields(given: Mapping[str, str], problems: list[Problem], village: str) -> dict[str, Field]:
    wrong = {one.field: one.message for one in reversed(problems)}
    choices = [one for one in destinations(village) if one[0] not in (village, township_of(village))]
    return {
        "reason": Field(
            "reason", _("流转原因"), given.get("reason", ""), list(Reason.choices), required=True,
            error=wrong.get("reason", ""),
        ),
        "to_code": Field(
            "to_code", _("迁往"), given.get("to_code", ""), [*choices, (OUTSIDE, _("系统外（用纸质流转单）"))],
            required=True, error=wrong.get("to_code", ""), hint=_("村不详时选乡镇，乡镇不详时选县；外县由对方县精防办接收或转送"),
        ),
        "address": Field(
            "address", _("新住址"), given.get("address", ""), maxlength=100, error=wrong.get("address", ""),
            hint=_("知道多少写多少，对方凭它找人；不写病情"),
        ),
        "outside": Field(
            "outside", _("系统外的地方"), given.get("outside", ""), maxlength=100, show_when="to_code=outside",
            error=wrong.get("outside", ""), hint=_("收到对方的回执前，仍由本机构统计和管理"),
        ),
    }  # fmt: skip
