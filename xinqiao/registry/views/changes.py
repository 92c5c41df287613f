"""Changing a file that is there: bringing it up to date, a step in its life, an answer to the offer of service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.places import queries as places
from xinqiao.web import notes
from xinqiao.web.fields import Spec, build

from ..actions import Answer, NewLifeEvent, record_consent, record_life_events, update_person
from ..actions.besides import KEYS, known_besides
from ..choices import LifeEventKind, RefusalReason, printed
from ..forms import Question, masked_of, record_of, update_sections, values_of
from ..models import Person
from ..page import current_page
from ..queries import find_person
from ..rules import FIELDS, read_date, tidy
from ..wordings import Wording, wording_on
from .looks import looked_at
from .new import asked_by_form
from .versions import overtaken

#: Steps that are typed here. Moving away and in are steps of a transfer, which both sides take part in; an exclusion needs a
#: second person (`corrections`).
TYPED = (
    LifeEventKind.ADMITTED,
    LifeEventKind.DISCHARGED,
    LifeEventKind.REFERRED,
    LifeEventKind.LOST,
    LifeEventKind.FOUND,
    LifeEventKind.DIED,
)


def _back(person_id: UUID, tab: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("registry:person", args=[person_id]) + (f"?tab={tab}" if tab else ""))


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def edit(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The form of a file that is there; numbers stay masked and empty."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.REGISTER_PERSON)
    person = find_person(actor=actor, person_id=person_id)
    problems: Sequence[Problem] = ()
    status = 200
    stale = False
    if request.method == "POST":
        try:
            done = update_person(
                actor=actor, clock=request.clock, person_id=person_id,  # type: ignore[attr-defined]
                op_id=read_uuid(request.POST.get("op_id", "")) or uuid7(),
                record=record_of(request.POST), row_version=_number(request.POST.get("row_version", "")),
            )  # fmt: skip
        except Invalid as wrong:
            problems, status = wrong.problems, 422
            if any(problem.code == "id_other" for problem in problems):
                refused = asked_by_form(request, request.POST.get("id_number", ""))
                problems, status = ([refused], 429) if refused else (problems, status)
        except Conflict as wrong:
            problems, status = [Problem("", wrong.code, wrong.message)], 409
            stale = wrong.code == "conflict.row_version"
        else:
            changed = _("、").join(_(FIELDS[key].label) for key in done.changed if key in FIELDS)
            notes.say(
                request,
                _("已更新：%(what)s") % {"what": changed} if changed else _("没有改动"),
                next_text=_("原来的内容已留存") if changed else "",
            )
            return _back(person_id, "basic")
    looked_at(request, person)
    page = current_page(request, person)
    villages = [
        (one.code, f"{one.parent_name} {one.name}")
        for one in places.villages_below(actor.place)
        if actor.scope.covers(one.code)
    ]
    besides = known_besides([person_id], KEYS)
    values: Mapping[str, Any] = request.POST if request.method == "POST" else values_of(page, besides)
    both = None
    if stale:
        both = overtaken(page, besides, request.POST, _number(request.POST.get("row_version", "")))
        values, problems = both.values, ()
    context = {
        "person": person,
        "both": both,
        "sections": update_sections(values, masked_of(page, besides), problems, villages=villages),
        "problems": problems,
        "op_id": request.POST.get("op_id") or str(uuid7()),
        "row_version": person.row_version if stale else request.POST.get("row_version") or person.row_version,
    }
    return render(request, "registry/edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def event(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A step in the life of the file. The same step of the same day again changes nothing."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.REGISTER_PERSON)
    person = find_person(actor=actor, person_id=person_id)
    kinds = TYPED
    problems: list[Problem] = []
    typed = request.POST
    if request.method == "POST":
        kind, on = typed.get("kind", ""), read_date(typed.get("happened_on", ""))
        reason = {"lost": typed.get("lost_reason", ""), "died": typed.get("death_cause", "")}.get(kind, "")
        listed = {"lost": printed.LOST_REASON, "died": printed.DEATH_CAUSE}.get(kind, ())
        if kind not in kinds:
            problems.append(Problem("kind", "missing", _("变动没有选择。")))
        if on is None:
            problems.append(Problem("happened_on", "date", _("发生日期没有填写，或不是有效日期。")))
        if listed and reason not in {one.code for one in listed}:
            field = "lost_reason" if kind == "lost" else "death_cause"
            problems.append(
                Problem(
                    field, "missing", _("失访原因没有选择。") if kind == "lost" else _("死亡原因没有选择。")
                )
            )
        if not problems and on is not None:
            step = NewLifeEvent(person_id, kind, on, reason, tidy(typed.get("note", ""))[:200])
            try:
                record_life_events(actor=actor, clock=request.clock, events=[step])  # type: ignore[attr-defined]
            except Invalid as wrong:
                problems = wrong.problems
            else:
                notes.say(request, _("变动已登记"), next_text=_("应访日已按新的情况重排"))
                return _back(person_id)
    specs = [
        Spec("kind", _("变动"), [(one.value, one.label) for one in kinds], required=True),
        Spec("happened_on", _("发生日期"), required=True),
        Spec("lost_reason", _("失访原因"), _pairs(printed.LOST_REASON), extra={"show_when": "kind=lost"}),
        Spec("death_cause", _("死亡原因"), _pairs(printed.DEATH_CAUSE), extra={"show_when": "kind=died"}),
        Spec("note", _("说明"), extra={"maxlength": 200}),
    ]
    widgets = {
        "kind": "segmented",
        "happened_on": "date",
        "lost_reason": "segmented",
        "death_cause": "segmented",
    }
    return _short(
        request, person, specs, widgets, problems, _("登记变动"), _("住院、出院、转诊、失访与找到、死亡。")
    )


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def consent(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A new answer to the offer of service; earlier answers stay."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.REGISTER_PERSON)
    person = find_person(actor=actor, person_id=person_id)
    problems: list[Problem] = []
    typed = request.POST
    today = request.clock.today()  # type: ignore[attr-defined]
    signed = read_date(typed.get("signed_on", ""))
    wording = wording_on(signed or today, person.managing_code)
    if request.method == "POST":
        if signed is None:
            problems.append(Problem("signed_on", "date", _("签字日期没有填写，或不是有效日期。")))
        else:
            answer = Answer(
                typed.get("consent", ""), typed.get("signer", ""), signed,
                tidy(typed.get("signer_name", ""))[:30], tidy(typed.get("incapacity_note", ""))[:100],
                text_version=wording.version, reason=typed.get("reason", ""), note=tidy(typed.get("note", ""))[:300],
            )  # fmt: skip
            try:
                record_consent(actor=actor, clock=request.clock, person_id=person_id, answer=answer)  # type: ignore[attr-defined]
            except Invalid as wrong:
                problems = wrong.problems
            else:
                if answer.decision == "0":
                    notes.say(
                        request,
                        _("答复已登记：不同意"),
                        next_text=_("转为有限服务；告知帮扶小组和再次征询已列入办理时限"),
                    )
                else:
                    notes.say(request, _("知情同意已登记"))
                return _back(person_id, "consent")
    specs = [
        Spec("consent", _("知情同意"), _pairs(printed.CONSENT), required=True),
        Spec("signer", _("签字人"), _pairs(printed.SIGNER), required=True),
        Spec("signer_name", _("签字人姓名"), extra={"maxlength": 30}),
        Spec("incapacity_note", _("由监护人代签的原因"), extra={"maxlength": 100, "show_when": "signer=2"}),
        Spec("signed_on", _("签字日期"), required=True),
        Spec(
            "reason",
            _("不同意的原因（可以不问）"),
            [(one.value, str(one.label)) for one in RefusalReason],
            extra={"show_when": "consent=0"},
        ),
        Spec("note", _("说明"), extra={"maxlength": 200}),
    ]
    widgets = {
        "consent": "segmented",
        "signer": "segmented",
        "signed_on": "date",
        "reason": "select",
        "note": "textarea",
    }
    return _short(
        request,
        person,
        specs,
        widgets,
        problems,
        _("记录知情同意"),
        _("先把下面的内容讲给本人听，再请本人签字；本人暂时不能表达的，由监护人签字并写明原因。"),
        wording=wording,
        cancel="consent",
    )


def _short(
    request: HttpRequest,
    person: Person,
    specs: Sequence[Spec],
    widgets: Mapping[str, str],
    problems: Sequence[Problem],
    heading: str,
    sub: str,
    wording: Wording | None = None,
    cancel: str = "",
) -> HttpResponse:
    looked_at(request, person)
    made = build(specs, request.POST, problems)
    asked = [Question(made[spec.name], widgets.get(spec.name, "text")) for spec in specs]
    context: dict[str, Any] = {
        "person": person,
        "asked": asked,
        "problems": problems,
        "heading": heading,
        "sub": sub,
    }
    context |= {"wording": wording, "cancel": cancel}
    return render(request, "registry/act.html", context, status=422 if problems else 200)


def _pairs(listed: printed.Codes) -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in listed]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0
