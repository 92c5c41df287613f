"""The page of the visit form: what is known beside it, what the panel says, and what the panel's script needs."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, may
from xinqiao.kernel.errors import Invalid, PolicyMissing, Problem
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.words import term, told
from xinqiao.policy import current
from xinqiao.policy.policies import PolicySet

from .. import forms
from ..actions.drafts import Kept
from ..queries import VisitContext, precautions_of, proposal_for, scheduling_context
from ..rules import CLASSES, FIELDS, Proposal, check_record, milder_than, needs_confirming
from ..rules.counting import HIGH_RISK
from .precautions import precaution_words


def back_to(request: HttpRequest) -> str:
    """Where the list was left, filters and all."""
    back = request.POST.get("back") or request.GET.get("back") or ""
    if back and url_has_allowed_host_and_scheme(back, {request.get_host()}):
        return back
    return reverse("followup:today")


def live_panel(request: HttpRequest, context: VisitContext, typed: forms.Typed) -> dict[str, Any]:
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
            live["missing"] = [term(FIELDS[forms.DECIDES[typed.values["ending"]]].label)]
            return live
        live["missing"] = [
            term(FIELDS[p.field].label) if p.field in FIELDS else p.message for p in error.problems
        ]
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


def form_page(
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
    draft: Kept | None = None,
    draft_form: str = "visit",
    returned: str = "",
) -> HttpResponse:
    """`carried`: the quick form, which asks every judgement and shows the rest as of last time. `draft`: what was brought
    back. Problems of a control that the quick form hides open it."""
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
        "draft": draft,
        "may_carry": not carried and forms.may_carry(context.last_record),
        "returned": returned,
        "draft_form": draft_form,
        "draft_seen": draft.revision if draft else request.POST.get("draft_seen", "0"),
        "tab": request.POST.get("tab") or uuid7(),
        "amend_reason": values.get("amend_reason", ""),
        "precautions": precaution_words(precautions_of(context, today=request.clock.today())),  # type: ignore[attr-defined]
        "emergency": reverse("followup:emergency", args=[context.person.pk]),
    }
    if not carried:
        return render(request, "followup/record.html", data, status=status)
    shown = set(forms.ASKED_QUICKLY)
    data["carried_words"] = forms.carried_words(values, context.last_record)
    data["open"] = [key for key in forms.open_after_carrying(context.last_record) if key not in shown]
    hidden = set(forms.CARRIED) | set(forms.CARRIED_WHEN_NOTHING)
    data["unfold"] = any(problem.field.split(".")[0] in hidden for problem in problems or [])
    return render(request, "followup/quick.html", data, status=status)


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
        "clauses": {key: told(clause.text) for key, clause in rules.released.clauses.items()},
    }
    if get_language() != settings.LANGUAGE_CODE:
        body["words"] = _dictionary(rules)
    return json.dumps(body, ensure_ascii=False).replace("<", "\\u003c")


def _dictionary(rules: PolicySet) -> dict[str, str]:
    """What the script can say, Chinese to the language in use: its own words, labels, reasons and steps."""
    said = {"周一", "周二", "周三", "周四", "周五", "周六", "周日", "还差：%(items)s", " 等 %(n)s 项", "、", "不再安排",
            "轻于建议，须另一人确认，确认前按建议分类计", "重于建议，按您选的分类计", "下调危险性须另一人确认，确认前按原等级计",
            "失访或死亡，不作分类", "目前正在住院，临床项目未填全，不作分类"}  # fmt: skip
    said |= {field.label for field in FIELDS.values()}
    for thing in ("followup/classification", "followup/actions"):
        for row in rules.rows(thing):
            said |= {line["reason"] for line in row.raw["rows"]}
    return {text: _(text) for text in sorted(said)}


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
