"""Asking for the correction of a death or an exclusion, and deciding it: always two people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.places import queries as places
from xinqiao.web import notes
from xinqiao.web.fields import Field, Spec, build

from ..actions import NewCorrection, decide_correction, request_correction, take_back_correction
from ..choices import CorrectionKind, PaperKind
from ..forms import Question
from ..models import Attachment, LifeEvent
from ..page import current_page
from ..queries import find_person
from ..queries.corrections import decided_corrections, find_correction, waiting_corrections
from ..rules import narrow, read_date, tidy

#: State → what may be asked for from there.
OFFERED = {"dead": [CorrectionKind.UNDO_DEATH], "excluded": [CorrectionKind.UNDO_EXCLUSION]}


def _back(person_id: UUID) -> str:
    return reverse("registry:person", args=[person_id]) + "?tab=state"


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def request_page(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """What should change and why; nothing changes until somebody else at the county agrees."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.REGISTER_PERSON)
    person = find_person(actor=actor, person_id=person_id)
    page = current_page(request, person)
    problems: list[Problem] = []
    typed = request.POST
    offered = OFFERED.get(page.state.state, [CorrectionKind.EXCLUDE])
    status = 0
    if request.method == "POST":
        on = read_date(typed.get("happened_on", ""))
        if typed.get("happened_on") and on is None:
            problems.append(
                Problem("happened_on", "date", _("日期不是有效日期。"), narrow(typed.get("happened_on")))
            )
        else:
            new = NewCorrection(
                person_id, typed.get("kind", ""), tidy(typed.get("reason", ""))[:300], on,
                scan_id=read_uuid(typed.get("scan", "")) if typed.get("scan") else None,
            )  # fmt: skip
            try:
                request_correction(actor=actor, clock=request.clock, new=new)  # type: ignore[attr-defined]
            except Invalid as wrong:
                problems = wrong.problems
            else:
                notes.say(request, _("已提交，待县级另一人核准"), next_text=_("核准前档案不变"))
                return HttpResponseRedirect(_back(person_id))
    audit.read(actor=actor, clock=request.clock, kind="page", person_ids=[person.pk], purpose="correction")  # type: ignore[attr-defined]
    scans = Attachment.objects.filter(person=person, voided_at=None).only("id", "kind", "happened_on")
    choices = [(str(one.pk), f"{PaperKind(one.kind).label} {one.happened_on.isoformat()}") for one in scans.order_by("-happened_on")[:20]]  # fmt: skip
    specs = [Spec("kind", _("更正什么"), [(one.value, str(one.label)) for one in offered], required=True)]
    if CorrectionKind.EXCLUDE in offered:
        specs.append(Spec("happened_on", _("复核诊断的日期"), required=True))
    specs += [
        Spec("reason", _("原因和依据"), required=True, hint=_("如：经核实本人在世；某医院某日复核，排除原诊断。"), extra={"maxlength": 200}),
        Spec("scan", _("依据的文书"), choices, hint=_("先在“文书”里添加，再在这里选。")),
    ]  # fmt: skip
    widgets = {"kind": "segmented", "happened_on": "date", "reason": "textarea", "scan": "select"}
    values: Any = typed if request.method == "POST" else {"kind": offered[0].value}
    made = build(specs, values, problems)
    context = {
        "person": person,
        "problems": problems,
        "asked": [Question(made[spec.name], widgets[spec.name]) for spec in specs],
        "heading": _("提出更正"),
        "sub": _("死亡和诊断排除的更正须两个人：您提出，县级另一人核准；核准前档案不变。"),
        "cancel": "state",
        "wording": None,
    }
    return render(request, "registry/act.html", context, status=status or (422 if problems else 200))


@require_GET
@cache_control(no_store=True, private=True)
def corrections(request: HttpRequest) -> HttpResponse:
    """The county's queue, and what was decided lately."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    waiting = waiting_corrections(actor=actor)
    decided = decided_corrections(actor=actor)
    ids = [one.row.person_id for one in [*waiting, *decided]]
    if ids:
        audit.read(actor=actor, clock=request.clock, kind="list", person_ids=ids, purpose="correction")  # type: ignore[attr-defined]
    context = {
        "waiting": waiting,
        "decided": decided,
        "places": places.short_names({one.row.managing_code for one in [*waiting, *decided]}),
    }
    return render(request, "registry/corrections.html", context)


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def correction(request: HttpRequest, correction_id: UUID) -> HttpResponse:
    """One correction with what stands in the file; the county decides here."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = find_correction(actor=actor, correction_id=correction_id)
    row = found.row
    person = find_person(actor=actor, person_id=row.person_id)
    problems: list[Problem] = []
    status = 0
    if request.method == "POST":
        require(actor, Permission.APPROVE_CORRECTION)
        wanted = request.POST.get("decision", "")
        note = tidy(request.POST.get("note", ""))[:300]
        if wanted not in {"approve", "refuse"}:
            problems = [Problem("decision", "missing", _("请选择核准或不核准。"))]
        else:
            try:
                decide_correction(
                    actor=actor, clock=request.clock, correction_id=correction_id,  # type: ignore[attr-defined]
                    approve=wanted == "approve", note=note,
                )  # fmt: skip
            except Invalid as wrong:
                problems = wrong.problems
            except Conflict as wrong:
                problems, status = [Problem("", wrong.code, wrong.message)], 409
            else:
                notes.say(
                    request,
                    _("已核准，档案已更正") if wanted == "approve" else _("未核准，档案不变"),
                    next_text=_("提出和核准两方都留在“状态”页"),
                )
                return HttpResponseRedirect(_back(row.person_id))
    clock = request.clock  # type: ignore[attr-defined]
    audit.read(actor=actor, clock=clock, kind="page", person_ids=[row.person_id], purpose="correction")
    wrong_note = next((one.message for one in problems if one.field == "note"), "")
    context = {
        "person": person,
        "found": found,
        "row": row,
        "kind": CorrectionKind(row.kind).label,
        "events": LifeEvent.objects.filter(person=person).order_by("happened_on", "recorded_at"),
        "problems": problems,
        "own": row.recorded_by == actor.user_id,
        "may_decide": may(actor, Permission.APPROVE_CORRECTION) and not row.decision and not row.voided_at,
        "note": Field("note", _("说明"), request.POST.get("note", ""), maxlength=200, error=wrong_note, hint=_("不核准时要写明原因。")),
    }  # fmt: skip
    return render(request, "registry/correction.html", context, status=status or (422 if problems else 200))


@require_POST
def take_back(request: HttpRequest, correction_id: UUID) -> HttpResponse:
    """Whoever asked takes it back."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = find_correction(actor=actor, correction_id=correction_id)
    take_back_correction(actor=actor, clock=request.clock, correction_id=correction_id)  # type: ignore[attr-defined]
    notes.say(request, _("更正申请已撤回"), next_text=_("档案没有变化"))
    return HttpResponseRedirect(_back(found.row.person_id))
