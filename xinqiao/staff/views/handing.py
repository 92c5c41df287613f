"""交接单: drawing up, confirming, completing."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinqiao.accounts.forms import read_day
from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.accounts.queries import colleagues
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import contains, full_code
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.kernel.terms import Role
from xinqiao.places.queries import short_name, short_names
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions, queries
from ..actions.handing import HANDS_OVER, takes
from ..choices import HandOverState, LeaverReason
from ..queries.handing import counts_of, label_of, leaver_people, villages_of


def who(request: HttpRequest) -> tuple[Actor, Clock]:
    return request.actor, request.clock  # type: ignore[attr-defined]


@require_GET
def hand_overs(request: HttpRequest) -> HttpResponse:
    """Open hand-overs first, then the history."""
    actor, _clock = who(request)
    rows = queries.hand_overs_of(actor=actor)
    context = {
        "rows": rows,
        "states": dict(HandOverState.choices),
        "reasons": dict(LeaverReason.choices),
        "places": short_names({one.place for one in rows}),
        "may_arrange": may(actor, Permission.ARRANGE_STAFF),
    }
    return render(request, "staff/hand_overs.html", context)


@require_http_methods(["GET", "POST"])
def new_hand_over(request: HttpRequest) -> HttpResponse:
    """Choose the leaver, then who takes each village."""
    actor, clock = who(request)
    require(actor, Permission.ARRANGE_STAFF)
    given = request.POST if request.method == "POST" else request.GET
    people = [
        one
        for one in colleagues(actor.place, Role.VILLAGE_DOCTOR, Role.TOWNSHIP_WORKER)
        if one.pk != actor.user_id
    ]
    leaver_id = read_uuid(given.get("leaver", "")) if given.get("leaver") else None
    # A closed account (for safety) may still have people to hand over.
    leaver = User.objects.filter(pk=leaver_id, role__in=HANDS_OVER).first() if leaver_id else None
    if leaver is None or leaver.pk == actor.user_id or not contains(actor.place, leaver.place):
        if leaver_id:
            raise NotFound()
        names = short_names({one.place for one in people})
        field = Field(
            "leaver",
            _("移交人"),
            "",
            [(str(one.pk), f"{one.display_name}（{names[one.place]}）") for one in people],
            required=True,
        )
        return render(request, "staff/new_leaver.html", {"field": field})
    today = clock.today()
    problems: list[Problem] = []
    villages = villages_of(leaver.pk, today)
    if request.method == "POST":
        try:
            made = actions.draw_up_hand_over(actor=actor, clock=clock, new=_typed(request, leaver, villages))
        except Invalid as error:
            problems = error.problems
        else:
            notes.say(request, _("交接单已起草"), next_text=_("请移交人和接收人确认；确认前责任不变"))
            return HttpResponseRedirect(reverse("staff:hand-over", args=[made.pk]))
    ids = leaver_people(leaver.pk)
    counts = counts_of(leaver, list(ids), today)
    wrong = {problem.field: problem.message for problem in problems}
    names = short_names(villages)
    number = {code: sum(1 for one in ids.values() if one == code) for code in villages}
    near = [one for one in colleagues(full_code(leaver.place[:6]), *_TAKERS) if one.pk != leaver.pk]
    choices = {
        code: [
            (str(one.pk), f"{one.display_name}（{short_name(one.place)}）")
            for one in near
            if takes(one, leaver, code)
        ]
        for code in villages
    }
    context = {
        "leaver": leaver,
        "place": short_name(leaver.place),
        "counts": [(label_of(key), value) for key, value in counts.items()],
        "fields": [
            Field(
                f"to-{code}",
                names.get(code, code),
                given.get(f"to-{code}", ""),
                choices[code],
                required=True,
                error=wrong.get(f"to-{code}", ""),
                hint=_("%(n)s 人") % {"n": number[code]},
            )
            for code in villages
        ],
        "reason": Field(
            "reason",
            _("原因"),
            given.get("reason", "left"),
            list(LeaverReason.choices),
            required=True,
            error=wrong.get("reason", ""),
        ),
        "last_day": Field(
            "last_day",
            _("离岗日期"),
            given.get("last_day", "") or today.isoformat(),
            required=True,
            input_type="date",
            error=wrong.get("last_day", ""),
            hint=_("当天起可以完成交接，完成时账号停用"),
        ),
        "paper": Field(
            "paper_files",
            _("纸质档案（份）"),
            given.get("paper_files", ""),
            error=wrong.get("paper_files", ""),
            inputmode="numeric",
            maxlength=6,
            hint=_("当面清点；与服务对象人数不同时请在说明里写明"),
        ),
        "note": Field("note", _("说明"), given.get("note", ""), maxlength=200),
        "problems": problems,
    }
    return render(request, "staff/new_hand_over.html", context, status=422 if problems else 200)


_TAKERS = (Role.VILLAGE_DOCTOR, Role.TOWNSHIP_WORKER, Role.COUNTY_OFFICE)


def _typed(request: HttpRequest, leaver: User, villages: list[str]) -> actions.NewHandOver:
    post = request.POST
    chosen = {code: read_uuid(post.get(f"to-{code}", "")) for code in villages if post.get(f"to-{code}")}
    paper = post.get("paper_files", "").strip()
    if paper and not (paper.isascii() and paper.isdecimal()):
        text = _("纸质档案份数“%(value)s”应为 0 或正整数。") % {"value": paper[:20]}
        raise Invalid([Problem("paper_files", "wrong_value", text, paper[:20])])
    last_day = read_day(post.get("last_day", ""), "last_day", _("离岗日期"))
    if last_day is None:
        raise Invalid([Problem("last_day", "missing", _("离岗日期没有填写。"))])
    return actions.NewHandOver(
        leaver_id=leaver.pk,
        successors={code: pk for code, pk in chosen.items() if pk},
        last_day=last_day,
        reason=post.get("reason", ""),
        paper_files=int(paper) if paper else None,
        note=post.get("note", ""),
    )


@require_GET
def hand_over(request: HttpRequest, hand_over_id: UUID) -> HttpResponse:
    """One hand-over: what changes hands, who has confirmed, what is still to be done."""
    return _page(request, hand_over_id)


def _page(request: HttpRequest, hand_over_id: UUID, problems: list[Problem] | None = None) -> HttpResponse:
    actor, clock = who(request)
    found = queries.hand_over_page(actor=actor, hand_over_id=hand_over_id, today=clock.today())
    audit.read(
        actor=actor,
        clock=clock,
        kind="list",
        person_ids=[one.person_id for one in found.people],
        purpose="hand_over",
    )
    context = {
        "found": found,
        "it": found.hand_over,
        "arranges": may(actor, Permission.ARRANGE_STAFF)
        and contains(actor.place, found.hand_over.place)
        and found.hand_over.leaver_id != actor.user_id,
        "takers": _takers(found),
        "states": dict(HandOverState.choices),
        "reasons": dict(LeaverReason.choices),
        "problems": problems or [],
        "ready": found.hand_over.leaver_confirmed_at is not None
        and all(one.confirmed_at is not None for one in found.portions),
        "open": found.hand_over.state == HandOverState.OPEN,
    }
    return render(request, "staff/hand_over.html", context, status=422 if problems else 200)


def _takers(found: queries.HandOverPage) -> list[tuple[UUID, str, list[str], bool, str]]:
    """(account, name, villages, confirmed, reason when for somebody absent) of each successor."""
    rows: dict[UUID, tuple[UUID, str, list[str], bool, str]] = {}
    for one in found.portions:
        name = found.names.get(one.village, one.village)
        if one.successor_id in rows:
            rows[one.successor_id][2].append(name)
        else:
            rows[one.successor_id] = (
                one.successor_id,
                one.successor.display_name,
                [name],
                one.confirmed_at is not None,
                one.confirmed_reason,
            )
    return list(rows.values())


@require_POST
def confirm(request: HttpRequest, hand_over_id: UUID) -> HttpResponse:
    """Confirm one's own side, or that of somebody absent."""
    actor, clock = who(request)
    side = request.POST.get("side", "")
    successor = read_uuid(side) if side and side != "leaver" else None
    try:
        actions.confirm_hand_over(
            actor=actor,
            clock=clock,
            hand_over_id=hand_over_id,
            for_leaver=side == "leaver",
            successor_id=successor,
            reason=request.POST.get("reason", ""),
        )
    except Invalid as error:
        return _page(request, hand_over_id, error.problems)
    notes.say(request, _("已确认"))
    return HttpResponseRedirect(reverse("staff:hand-over", args=[hand_over_id]))


@require_POST
def complete(request: HttpRequest, hand_over_id: UUID) -> HttpResponse:
    """Everything changes hands now."""
    actor, clock = who(request)
    try:
        actions.complete_hand_over(actor=actor, clock=clock, hand_over_id=hand_over_id)
    except Invalid as error:
        return _page(request, hand_over_id, error.problems)
    notes.say(request, _("交接完成，责任已变更，移交人的账号已停用"), next_text=_("请打印交接单签字存档"))
    return HttpResponseRedirect(reverse("staff:hand-over", args=[hand_over_id]))


@require_POST
def withdraw(request: HttpRequest, hand_over_id: UUID) -> HttpResponse:
    """Nobody leaves after all."""
    actor, clock = who(request)
    actions.withdraw_hand_over(actor=actor, clock=clock, hand_over_id=hand_over_id)
    notes.say(request, _("交接单已撤回，责任没有变更"))
    return HttpResponseRedirect(reverse("staff:hand-overs"))
