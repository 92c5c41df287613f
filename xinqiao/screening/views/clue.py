"""One clue with everything that was done, and the acts on it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.places import queries as places
from xinqiao.web import notes

from .. import actions, forms, queries
from ..choices import ITEMS, OPEN_STATES, ClueState
from .common import day, helpers_near, looked_at, show, typed, who
from .noting import asked_words


@require_safe
@cache_control(no_store=True, private=True)
def clue(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """One clue: what was told, what was done, what comes next."""
    return page(request, clue_id)


@require_POST
@cache_control(no_store=True, private=True)
def unmask(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """The same with whole numbers; each time goes to the read log."""
    actor, _clock = who(request)
    require(actor, Permission.UNMASK)
    return page(request, clue_id, whole=True)


def page(
    request: HttpRequest, clue_id: UUID, *, whole: bool = False, problems: list[Problem] | None = None,
    sent: dict[str, str] | None = None, act: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The clue's page, also after an act that did not work: `act` is the form, `sent` what was typed."""
    actor, clock = who(request)
    one = queries.find_clue(actor=actor, clue_id=clue_id)
    looked_at(request, one, kind="unmask" if whole else "page")
    reviews = queries.reviews_of(one)
    review = may(actor, Permission.REVIEW_CLUE)
    today = clock.today().isoformat()
    known = queries.Matches()
    if one.state in OPEN_STATES:
        known = queries.matches(
            name=one.name, sex=one.sex, birth_on=one.birth_on, age=one.age, on=one.found_on, id_number=one.id_number,
            but=one.pk,
        )  # fmt: skip
        seen = [match.pk for match in (*known.people, *known.clues)]
        audit.read(actor=actor, clock=clock, kind="search", person_ids=seen, purpose="screening")
    waiting = next((row for row in reviews if row.state == "asked"), None)
    wrong = problems or []

    def values(name: str, **default: str) -> dict[str, str]:
        return sent or {} if name == act else default

    def faults(name: str) -> list[Problem]:
        return wrong if name == act else []

    shown = [*known.people, *known.clues]
    return show(
        request,
        "clue",
        status,
        clue=one,
        whole=whole,
        age=queries.age_of(one, clock.today()),
        place=places.short_name(one.managing_code),
        items=[(code, ITEMS[code]) for code in one.items],
        acts=queries.acts_of(one),
        reviews=reviews,
        waiting=waiting,
        known=known,
        known_places=places.short_names({match.place for match in shown}),
        asked_words={
            "handed_in": _("已提交核对"),
            "none": _("没有查到已有档案"),
            "here": _("本辖区已有档案"),
            "elsewhere": _("别处已有档案"),
        }.get(one.asked, "")
        if review
        else (_("已提交核对") if one.asked else ""),
        pressing=one.urgent and one.brought_on is None and one.state in OPEN_STATES,
        is_open=one.state in OPEN_STATES,
        helpers=helpers_near(one.managing_code) if one.urgent and one.state in OPEN_STATES else [],
        may_review=review,
        may_file=review and may(actor, Permission.REGISTER_PERSON),
        may_unmask=may(actor, Permission.UNMASK),
        judge=forms.judge_fields(values("judge", judged_on=today), faults("judge")),
        acting=forms.act_fields(values("act", happened_on=today), faults("act")),
        closing=forms.close_fields(values("close", closed_on=today), faults("close"), state=one.state),
        bringing=forms.brought_fields(
            values("brought", sent_on=today),
            faults("brought"),
            danger=one.urgent,
            vagrant=queries.no_kin_known(one),
        ),
        act_op=(sent or {}).get("op_id") or str(uuid7()),
        again_op=str(uuid7()),
        why=(sent or {}).get("why", ""),
        problems=wrong,
        act=act,
    )


@require_POST
def judge(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """初筛结论."""
    actor, clock = who(request)
    sent = typed(request, "judgement", "judged_on", "note")
    try:
        done = actions.judge_clue(
            actor=actor, clock=clock, clue_id=clue_id, judgement=sent["judgement"], on=day(sent["judged_on"]),
            note=sent["note"],
        )  # fmt: skip
    except Invalid as wrong:
        return page(request, clue_id, problems=wrong.problems, sent=sent, act="judge", status=422)
    if done.state == ClueState.CLOSED:
        notes.say(request, _("初筛排除，线索已结案"), next_text=_("身份信息到期自动去除"))
    else:
        notes.say(
            request, _("初筛结论已登记"), next_text=_("接下来动员就诊，提请精神科医师复核诊断"), next_label=_("提请复核"),
            next_href=reverse("screening:send", args=[clue_id]),
        )  # fmt: skip
    return HttpResponseRedirect(reverse("screening:clue", args=[clue_id]))


@require_POST
def act(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """动员、联系."""
    actor, clock = who(request)
    sent = typed(request, "kind", "happened_on", "note", "op_id")
    try:
        actions.add_act(
            actor=actor, clock=clock, clue_id=clue_id, op_id=read_uuid(sent["op_id"]) or uuid7(), kind=sent["kind"],
            on=day(sent["happened_on"]), note=sent["note"],
        )  # fmt: skip
    except Invalid as wrong:
        return page(request, clue_id, problems=wrong.problems, sent=sent, act="act", status=422)
    notes.say(request, _("已记录"))
    return HttpResponseRedirect(reverse("screening:clue", args=[clue_id]))


@require_POST
def close(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """结案, or the same person as somebody on the register."""
    actor, clock = who(request)
    sent = typed(request, "reason", "closed_on", "note", "person")
    person = read_uuid(sent["person"]) if sent["person"] else None
    if sent["person"] and person is None:
        raise NotFound(code="not_found.person")
    try:
        actions.close_clue(
            actor=actor, clock=clock, clue_id=clue_id, reason=sent["reason"],
            on=day(sent["closed_on"]) or (clock.today() if person else None), note=sent["note"], person_id=person,
        )  # fmt: skip
    except Invalid as wrong:
        return page(request, clue_id, problems=wrong.problems, sent=sent, act="close", status=422)
    notes.say(request, _("线索已结案"), next_text=_("身份信息到期自动去除，只留数字"))
    return HttpResponseRedirect(reverse("screening:clue", args=[clue_id]))


@require_POST
def again(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """重新办理: a clue closed by mistake, or on grounds that no longer hold."""
    actor, clock = who(request)
    sent = typed(request, "why", "op_id")
    try:
        actions.take_up_again(
            actor=actor,
            clock=clock,
            clue_id=clue_id,
            op_id=read_uuid(sent["op_id"]) or uuid7(),
            why=sent["why"],
        )
    except Invalid as wrong:
        return page(request, clue_id, problems=wrong.problems, sent=sent, act="again", status=422)
    notes.say(request, _("线索已重新办理"), next_text=_("原来的时限接着算"))
    return HttpResponseRedirect(reverse("screening:clue", args=[clue_id]))


@require_POST
def ask_registered(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """Ask again whether somebody is registered elsewhere."""
    actor, clock = who(request)
    try:
        answer = actions.ask_registered(actor=actor, clock=clock, clue_id=clue_id)
    except Conflict as wrong:
        if wrong.code != "conflict.cannot_ask":
            raise
        notes.say(request, wrong.message, kind="warning")
    else:
        notes.say(request, asked_words(answer), kind="info")
    return HttpResponseRedirect(reverse("screening:clue", args=[clue_id]))
