"""The visit form: opened afresh, quickly or from a draft; saved once however often the button is pressed; amended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.web import notes
from xinqiao.web.formats import date as date_words

from .. import choices, forms
from ..actions import UNDO_MINUTES, AlreadyRecorded, NewVisit, Recorded, record_visits
from ..actions.drafts import DraftElsewhere, Kept, find_draft, finish_draft
from ..models import Visit
from ..queries import VisitContext, visit_context, visit_page
from ..rules import FIELDS, check_record
from .drafts import VISIT, amending, keep
from .form_page import back_to, form_page, live_panel


@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Record one visit. `?carry=1` the quick form: judgements anew, the rest as last time; `?form=3` a phone call;
    `?ending=2` a loss. A draft comes back before all of these."""
    if request.method == "POST":
        return _submitted(request, person_id, amends=read_uuid(request.POST.get("amends", "")))
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    context = visit_context(actor=actor, person_id=person_id)
    audit.read(actor=actor, clock=clock, kind="page", person_ids=[person_id], purpose="record_visit")
    draft = find_draft(actor=actor, clock=clock, person_id=person_id, form=VISIT)
    if draft is not None:
        return _restored(request, context, draft)
    carried = request.GET.get("carry") == "1" and forms.may_carry(context.last_record)
    values: dict[str, Any] = {
        "visit_date": clock.today().isoformat(),
        "ending": "2" if request.GET.get("ending") == "2" else "1",
        "doctor": actor.display_name,
    }
    if request.GET.get("form") in FIELDS["form"].labels:
        values["form"] = request.GET["form"]
    if carried:
        values = {**forms.carried_values(context.last_record), **values}
    return form_page(request, context, values, op_id=uuid7(), carried=carried)


def _restored(
    request: HttpRequest, context: VisitContext, draft: Kept, *, amends: UUID | None = None
) -> HttpResponse:
    """The form as it was left, under the operation it was begun with."""
    values = dict(draft.values)
    return form_page(
        request,
        context,
        values,
        op_id=draft.op_id,
        carried=values.get("carry") == "1" and amends is None and forms.may_carry(context.last_record),
        amends=amends,
        draft=draft,
        draft_form=draft.form,
    )


def may_amend(request: HttpRequest, visit: Visit) -> bool:
    """Whoever amends visits, and the author of one that review returned."""
    actor = request.actor  # type: ignore[attr-defined]
    if visit.voided_at is not None or visit.superseded:
        return False
    returned = visit.recorded_by == actor.user_id and visit.review_status == "2"
    return may(actor, Permission.AMEND_VISIT) or (returned and may(actor, Permission.RECORD_VISIT))


@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Correct a visit: the form as it was filled in; saving puts a new version in its place."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    require(actor, Permission.RECORD_VISIT)
    found = visit_page(actor=actor, visit_id=visit_id)
    if not may_amend(request, found.visit):
        require(actor, Permission.AMEND_VISIT)
    if request.method == "POST":
        return _submitted(request, found.person.pk, amends=visit_id)
    if found.visit.superseded or found.visit.voided_at is not None:
        raise Conflict(_("这次随访已被更正或撤销，请打开最新的一版"), code="conflict.superseded")
    context = visit_context(actor=actor, person_id=found.person.pk, leaving_out=visit_id)
    audit.read(actor=actor, clock=clock, kind="page", person_ids=[found.person.pk], purpose="amend_visit")
    name = amending(visit_id)
    draft = find_draft(actor=actor, clock=clock, person_id=found.person.pk, form=name)
    if draft is not None:
        return _restored(request, context, draft, amends=visit_id)
    values = forms.values_of(found.record)
    return form_page(
        request,
        context,
        values,
        op_id=uuid7(),
        amends=visit_id,
        draft_form=name,
        returned=_returned(found.visit),
    )


def _returned(visit: Visit) -> str:
    return visit.review_reason if visit.review_status == "2" else ""


@require_POST
def proposal(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The panel for what is typed so far, as a piece of the page. Saves nothing."""
    context = visit_context(actor=request.actor, person_id=person_id)  # type: ignore[attr-defined]
    typed = forms.read_visit(request.POST)
    return render(request, "followup/_proposal.html", {"live": live_panel(request, context, typed)})


def _submitted(request: HttpRequest, person_id: UUID, *, amends: UUID | None) -> HttpResponse:
    actor, clock, post = request.actor, request.clock, request.POST  # type: ignore[attr-defined]
    typed = forms.read_visit(post)
    op_id = read_uuid(post.get("op_id", "")) or uuid7()
    carried = post.get("carry") == "1" and amends is None
    name = amending(amends) if amends else VISIT
    reason = post.get("amend_reason", "").strip()
    problems, standing, status = list(typed.problems), None, 200
    if amends and not reason:
        problems.append(Problem("amend_reason", "missing", _("“更正理由”未填写，请写一句话")))
    act = post.get("act")
    if act == "draft":
        try:
            keep(request, person_id, name)
        except DraftElsewhere as error:
            problems, status = [Problem("", error.code, _("另一个窗口里也在填这张表，这里的还没有存"))], 409
        else:
            return _kept_for_later(request)
    elif act != "preview":
        try:
            if problems:
                raise Invalid(problems + _other_problems(request, typed))
            new = NewVisit(
                op_id,
                person_id,
                typed.record,
                amends=amends,
                risk_reason=typed.risk_reason,
                amend_reason=reason,
            )
            mode = "unchanged" if carried else "full"
            done = record_visits(actor=actor, clock=clock, batch=[new], entry_mode=mode)[0]
            if post.get("draft_seen", "0") != "0":
                finish_draft(actor=actor, op_id=op_id)
            return _saved(request, done)
        except Invalid as error:
            problems, status = error.problems, 422
        except AlreadyRecorded as error:
            standing, status = error.visit_id, 409
    context = visit_context(actor=actor, person_id=person_id, leaving_out=amends)
    return form_page(
        request,
        context,
        typed.values,
        op_id=op_id,
        carried=carried and forms.may_carry(context.last_record),
        amends=amends,
        problems=problems if act != "preview" else list(typed.problems),
        standing=standing,
        live=live_panel(request, context, typed),
        status=status,
        draft_form=name,
    )


def _kept_for_later(request: HttpRequest) -> HttpResponse:
    hours = settings.XINQIAO_DRAFT_HOURS
    notes.say(
        request,
        _("草稿已存，还没有保存为随访"),
        kind="info",
        next_text=_("%(n)s 小时内打开这张表就会恢复") % {"n": hours},
    )
    return HttpResponseRedirect(back_to(request))


def _other_problems(request: HttpRequest, typed: forms.Typed) -> list[Problem]:
    """What the rules would say besides, so that everything is named at once."""
    named = {problem.field.split(".")[0] for problem in typed.problems}
    checked = check_record(typed.record, today=request.clock.today())  # type: ignore[attr-defined]
    asked = [problem for problem in checked.problems if forms.applies_to(typed, problem.field.split(".")[0])]
    return [problem for problem in asked if problem.field.split(".")[0] not in named]


def _saved(request: HttpRequest, done: Recorded) -> HttpResponse:
    clock = request.clock  # type: ignore[attr-defined]
    if done.outcome == "unchanged":
        said, undo = _("这次随访已经保存过，没有重复记录"), {}
    else:
        until = (clock.now().timestamp() // 60 + UNDO_MINUTES) * 60
        said = _("更正已保存") if done.outcome == "amended" else _("随访已保存")
        undo = {
            "undo_url": reverse("followup:undo", args=[done.visit_id]),
            "undo_fields": {"reason": _("保存后随即撤销")},
            "undo_until": clock.now().fromtimestamp(until, clock.now().tzinfo).strftime("%H:%M"),
        }
    follows = (
        _("下次应访日 %(day)s") % {"day": date_words(done.next_due_on)}
        if done.next_due_on
        else _("不再安排随访")
    )
    waits = [str(choices.FLAGS[flag]) for flag in ("milder_class", "risk_lowered") if flag in done.flags]
    follows = "；".join([*waits, follows])
    notes.say(
        request,
        said,
        next_text=follows,
        next_label=_("查看这次随访"),
        next_href=reverse("followup:visit", args=[done.visit_id]),
        **undo,
    )
    return HttpResponseRedirect(back_to(request))
