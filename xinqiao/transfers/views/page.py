"""One hand-over: what may be seen of the person, the way it took, the clocks of both sides, and the next act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from xinqiao.accounts.permissions import Permission, may
from xinqiao.audit import actions as audit
from xinqiao.clocks.queries.inbox import label_of
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Problem
from xinqiao.registry.models import Person
from xinqiao.web.fields import Field

from .. import queries
from ..choices import CALL, EndReason, Reason, ReturnReason, State, Step
from .common import offices, villages, who, workers


@require_GET
@cache_control(no_store=True, private=True)
def transfer(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """The page; one row of the read log when it says about whom it is."""
    return show(request, transfer_id)


def show(
    request: HttpRequest,
    transfer_id: UUID,
    *,
    problems: Sequence[Problem] = (),
    act: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page again after an act that was refused: `act` is the form that was sent."""
    actor, clock = who(request)
    page = queries.page_of(actor=actor, transfer_id=transfer_id)
    if page.name:
        audit.read(actor=actor, clock=clock, kind="page", person_ids=[page.row.person_id], purpose="transfer")
    typed: Mapping[str, str] = request.POST if act else {}
    context = {
        "page": page,
        "row": page.row,
        # Numbers whole only where somebody has to be found by them.
        "whole": page.at_destination and page.row.state == State.SENT,
        "states": dict(State.choices),
        "reasons": dict(Reason.choices),
        "return_reasons": dict(ReturnReason.choices),
        "end_reasons": dict(EndReason.choices),
        "steps": dict(Step.choices),
        "clock_words": {one.code: label_of(one.code, one.started_on) for one in page.clocks},
        "calls": CALL,
        "problems": problems,
        "file_is_mine": Person.objects.filter(pk=page.row.person_id).exists(),
        "may_transfer": may(actor, Permission.TRANSFER_PERSON),
        "may_call": page.at_origin and page.open and may(actor, Permission.RECORD_ATTEMPT),
        "forms": _forms(actor, page, typed, problems, clock.today().isoformat(), act),
    }
    return render(request, "transfers/transfer.html", context, status=status)


def _forms(
    actor: Actor,
    page: queries.Page,
    typed: Mapping[str, str],
    problems: Sequence[Problem],
    today: str,
    act: str,
) -> dict[str, Field]:
    wrong = {one.field: one.message for one in reversed(problems)}

    def value(form: str, name: str, default: str = "") -> str:
        return typed.get(name, default) if act == form else default

    def error(form: str, name: str) -> str:
        return wrong.get(name, "") if act == form else ""

    fields: dict[str, Field] = {}
    if page.at_destination and page.row.state == State.SENT:
        holder = page.row.at_code
        choices = villages(actor, holder)
        named = page.row.to_code if page.row.to_code in dict(choices) else ""
        fields["village"] = Field(
            "village", _("由哪个村接收"), value("accept", "village", named), choices, required=True,
            error=error("accept", "village"),
        )  # fmt: skip
        fields["worker"] = Field(
            "worker", _("责任人"), value("accept", "worker"), workers(holder), error=error("accept", "worker"),
            hint=_("不选时为该村机构的负责人"),
        )  # fmt: skip
        fields["address"] = Field(
            "address", _("现住址（组、门牌）"), value("accept", "address", page.row.to_address), maxlength=100,
            error=error("accept", "address"),
        )  # fmt: skip
        fields["reason"] = Field(
            "reason", _("退回原因"), value("return", "reason"), list(ReturnReason.choices), required=True,
            error=error("return", "reason"),
        )  # fmt: skip
        fields["note"] = Field(
            "note", _("说明"), value("return", "note"), maxlength=100, error=error("return", "note"),
            hint=_("怎么核实的；不写病情"),
        )  # fmt: skip
        fields["to_code"] = Field(
            "to_code", _("转送给"), value("pass", "to_code"), offices(actor, holder), required=True,
            error=error("pass", "to_code"),
        )  # fmt: skip
    if page.at_origin and page.open:
        fields["on"] = Field(
            "on", _("日期"), value("call", "on", today), required=True, input_type="date", error=error("call", "on"),
            maximum=today,
        )  # fmt: skip
        fields["reached"] = Field(
            "reached", _("结果"), value("call", "reached"), [("1", _("联系上")), ("0", _("未联系上"))], required=True,
            error=error("call", "reached"),
        )  # fmt: skip
    if page.at_origin and page.row.state == State.LEAVING:
        fields["receipt_on"] = Field(
            "on", _("回执日期"), value("confirm", "on", today), required=True, input_type="date",
            error=error("confirm", "on"), maximum=today,
        )  # fmt: skip
        fields["receiver"] = Field(
            "receiver", _("接收人"), value("confirm", "receiver"), required=True, maxlength=60,
            error=error("confirm", "receiver"), hint=_("回执上签名的人和单位"),
        )  # fmt: skip
    return fields
