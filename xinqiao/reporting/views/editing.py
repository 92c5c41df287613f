"""Filling in a report card or a discharge form: as a draft, or whole and sent; correcting one that came back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.places.models import Institution
from xinqiao.web import notes

from .. import actions, queries
from ..actions import NewCard, NewDraft
from ..choices import Form, State
from ..forms import DEFAULTS, parts, record_of, typed_of, values_of
from ..models import Card, CardDraft
from ..rules import from_json
from .common import looked_at, looked_at_keys, operation, places_of, who


@dataclass(frozen=True)
class Sheet:
    """One form being filled in: which, under which draft, about which cards."""

    form: str
    hospital: Institution
    draft_id: UUID
    card: Card | None = None
    report: Card | None = None
    draft: CardDraft | None = None

    @property
    def title(self) -> str:
        if self.card is not None:
            return _("更正并重新报出")
        return _("填报告卡") if self.form == Form.REPORT else _("填出院信息单")


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def new_card(request: HttpRequest) -> HttpResponse:
    """A report card from the beginning."""
    actor, _clock = who(request)
    require(actor, Permission.REPORT_CARD)
    own = queries.own_institution(actor)
    sheet = Sheet(Form.REPORT, own, read_uuid(request.POST.get("draft_id", "")) or uuid7())
    return _sheet(request, sheet, _defaults(request, own))


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def new_discharge(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """A discharge form for somebody with a report card."""
    actor, _clock = who(request)
    report = queries.own_card(actor=actor, card_id=card_id)
    sheet = Sheet(
        Form.DISCHARGE,
        queries.own_institution(actor),
        read_uuid(request.POST.get("draft_id", "")) or uuid7(),
        report=report,
    )
    known = from_json(report.form, report.content) if report.form == Form.REPORT else {}
    carried = {key: str(known[key]) for key in ("icd10", "inpatient_no", "dept_phone") if known.get(key)}
    carried["diagnosed_on"] = report.dx_on.isoformat()
    return _sheet(request, sheet, carried | _signed(request))


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def correct(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """A card that came back, or was taken back: corrected it goes out as a new version."""
    actor, _clock = who(request)
    card = queries.own_card(actor=actor, card_id=card_id)
    if card.state not in (State.RETURNED, State.WITHDRAWN):
        raise Conflict(_("这份表现在不能更正：退回或撤回之后才能更正重报。"), code="conflict.card_state")
    own = queries.own_institution(actor)
    draft = CardDraft.objects.filter(card_id=card.pk, ended_at=None).first()
    sheet = Sheet(card.form, own, draft.pk if draft else uuid7(), card=card, report=card.report, draft=draft)
    return _sheet(request, sheet, _kept(draft) if draft else _of_card(card))


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Going on with a draft."""
    actor, _clock = who(request)
    found = queries.own_draft(actor=actor, draft_id=draft_id)
    if found.card_id is not None:
        return HttpResponseRedirect(reverse("reporting:correct", args=[found.card_id]))
    report = queries.own_card(actor=actor, card_id=found.report_id) if found.report_id else None
    sheet = Sheet(found.form, queries.own_institution(actor), found.pk, report=report, draft=found)
    return _sheet(request, sheet, _kept(found))


def _sheet(request: HttpRequest, sheet: Sheet, values: Mapping[str, Any]) -> HttpResponse:
    if request.method == "GET":
        return _page(request, sheet, values)
    typed = typed_of(sheet.form, request.POST)
    if request.POST.get("act") == "discard":
        return _discard(request, sheet)
    if request.POST.get("act") == "draft":
        return _keep(request, sheet, typed)
    return _send(request, sheet, typed)


def _keep(request: HttpRequest, sheet: Sheet, typed: Mapping[str, Any]) -> HttpResponse:
    actor, clock = who(request)
    new = NewDraft(
        sheet.draft_id,
        sheet.form,
        typed,
        sheet.card.pk if sheet.card else None,
        sheet.report.pk if sheet.report else None,
    )
    try:
        actions.save_draft(actor=actor, clock=clock, new=new)
    except Conflict as wrong:
        return _page(
            request, replace(sheet, draft_id=uuid7()), typed, [Problem("", wrong.code, wrong.message)], 409
        )
    notes.say(request, _("草稿已保存，只有本院看得到"), next_text=_("填完整后点“报出”"))
    return HttpResponseRedirect(_list_of(sheet))


def _discard(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    actor, clock = who(request)
    if sheet.draft is not None:
        actions.discard_draft(actor=actor, clock=clock, draft_id=sheet.draft.pk)
        notes.say(request, _("草稿已删除"))
    return HttpResponseRedirect(_list_of(sheet))


def _send(request: HttpRequest, sheet: Sheet, typed: Mapping[str, Any]) -> HttpResponse:
    actor, clock = who(request)
    new = NewCard(
        operation(request), sheet.form, record_of(sheet.form, typed), sheet.draft_id, sheet.card.pk if sheet.card else None,
        sheet.report.pk if sheet.report else None, request.POST.get("different_because", "").strip()[:200],
    )  # fmt: skip
    try:
        card = actions.send_card(actor=actor, clock=clock, new=new)
    except Invalid as wrong:
        return _page(request, sheet, typed, wrong.problems, 422)
    except Conflict as wrong:
        return _page(request, sheet, typed, [Problem("", wrong.code, wrong.message)], 409)
    notes.say(
        request,
        _("已报出，卡号 %(no)s") % {"no": card.card_no},
        next_text=_("居住地的机构 5 个工作日内接收或退回，结果在这里看得到"),
    )
    return HttpResponseRedirect(reverse("reporting:own-card", args=[card.pk]))


def _page(
    request: HttpRequest,
    sheet: Sheet,
    values: Mapping[str, Any],
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> HttpResponse:
    if about := sheet.card or sheet.report:
        looked_at(request, [about], kind="page")
    elif sheet.draft is not None:
        looked_at_keys(request, [sheet.draft.pk], kind="page")
    places = places_of(queries.reporting_county(sheet.hospital)) if sheet.form == Form.REPORT else []
    context = {
        "sheet": sheet,
        "parts_": parts(sheet.form, values, problems, places=places),
        "problems": problems,
        "op_id": read_uuid(request.POST.get("op_id", "")) or uuid7(),
        "ask_reason": any(one.code == "own_card" for one in problems)
        or bool(request.POST.get("different_because")),
        "different_because": request.POST.get("different_because", "")[:200],
        "back": reverse("reporting:own-card", args=[sheet.card.pk]) if sheet.card else _list_of(sheet),
        "last": sheet.card.events.order_by("-step").first() if sheet.card else None,
    }
    return render(request, "reporting/edit.html", context, status=status)


def _list_of(sheet: Sheet) -> str:
    return reverse("reporting:own" if sheet.form == Form.REPORT else "reporting:own-discharges")


def _kept(draft: CardDraft) -> dict[str, Any]:
    typed: dict[str, Any] = json.loads(draft.body) if draft.body else {}
    return typed


def _of_card(card: Card) -> dict[str, Any]:
    listed = frozenset(code for code, _words in places_of(card.county))
    return values_of(card.form, from_json(card.form, card.content), listed=listed)


def _defaults(request: HttpRequest, own: Institution) -> dict[str, Any]:
    """What is mostly so. Nothing about the illness is ever filled in."""
    return DEFAULTS | {"dx_hospital": own.name} | _signed(request)


def _signed(request: HttpRequest) -> dict[str, Any]:
    actor, clock = who(request)
    return {"doctor": actor.display_name, "filled_on": clock.today().isoformat()}
