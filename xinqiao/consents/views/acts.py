"""Taking an agreement back (with a rehearsal first), the notice by law, telling the care group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.models import Clock
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.words import term, told
from xinqiao.policy.deployment import current
from xinqiao.registry.actions import Notice, Withdrawal, record_notice, withdraw_consent
from xinqiao.registry.choices import RefusalReason, printed
from xinqiao.registry.forms import Question
from xinqiao.registry.models import CarePlacement, Person
from xinqiao.registry.queries import find_person
from xinqiao.registry.rules import narrow, read_date, tidy
from xinqiao.web import notes
from xinqiao.web.fields import Spec, build

from .. import words
from ..actions import NewReport, tell_care_group
from ..queries import Consequences, rehearse_withdrawal

REASONS = [(code, str(label)) for code, label in RefusalReason.choices]


def back_to(person_id: UUID) -> str:
    return reverse("registry:person", args=[person_id]) + "?tab=consent"


def find(request: HttpRequest, person_id: UUID) -> Person:
    """The person, for who may write in the file; opening such a page is a look."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.REGISTER_PERSON)
    person = find_person(actor=actor, person_id=person_id)
    audit.read(actor=actor, clock=request.clock, kind="page", person_ids=[person.pk], purpose="care")  # type: ignore[attr-defined]
    return person


def _day(typed: Mapping[str, str], field: str, label: str, problems: list[Problem]) -> date | None:
    on = read_date(typed.get(field, ""))
    if on is None:
        words_of = _("%(label)s没有填写，或不是有效日期。") % {"label": label}
        problems.append(Problem(field, "date", words_of, narrow(typed.get(field))))
    return on


def _page(
    request: HttpRequest,
    person: Person,
    specs: Sequence[Spec],
    widgets: Mapping[str, str],
    problems: Sequence[Problem],
    values: Mapping[str, Any],
    **context: Any,
) -> HttpResponse:
    made = build(specs, values, problems)
    context = {"seen": None, "paper": "", "intro": ""} | context
    context |= {
        "person": person,
        "problems": problems,
        "asked": [Question(made[spec.name], widgets.get(spec.name, "text")) for spec in specs],
        "back": back_to(person.pk),
    }
    return render(request, "consents/act.html", context, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def withdraw(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """First what will follow, carried out and taken back; then the withdrawal itself."""
    person = find(request, person_id)
    typed = request.POST
    problems: list[Problem] = []
    seen = None
    if request.method == "POST":
        on = _day(typed, "from_on", _("撤回日期"), problems)
        if on is not None:
            given = Withdrawal(
                on, typed.get("signer", ""), tidy(typed.get("signer_name", ""))[:30],
                tidy(typed.get("incapacity_note", ""))[:100], typed.get("reason", ""), tidy(typed.get("note", ""))[:300],
            )  # fmt: skip
            known = {"actor": request.actor, "clock": request.clock}  # type: ignore[attr-defined]
            try:
                if typed.get("step") == "confirm":
                    withdraw_consent(**known, person_id=person_id, withdrawal=given)
                    notes.say(
                        request, _("撤回已登记"), next_text=_("告知帮扶小组和再次征询已列入办理时限"),
                        next_label=_("告知帮扶小组"), next_href=reverse("consents:report", args=[person_id]),
                    )  # fmt: skip
                    return HttpResponseRedirect(back_to(person_id))
                if typed.get("step") != "edit":
                    seen = _seen(person, given, rehearse_withdrawal(**known, person=person, withdrawal=given))
            except Invalid as wrong:
                problems = wrong.problems
    specs = [
        Spec("from_on", _("从哪天起撤回"), required=True),
        Spec("signer", _("由谁提出"), [(one.code, one.label) for one in printed.SIGNER], required=True),
        Spec("signer_name", _("提出人姓名"), extra={"maxlength": 30}),
        Spec("incapacity_note", _("只由监护人提出的原因"), extra={"maxlength": 100, "show_when": "signer=2"}),
        Spec("reason", _("原因（可以不问）"), REASONS),
        Spec("note", _("说明"), extra={"maxlength": 200}),
    ]
    widgets = {"from_on": "date", "signer": "segmented", "reason": "select", "note": "textarea"}
    today = request.clock.today().isoformat()  # type: ignore[attr-defined]
    values = typed if request.method == "POST" else {"from_on": today, "signer": "1"}
    return _page(
        request, person, specs, widgets, problems, values, seen=seen, heading=_("登记撤回同意"),
        sub=_("撤回不需要理由；原来的同意仍可查看。下一步先看会有什么变化，再确认。"), act=_("看会有什么变化"),
    )  # fmt: skip


def _seen(person: Person, given: Withdrawal, found: Consequences) -> dict[str, Any]:
    standing = getattr(person, "standing", None)
    danger = words.in_danger(standing)
    changes = []
    if found.after.visits:
        changes.append(_("依法报告的，服务照常"))
    elif found.due_after is not None:
        changes.append(_("应访日 %(day)s 不变：为了安全，随访照常") % {"day": found.due_after.isoformat()})
    elif found.due_before:
        changes.append(_("原定 %(day)s 的随访不再安排") % {"day": found.due_before.isoformat()})
    else:
        changes.append(_("不再安排常规随访"))
    changes += [_("不再：%(what)s") % {"what": words.PURPOSES[one]} for one in found.ends]
    if found.before.lawful and not found.after.lawful:
        changes.append(_("不再计入在管，仍计入在册"))
    changes += [_clock_words(one) for one in found.clocks]
    signer = next((one.label for one in printed.SIGNER if one.code == given.signer), "")
    return {
        "said": [(_("从哪天起撤回"), given.from_on.isoformat()), (_("由谁提出"), f"{signer} {given.signer_name}".strip())],
        "changes": changes,
        "holds": words.still_holds(in_danger=danger),
        "typed": [
            ("from_on", given.from_on.isoformat()), ("signer", given.signer), ("signer_name", given.signer_name),
            ("incapacity_note", given.incapacity_note), ("reason", given.reason), ("note", given.note),
        ],
    }  # fmt: skip


def _clock_words(one: Clock) -> str:
    label = current().at("registry/deadlines", on=one.started_on).value[one.code]["label"]
    return _("%(day)s 前：%(what)s") % {"day": one.due_on.isoformat(), "what": told(term(label))}


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def notice(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """依法报告: when and by whom the family was told. The answer is asked for and recorded beside it."""
    person = find(request, person_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    typed = request.POST
    problems: list[Problem] = []
    if request.method == "POST":
        on = _day(typed, "told_on", _("告知日期"), problems)
        given = tidy(typed.get("notifier", "")), tidy(typed.get("note", ""))[:300]
        if on is not None:
            try:
                clock = request.clock  # type: ignore[attr-defined]
                record_notice(actor=actor, clock=clock, person_id=person_id, notice=Notice(on, *given))
            except Invalid as wrong:
                problems = wrong.problems
            else:
                notes.say(
                    request, _("依法告知已登记"), next_text=_("仍要征询本人是否同意，并记录答复"),
                    next_label=_("征询并记录答复"), next_href=reverse("registry:consent", args=[person_id]),
                )  # fmt: skip
                return HttpResponseRedirect(back_to(person_id))
    specs = [
        Spec("told_on", _("告知日期"), required=True),
        Spec("notifier", _("告知人"), required=True, extra={"maxlength": 30}),
        Spec("note", _("说明"), hint=_("告知了谁、怎样告知的。"), extra={"maxlength": 200}),
    ]
    widgets = {"told_on": "date", "note": "textarea"}
    today = request.clock.today().isoformat()  # type: ignore[attr-defined]
    values = typed if request.method == "POST" else {"told_on": today, "notifier": actor.display_name}
    return _page(
        request, person, specs, widgets, problems, values, heading=_("登记依法告知"), act=_("保存"),
        sub=_("只用于已有伤害他人的行为或危险、由医院依法报告的患者。"),
        intro=_("依法报告不以同意为前提，但要告知并征询。这里记的是告知，不会记成“已同意”。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def report(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Who of the care group was told, and when; the printed note holds only what they need."""
    person = find(request, person_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    typed = request.POST
    problems: list[Problem] = []
    if request.method == "POST":
        on = _day(typed, "told_on", _("告知日期"), problems)
        if on is not None:
            new = NewReport(person_id, on, tidy(typed.get("receiver", "")), tidy(typed.get("note", ""))[:300])
            try:
                tell_care_group(actor=actor, clock=request.clock, new=new)  # type: ignore[attr-defined]
            except Invalid as wrong:
                problems = wrong.problems
            else:
                notes.say(request, _("已登记告知帮扶小组"), next_text=_("满一年再征询一次，到期前会提醒"))
                return HttpResponseRedirect(back_to(person_id))
    placed = (
        CarePlacement.objects.filter(person=person, valid_to=None, voided_at=None)
        .select_related("group")
        .first()
    )
    specs = [
        Spec("told_on", _("告知日期"), required=True),
        Spec("receiver", _("告知了谁"), required=True, hint=_("帮扶小组或村（居）委会，写到人更好。"), extra={"maxlength": 60}),
        Spec("note", _("说明"), extra={"maxlength": 200}),
    ]  # fmt: skip
    widgets = {"told_on": "date", "note": "textarea"}
    today = request.clock.today().isoformat()  # type: ignore[attr-defined]
    values = (
        typed
        if request.method == "POST"
        else {"told_on": today, "receiver": placed.group.name if placed else ""}
    )
    return _page(
        request, person, specs, widgets, problems, values, heading=_("告知帮扶小组"), act=_("保存"),
        sub=_("请小组协助劝说；不强行上门，不说病情。"), paper=reverse("consents:note", args=[person_id]),
        intro=_("告知单只写姓名、村、责任人和请小组做的事，没有诊断、用药和危险性。"),
    )  # fmt: skip
