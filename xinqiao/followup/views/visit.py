"""One visit to read and undo, a try without contact, an agreed day."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import Invalid, NotFound, PolicyMissing, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.policy import current
from xinqiao.registry.models import Person
from xinqiao.web import notes
from xinqiao.web.fields import Field
from xinqiao.web.formats import date as date_words
from xinqiao.web.formats import moment

from .. import choices, forms
from ..actions import UNDO_MINUTES, NewAttempt, plan_visit, record_attempt, undo_visit
from ..actions.visits import record_of
from ..models import Visit
from ..queries import VisitPage, preview, visit_page
from ..rules import CLASSES, FIELDS, SECTIONS
from .form_page import back_to
from .record import may_amend


@require_GET
def visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """The whole form as it was filled in, its class with reason and clause, marks, review, versions."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    found = visit_page(actor=actor, visit_id=visit_id)
    audit.read(actor=actor, clock=clock, kind="page", person_ids=[found.person.pk], purpose="visit")
    shown = found.visit
    age = clock.now() - shown.recorded_at
    undoable = (
        shown.recorded_by == actor.user_id
        and shown.voided_at is None
        and not shown.superseded
        and age.total_seconds() <= UNDO_MINUTES * 60
    )
    context = {
        "found": found,
        "visit": shown,
        "sections": sections_of(found.record),
        "facts": _facts(found),
        "differences": _differences(found.versions),
        "timing": choices.TIMING.get(shown.timing, ""),
        "flags": [choices.FLAGS.get(code, code) for code in shown.flags],
        "undoable": undoable,
        "undo_minutes": UNDO_MINUTES,
        "undo_seconds": max(0, UNDO_MINUTES * 60 - int(age.total_seconds())),
        "undo_reasons": [_("记错了人"), _("日期或形式填错"), _("重复记录")],
        "may_amend": may_amend(request, shown),
        "may_review": may(actor, Permission.REVIEW_VISIT),
    }
    return render(request, "followup/visit.html", context)


def _facts(found: VisitPage) -> list[tuple[str, Any]]:
    """Where the class comes from, what counts, when it was due and by whom it was entered; only what there is."""
    shown = found.visit
    mode = dict(choices.EntryMode.choices).get(shown.entry_mode, "")
    review = str(choices.REVIEW.get(shown.review_status, ""))
    counted = CLASSES.get(shown.counted_class, "") if shown.counted_class != shown.visit_class else ""
    level = "" if shown.counted_risk == shown.risk else _("%(n)s 级") % {"n": shown.counted_risk}
    pairs = [
        (_("分类由来"), choices.CLASS_SOURCE.get(shown.class_source, "") if shown.visit_class else ""),
        (_("依据"), shown.class_reason),
        (_("条款"), clause_text(shown.class_clause)),
        (_("选用理由"), shown.class_note),
        (_("目前计为"), "、".join(part for part in (_(counted) if counted else "", level) if part)),
        (_("本次应访日"), date_words(found.due.due_on) if found.due else ""),
        (_("下次应访日"), date_words(shown.due_on) if shown.due_on else ""),
        (_("审核"), f"{review}：{shown.review_reason}" if shown.review_reason else review),
        (_("录入"), f"{found.who(shown.recorded_by)} {moment(shown.recorded_at)} · {mode}"),
    ]
    return [(label, words) for label, words in pairs if words]


def sections_of(record: dict[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Title of each section with its answered items in words, in the order of the form."""
    found = []
    for key, title in SECTIONS:
        pairs = [
            (_(item.label), forms.in_words(item.key, record[item.key]))
            for item in FIELDS.values()
            if item.section == key and item.key in record and item.key != "due_on"
        ]
        if pairs:
            found.append((_(title), pairs))
    return found


def clause_text(clause_id: str) -> str:
    """Our words of a clause; empty when there is none."""
    try:
        return current().clause(clause_id).text if clause_id else ""
    except PolicyMissing:
        return ""


def _differences(versions: list[Visit]) -> list[tuple[Visit, list[tuple[str, str, str]]]]:
    """Each later version with what it changed: label, before, after."""
    found = []
    for newer, older in pairwise(versions):
        new, old = record_of(newer), record_of(older)
        changed = [
            (
                _(item.label),
                forms.in_words(key, old[key]) if key in old else "",
                forms.in_words(key, new[key]) if key in new else "",
            )
            for key, item in FIELDS.items()
            if old.get(key) != new.get(key) and key != "due_on"
        ]
        found.append((newer, changed))
    return found


@require_POST
def undo(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Take one's own visit back; back to the form so that it can be done right."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    reason = request.POST.get("reason", "") or request.POST.get("other_reason", "")
    person_id = undo_visit(actor=actor, clock=clock, visit_id=visit_id, reason=reason)
    notes.say(
        request,
        _("随访已撤销，原记录留存备查"),
        next_label=_("重新记录"),
        next_href=reverse("followup:record", args=[person_id]),
    )
    return HttpResponseRedirect(back_to(request))


@require_http_methods(["GET", "POST"])
def attempt(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Whom to call, and one tap for what came of it. Shows whole numbers, and the read log says so."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    require(actor, Permission.RECORD_ATTEMPT)
    values = {"happened_on": clock.today().isoformat(), "form": "3", "op_id": str(uuid7())}
    problems: list[Problem] = []
    if request.method == "POST":
        values |= {
            key: request.POST.get(key, "").strip() for key in ("happened_on", "form", "outcome", "note")
        }
        values["op_id"] = request.POST.get("op_id", "") or values["op_id"]
        try:
            day = forms.read_date(values["happened_on"])
            if isinstance(day, str):
                text = _("“日期”的值“%(value)s”无效，应为日期，如 2026-11-21") % {"value": day[:20]}
                raise Invalid([Problem("happened_on", "wrong_value", text, day[:20])])
            record_attempt(
                actor=actor,
                clock=clock,
                attempt=NewAttempt(
                    read_uuid(values["op_id"]) or uuid7(),
                    person_id,
                    day,
                    values["form"],
                    values.get("outcome", ""),
                    values.get("note", ""),
                ),
            )
            said = choices.AttemptOutcome(values["outcome"]).label
            notes.say(request, _("已记下：%(what)s") % {"what": said}, next_text=_("这不算随访，仍在名单上"))
            return HttpResponseRedirect(back_to(request))
        except Invalid as error:
            problems = error.problems
    found = preview(actor=actor, person_id=person_id)
    audit.read(actor=actor, clock=clock, kind="unmask", person_ids=[person_id], purpose="call")
    wrong = {problem.field: problem.message for problem in problems}
    fields = {
        "happened_on": Field(
            "happened_on", _("日期"), values["happened_on"], required=True, error=wrong.get("happened_on", "")
        ),
        "note": Field("note", _("说明"), values.get("note", ""), error=wrong.get("note", ""), maxlength=200),
    }
    context = {
        "found": found,
        "fields": fields,
        "problems": problems,
        "op_id": values["op_id"],
        "back": back_to(request),
        "outcomes": dict(choices.AttemptOutcome.choices),
        "calling": choices.CALLING,
        "at_the_door": choices.AT_THE_DOOR,
        "forms": FIELDS["form"].labels,
    }
    return render(request, "followup/attempt.html", context, status=422 if problems else 200)


@require_POST
def plan(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Set the agreed day of the next visit."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    require(actor, Permission.RECORD_VISIT)
    if not Person.objects.filter(pk=person_id).exists():
        raise NotFound()
    text = request.POST.get("planned_on", "")
    day = forms.read_date(text)
    if isinstance(day, str):
        words = _("“计划随访日期”的值“%(value)s”无效，应为日期，如 2026-11-21") % {"value": text[:20]}
        raise Invalid([Problem("planned_on", "wrong_value", words, text[:20])])
    plan_visit(
        actor=actor,
        clock=clock,
        person_id=person_id,
        planned_on=day,
        reason=request.POST.get("planned_reason", ""),
    )
    notes.say(request, _("计划随访日期已保存"), next_text=_("应访日不变，按规则计算"))
    return HttpResponseRedirect(back_to(request))
