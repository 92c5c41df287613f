"""The steps of a card at the township or county, one post each; a refused one shows the page again with what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.registry.shown import Shown
from xinqiao.web import notes

from .. import actions, queries
from .card import card_page
from .common import operation, who


@require_POST
def receive(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """Take it on."""
    return _step(
        request, card_id, "receive", actions.receive_card, _("已接收"), _("10 个工作日内建档或归入已有档案")
    )


@require_POST
def send_back(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """Back to the hospital with a reason."""
    typed: dict[str, Any] = {
        "reason": request.POST.get("reason", "").strip(),
        "note": request.POST.get("note", ""),
    }
    return _step(request, card_id, "return", actions.return_card, _("已退回，医院看得到原因"), "", **typed)


@require_POST
def pass_on(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """On to another township or county: the card leaves the list."""
    typed: dict[str, Any] = {
        "to_code": request.POST.get("to_code", "").strip(),
        "note": request.POST.get("note", ""),
    }
    return _step(
        request,
        card_id,
        "pass",
        actions.pass_card,
        _("已转交"),
        _("对方接收前后医院都看得到；本单位不再看到这份表"),
        gone=True,
        **typed,
    )


@require_POST
def fault(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """The address is wrong."""
    note = request.POST.get("note", "")
    return _step(
        request,
        card_id,
        "fault",
        actions.find_address_fault,
        _("已登记住址有误"),
        _("5 个工作日内请派出所协查"),
        note=note,
    )


@require_POST
def ask(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """Ask a police station."""
    station = read_uuid(request.POST.get("station", "")) or UUID(int=0)
    return _step(
        request, card_id, "ask", actions.ask_station, _("已请派出所协查"), _("对方答复后这里看得到；查不到的由县精防办处理"), station_id=station
    )  # fmt: skip


@require_POST
def locate(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """The address is known now."""
    typed: dict[str, Any] = {key: request.POST.get(key, "").strip() for key in ("place", "detail", "note")}
    return _step(
        request,
        card_id,
        "locate",
        actions.locate_person,
        _("住址已登记"),
        _("住在本地的接着建档，住在别处的转交"),
        **typed,
    )


def _step(
    request: HttpRequest,
    card_id: UUID,
    name: str,
    action: Callable[..., Any],
    done: str,
    follows: str,
    *,
    gone: bool = False,
    **typed: Any,
) -> HttpResponse:
    actor, clock = who(request)
    try:
        action(actor=actor, clock=clock, card_id=card_id, op_id=operation(request), **typed)
    except Invalid as wrong:
        return card_page(request, card_id, shown=Shown(False), problems=wrong.problems, step=name, status=422)
    except Conflict as wrong:
        problem = Problem("", wrong.code, wrong.message)
        return card_page(request, card_id, shown=Shown(False), problems=[problem], step=name, status=409)
    notes.say(request, done, next_text=follows)
    if not gone:
        try:
            queries.received_card(actor=actor, card_id=card_id)
        except NotFound:
            gone = True
    return HttpResponseRedirect(
        reverse("reporting:list") if gone else reverse("reporting:card", args=[card_id])
    )
