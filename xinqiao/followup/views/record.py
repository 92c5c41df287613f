"""The visit form: what is known beside it, the proposal before saving, one visit however often the button is pressed."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import Conflict, Invalid, PolicyMissing, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.policy import current
from xinqiao.web import notes
from xinqiao.web.formats import date as date_words

from .. import choices, forms
from ..actions import UNDO_MINUTES, AlreadyRecorded, NewVisit, Recorded, record_visits
from ..queries import VisitContext, proposal_for, scheduling_context, visit_context, visit_page
from ..rules import CLASSES, FIELDS, Proposal, check_record, milder_than, needs_confirming
from ..rules.counting import HIGH_RISK


@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Record one visit. `?carry=1` takes over what is no judgement from the last visit; `?form=3` a phone call."""
    if request.method == "POST":
        return _submitted(request, person_id, amends=read_uuid(request.POST.get("amends", "")))
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    context = visit_context(actor=actor, person_id=person_id)
    carried = request.GET.get("carry") == "1" and bool(context.last_record)
    values: dict[str, Any] = {
        "visit_date": clock.today().isoformat(),
        "ending": "1",
        "doctor": actor.display_name,
    }
    if request.GET.get("form") in FIELDS["form"].labels:
        values["form"] = request.GET["form"]
    if carried:
        kept = {key: context.last_record[key] for key in forms.CARRIED if key in context.last_record}
        values = {**{k: v for k, v in forms.values_of(kept).items() if k != "ending"}, **values}
    audit.read(actor=actor, clock=clock, kind="page", person_ids=[person_id], purpose="record_visit")
    return _page(request, context, values, op_id=uuid7(), carried=carried)


@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Correct a visit: the form as it was filled in; saving puts a new version in its place."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    require(actor, Permission.AMEND_VISIT)
    found = visit_page(actor=actor, visit_id=visit_id)
    if request.method == "POST":
        return _submitted(request, found.person.pk, amends=visit_id)
    if found.visit.superseded or found.visit.voided_at is not None:
        raise Conflict(_("这次随访已被更正或撤销，请打开最新的一版"), code="conflict.superseded")
    context = visit_context(actor=actor, person_id=found.person.pk, leaving_out=visit_id)
    audit.read(actor=actor, clock=clock, kind="page", person_ids=[found.person.pk], purpose="amend_visit")
    return _page(request, context, forms.values_of(found.record), op_id=uuid7(), amends=visit_id)


@require_POST
def proposal(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The panel for what is typed so far, as a piece of the page. Saves nothing."""
    context = visit_context(actor=request.actor, person_id=person_id)  # type: ignore[attr-defined]
    typed = forms.read_visit(request.POST)
    return render(request, "followup/_proposal.html", {"live": _live(request, context, typed)})


def _submitted(request: HttpRequest, person_id: UUID, *, amends: UUID | None) -> HttpResponse:
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    typed = forms.read_visit(request.POST)
    op_id = read_uuid(request.POST.get("op_id", "")) or uuid7()
    carried = request.POST.get("carry") == "1"
    problems, standing, status = list(typed.problems), None, 200
    if request.POST.get("act") != "preview":
        try:
            if problems:
                raise Invalid(problems + _other_problems(request, typed))
            new = NewVisit(op_id, person_id, typed.record, amends=amends, risk_reason=typed.risk_reason)
            done = record_visits(
                actor=actor,
                clock=clock,
                batch=[new],
                entry_mode="unchanged" if carried and not amends else "full",
            )[0]
            return _saved(request, done)
        except Invalid as error:
            problems, status = error.problems, 422
        except AlreadyRecorded as error:
            standing, status = error.visit_id, 409
    context = visit_context(actor=actor, person_id=person_id, leaving_out=amends)
    return _page(
        request,
        context,
        typed.values,
        op_id=op_id,
        carried=carried,
        amends=amends,
        problems=problems,
        standing=standing,
        live=_live(request, context, typed),
        status=status,
    )


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


def back_to(request: HttpRequest) -> str:
    """Where the list was left, filters and all."""
    back = request.POST.get("back") or request.GET.get("back") or ""
    if back and url_has_allowed_host_and_scheme(back, {request.get_host()}):
        return back
    return reverse("followup:today")


# ── the panel ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _live(request: HttpRequest, context: VisitContext, typed: forms.Typed) -> dict[str, Any]:
    """What the panel says: the proposal, or what is still missing for one."""
    record = {key: value for key, value in typed.record.items() if key != "due_on"}
    live: dict[str, Any] = {"proposal": None, "missing": [], "clause": "", "chosen": "", "note": ""}
    checked = check_record(record, today=request.clock.today())  # type: ignore[attr-defined]
    if any(problem.field == "visit_date" for problem in checked.problems):
        # a day that cannot be has no next day; in the last month of all years there is none to count to
        checked.clean.pop("visit_date", None)
    try:
        found = proposal_for(context, checked.clean)
    except Invalid as error:
        if typed.values.get("ending") in forms.DECIDES:
            live["missing"] = [FIELDS[forms.DECIDES[typed.values["ending"]]].label]
            return live
        live["missing"] = [FIELDS[p.field].label if p.field in FIELDS else p.message for p in error.problems]
        return live
    except PolicyMissing:
        return live
    chosen = checked.clean.get("visit_class")
    shown: Proposal = found
    if chosen and chosen != found.visit_class:
        milder = milder_than(chosen, found.visit_class)
        live["chosen"] = chosen
        live["note"] = (
            _("轻于建议，须另一人确认，确认前按建议分类计") if milder else _("重于建议，按您选的分类计")
        )
        if not milder:
            shown = proposal_for(context, checked.clean, visit_class=chosen)
    if needs_confirming(checked.clean.get("risk"), context.last_risk):
        # until a second person agrees the level of before counts, and with it the two-week visit
        live["note"] = _("下调危险性须另一人确认，确认前按原等级计")
        shown = proposal_for(context, checked.clean, visit_class="1")
    live |= {
        "proposal": found,
        "due": shown,
        "clause": current().clause(found.clause).text,
        "steps": [step.label for step in shown.actions],
    }
    return live


def _page(
    request: HttpRequest,
    context: VisitContext,
    values: dict[str, Any],
    *,
    op_id: UUID,
    carried: bool = False,
    amends: UUID | None = None,
    problems: list[Problem] | None = None,
    standing: UUID | None = None,
    live: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    fields = forms.visit_fields(values, problems or [], context.last_record)
    last_risk = context.last_risk
    data = {
        "person": context.person,
        "known": context,
        "fields": fields,
        "problems": forms.place(problems or []),
        "op_id": op_id,
        "carried": carried,
        "amends": amends,
        "standing": standing,
        "may_amend": may(actor, Permission.AMEND_VISIT),
        "live": live,
        "rows": {group: forms.drug_rows(fields, group) for group in ("drugs", "drug_advice")},
        "acts": [f"danger_acts.{code.code}" for code in FIELDS["danger_acts"].codes],
        "ask_risk_reason": (last_risk or 0) >= HIGH_RISK or bool(fields["risk_reason"].error),
        "lower_risks": ",".join(str(level) for level in range(last_risk or 5)),
        "last_risk": last_risk,
        "back": back_to(request),
        "bundle": _bundle(context),
        "classes": CLASSES,
    }
    return render(request, "followup/record.html", data, status=status)


def _bundle(context: VisitContext) -> str:
    """What the live panel's script needs, as JSON. `version` tells whether the browser's rules are the ones in force."""
    rules = current()
    known = scheduling_context(context.history)
    body = {
        "version": rules.version,
        "last_risk": context.last_risk,
        "context": {
            "previous_visits": [
                {
                    "visit_date": visit.visit_date.isoformat(),
                    "visit_class": visit.visit_class,
                    "risk": visit.risk,
                    "hospital": "1" if visit.in_hospital else "0",
                    "referred": "2" if visit.referred else "1",
                }
                for visit in known.previous_visits
            ],
            "filed_on": _iso(known.filed_on),
            "transferred_in_on": _iso(known.transferred_in_on),
            "discharged_on": _iso(known.discharged_on),
            "referred_on": _iso(known.referred_on),
            "division": known.division,
        },
        "clauses": {key: clause.text for key, clause in rules.released.clauses.items()},
    }
    return json.dumps(body, ensure_ascii=False).replace("<", "\\u003c")


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
