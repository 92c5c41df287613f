"""Acts on one hand-over. What is refused shows the page again, with the form as it was typed."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from xinqiao.accounts.forms import read_day
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.web import notes

from .. import actions
from .common import who
from .page import show


@require_POST
def accept(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Take the person over, and open the file that is now here."""
    actor, clock = who(request)
    new = actions.Acceptance(
        transfer_id,
        request.POST.get("village", ""),
        read_uuid(request.POST.get("worker", "")),
        request.POST.get("address", ""),
    )
    try:
        person = actions.accept_transfer(actor=actor, clock=clock, new=new)
    except Invalid as wrong:
        return _again(request, transfer_id, wrong.problems, "accept")
    except Conflict as wrong:
        return _again(request, transfer_id, [Problem("", wrong.code, wrong.message)], "accept", 409)
    notes.say(request, _("已接收，档案和责任已转到本机构"), next_text=_("14 天内完成首次随访"))
    return HttpResponseRedirect(reverse("registry:person", args=[person.pk]))


@require_POST
def return_it(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Send it back with a reason."""
    actor, clock = who(request)
    try:
        actions.return_transfer(
            actor=actor, clock=clock, transfer_id=transfer_id, reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
        )  # fmt: skip
    except Invalid as wrong:
        return _again(request, transfer_id, wrong.problems, "return")
    notes.say(request, _("已退回，由原机构继续管理"))
    return HttpResponseRedirect(reverse("transfers:transfers"))


@require_POST
def pass_on(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Send it on to another office."""
    actor, clock = who(request)
    try:
        actions.pass_on_transfer(
            actor=actor, clock=clock, transfer_id=transfer_id, to_code=request.POST.get("to_code", "")
        )
    except Invalid as wrong:
        return _again(request, transfer_id, wrong.problems, "pass")
    notes.say(request, _("已转送"), next_text=_("由收到的机构接收或退回；本机构保留经过"))
    return HttpResponseRedirect(reverse("transfers:transfers"))


@require_POST
def withdraw(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """The sender takes it back."""
    actor, clock = who(request)
    actions.withdraw_transfer(actor=actor, clock=clock, transfer_id=transfer_id)
    notes.say(request, _("已撤回，责任没有变更"))
    return _page(transfer_id)


@require_POST
def call(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """The origin has phoned meanwhile."""
    actor, clock = who(request)
    try:
        on = read_day(request.POST.get("on", ""), "on", _("日期")) or clock.today()
        if (reached := request.POST.get("reached", "")) not in ("0", "1"):
            raise Invalid([Problem("reached", "missing", _("是否联系上没有选择。"))])
        actions.record_call(actor=actor, clock=clock, transfer_id=transfer_id, on=on, reached=reached == "1")
    except Invalid as wrong:
        return _again(request, transfer_id, wrong.problems, "call")
    notes.say(request, _("已记下电话联系"))
    return _page(transfer_id)


@require_POST
def confirm(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """The receipt from outside the system is there."""
    actor, clock = who(request)
    try:
        on = read_day(request.POST.get("on", ""), "on", _("回执日期"))
        if on is None:
            raise Invalid([Problem("on", "missing", _("回执日期没有填写。"))])
        actions.confirm_left(
            actor=actor,
            clock=clock,
            transfer_id=transfer_id,
            on=on,
            receiver=request.POST.get("receiver", ""),
        )
    except Invalid as wrong:
        return _again(request, transfer_id, wrong.problems, "confirm")
    notes.say(request, _("回执已登记，自回执日期起计为迁出"))
    return _page(transfer_id)


def _page(transfer_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("transfers:transfer", args=[transfer_id]))


def _again(
    request: HttpRequest, transfer_id: UUID, problems: list[Problem], act: str, status: int = 422
) -> HttpResponse:
    return show(request, transfer_id, problems=problems, act=act, status=status)
