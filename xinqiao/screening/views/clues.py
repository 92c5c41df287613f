"""Clues: the list, a new one, one with everything that was done, the acts on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.codes import level_of
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.kernel.terms import Level
from xinqiao.places import queries as places
from xinqiao.registry.actions import LookedUp
from xinqiao.web import notes
from xinqiao.web.addresses import narrowed
from xinqiao.web.files import send_file
from xinqiao.web.formats import number
from xinqiao.web.sheets import CONTENT_TYPE, Column, Sheet, workbook

from .. import actions, forms, queries
from ..choices import ITEMS, OPEN_STATES, CloseReason, ClueState, Judgement, Sex, Source
from ..models import Clue
from .common import day, helpers_near, show, typed, village_choices, who

MOST_IN_A_BOOK = 5_000
KEYS = (
    "place", "name", "vagrant", "description", "sex", "age", "birth_on", "id_number", "phone", "address", "guardian_name",
    "guardian_phone", "informant_name", "informant_relation", "informant_phone", "found_on", "investigator", "source",
    "danger_told", "facts", *(f"q{code}" for code in ITEMS), "different_because", "op_id",
)  # fmt: skip


def _asked(request: HttpRequest) -> queries.ClueFilters:
    get = request.GET
    state, place = get.get("state", "open"), get.get("place", "")
    return queries.ClueFilters(
        state=state if state in {*ClueState.values, "open", "all"} else "open",
        source=get.get("source", "") if get.get("source") in Source.values else "",
        place=place if len(place) == 12 and place.isascii() and place.isdigit() else "",
        urgent=get.get("urgent") == "1",
        after=get.get("after", "")[:40],
    )


@require_safe
def clue_list(request: HttpRequest) -> HttpResponse:
    """Clues of one's own places, danger first."""
    actor, clock = who(request)
    asked = _asked(request)
    found = queries.clues(actor=actor, asked=asked)
    audit.read(
        actor=actor, clock=clock, kind="list", person_ids=[one.pk for one in found.rows], purpose="screening"
    )
    below = {one.parent_code: one.parent_name for one in places.villages_below(actor.place)}
    return show(
        request,
        "list",
        found=found,
        asked=asked,
        places=places.short_names({one.managing_code for one in found.rows}),
        states=[("open", _("未办结")), *ClueState.choices, ("all", _("全部"))],
        sources=Source.choices,
        townships=list(below.items()) if level_of(actor.place) is Level.COUNTY else [],
        ages={one.pk: queries.age_of(one, clock.today()) for one in found.rows},
        may_review=may(actor, Permission.REVIEW_CLUE),
        next_url=narrowed(request) + f"&after={found.next_key}" if found.next_key else "",
        narrowed_to=asked != queries.ClueFilters(after=asked.after),
        book=reverse("screening:book") + "?" + request.GET.urlencode(),
        count_words=ngettext("%(n)s 条线索", "%(n)s 条线索", found.count) % {"n": number(found.count)},
    )


@require_safe
@cache_control(no_store=True, private=True)
def book(request: HttpRequest) -> HttpResponse:
    """线索调查复核登记表 of the chosen clues."""
    actor, clock = who(request)
    rows = queries.all_clues(actor=actor, asked=_asked(request), most=MOST_IN_A_BOOK)
    audit.read(
        actor=actor, clock=clock, kind="download", person_ids=[one.pk for one in rows], purpose="screening"
    )
    names = places.short_names({one.managing_code for one in rows})
    columns = [
        Column("no", _("线索编号"), width=20), Column("place", _("地区"), width=18), Column("name", _("姓名"), width=10),
        Column("sex", _("性别"), width=6), Column("age", _("年龄"), "int", 6), Column("found", _("调查日期"), "date"),
        Column("source", _("线索来源"), width=18), Column("items", _("符合条目"), width=12),
        Column("urgent", _("有危险"), width=8), Column("judgement", _("初筛结论"), width=22),
        Column("state", _("状态"), width=14), Column("state_on", _("状态日期"), "date"),
        Column("reason", _("结案原因"), width=20), Column("investigator", _("调查人"), width=10),
    ]  # fmt: skip
    lines = [
        (
            one.clue_no, names.get(one.managing_code, one.managing_code), one.name, _word(Sex, one.sex),
            queries.age_of(one, clock.today()), one.found_on, _word(Source, one.source), "、".join(one.items),
            _("是") if one.urgent else "", _word(Judgement, one.judgement), _word(ClueState, one.state), one.state_on,
            _word(CloseReason, one.close_reason), one.investigator,
        )
        for one in rows
    ]  # fmt: skip
    sheet = Sheet(
        _("线索登记"),
        columns,
        lines,
        heading=_("线索调查复核登记表"),
        notes=[_("知情人信息不导出；请按规定保密")],
    )
    data = workbook([sheet], made_by=actor.display_name, made_at=clock.now())
    return send_file(request, data, name=_("线索登记.xlsx"), content_type=CONTENT_TYPE)


def _word(listed: Any, code: str) -> str:
    return str(listed(code).label) if code else ""


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def new(request: HttpRequest) -> HttpResponse:
    """The nine items, who it is about, who told."""
    actor, clock = who(request)
    require(actor, Permission.RECORD_CLUE)
    choices = village_choices(actor)
    if request.method == "GET":
        values = {
            "found_on": clock.today().isoformat(),
            "investigator": actor.display_name,
            "op_id": str(uuid7()),
            "place": choices[0][0] if len(choices) == 1 else request.GET.get("place", "")[:12],
            "source": request.GET.get("source", "")[:2],
        }
        return _form(request, values, choices)
    values = typed(request, *KEYS)
    given = actions.NewClue(read_uuid(values["op_id"]) or uuid7(), values, values["different_because"])
    try:
        done = actions.record_clue(actor=actor, clock=clock, new=given)
    except Invalid as wrong:
        return _form(request, values, choices, wrong.problems, status=422)
    except actions.MaybeKnown as wrong:
        seen = [one.pk for one in wrong.found.people]
        audit.read(actor=actor, clock=clock, kind="search", person_ids=seen, purpose="screening")
        return _form(request, values, choices, known=wrong.found, status=409)
    if done.outcome == "negative":
        counted = done.clue_id is not None
        notes.say(
            request,
            _("九项都是“没有”，不登记线索"),
            next_text=_("已计入本次摸排，没有保存姓名等信息") if counted else _("没有保存任何信息"),
            next_label=_("下一位"),
            next_href=reverse("screening:new"),
        )
        return HttpResponseRedirect(reverse("screening:list"))
    if done.asked:
        notes.say(request, asked_words(done.asked), kind="info")
    if done.urgent:
        notes.say(request, _("线索已登记，有伤害危险：请现在就联系"), kind="warning")
    else:
        notes.say(
            request,
            _("线索已登记，编号 %(no)s") % {"no": done.clue_no},
            next_text=_("等待初筛，10 个工作日内完成"),
        )
    return HttpResponseRedirect(reverse("screening:clue", args=[done.clue_id]))


def asked_words(answer: LookedUp) -> str:
    """What the question led to, in words that fit who asked."""
    if answer.answer == "handed_in":
        return _("已提交核对")
    if answer.answer == "elsewhere":
        where = "、".join(one for one in (answer.institution, answer.phone) if one)
        return _("在别处已有档案，请联系：%(where)s") % {"where": where or _("县精防办")}
    return _("本辖区已有档案，请查找核对") if answer.answer == "here" else _("没有查到已有档案")


def _form(
    request: HttpRequest, values: dict[str, str], choices: list[tuple[str, str]], problems: list[Problem] | None = None,
    *, known: queries.Matches | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    fields = forms.clue_fields(values, problems or [], choices)
    shown = [*known.people, *known.clues] if known else []
    return show(
        request,
        "new",
        status,
        fields=fields,
        items=[fields[f"q{code}"] for code in ITEMS],
        problems=problems or [],
        known=known,
        known_places=places.short_names({one.place for one in shown}),
        op_id=values["op_id"],
        different_because=values.get("different_because", ""),
    )


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
    audit.read(
        actor=actor, clock=clock, kind="unmask" if whole else "page", person_ids=[one.pk], purpose="screening"
    )
    reviews = queries.reviews_of(one)
    review = may(actor, Permission.REVIEW_CLUE)
    today = clock.today().isoformat()
    known = queries.Matches()
    if one.state in OPEN_STATES:
        known = queries.matches(
            name=one.name, sex=one.sex, birth_on=one.birth_on, age=one.age, on=one.found_on, id_number=one.id_number,
            but=one.pk,
        )  # fmt: skip
        seen = [match.pk for match in known.people]
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
        closing=forms.close_fields(values("close", closed_on=today), faults("close")),
        bringing=forms.brought_fields(
            values("brought", sent_on=today),
            faults("brought"),
            danger=one.urgent,
            vagrant=queries.no_kin_known(one),
        ),
        act_op=(sent or {}).get("op_id") or str(uuid7()),
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


def state_of(one: Clue) -> str:
    """The state in words."""
    return str(ClueState(one.state).label)
