"""Batch entry of signed paper forms: choose the pile, type form after form by number keys, see what was saved."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from xinqiao.audit import actions as audit
from xinqiao.followup import choices as visit_choices
from xinqiao.followup.actions import AlreadyRecorded
from xinqiao.followup.rules import FIELDS
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.places import queries as places
from xinqiao.policy import current
from xinqiao.web import notes

from .. import actions, rules
from ..actions.entry import read_form
from ..choices import RowState
from ..models import PileRow
from ..queries import entry
from .common import who
from .piles import typed_people

ENDINGS = [("1", _lazy("访到")), ("2", _lazy("失访")), ("3", _lazy("死亡")), ("4", _lazy("目前住院"))]
RISKS = (
    _lazy("无"),
    _lazy("口头威胁"),
    _lazy("在家打砸，劝得住"),
    _lazy("打砸，劝不住"),
    _lazy("持续打砸，含自伤自杀"),
    _lazy("持械、纵火、爆炸"),
)
#: Short labels that fit above a box; the rest are the labels of the form.
SHORT = {
    "visit_date": _lazy("随访日期"),
    "form": _lazy("形式"),
    "targets": _lazy("对象"),
    "ending": _lazy("结果"),
    "risk": _lazy("危险性"),
    "symptoms": _lazy("症状"),
    "symptom_severity": _lazy("症状程度"),
    "sleep": _lazy("睡眠"),
    "diet": _lazy("饮食"),
    "soc_selfcare": _lazy("生活料理"),
    "soc_housework": _lazy("家务"),
    "soc_work": _lazy("生产劳动"),
    "soc_study": _lazy("学习"),
    "soc_interpersonal": _lazy("交往"),
    "danger": _lazy("危险行为"),
    "locked": _lazy("关锁"),
    "hospital": _lazy("住院"),
    "lab": _lazy("化验"),
    "adherence": _lazy("依从性"),
    "adr": _lazy("不良反应"),
    "adr_severity": _lazy("反应程度"),
    "adr_acute": _lazy("急性反应"),
    "physical_severity": _lazy("躯体疾病"),
    "effect": _lazy("效果"),
    "refer_suggest": _lazy("建议转诊"),
    "referred": _lazy("已转诊"),
    "drugs": _lazy("用药"),
    "rehab": _lazy("康复"),
    "visit_class": _lazy("纸面分类"),
    "planned_on": _lazy("下次日期"),
    "planned_reason": _lazy("推迟理由"),
    "doctor": _lazy("医生签名"),
    "risk_reason": _lazy("下调理由"),
    "class_reason": _lazy("分类理由"),
}


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a form on the page."""

    key: rules.Key
    id: str
    label: str
    codes: list[tuple[str, str]]
    value: str
    error: str
    last: str

    @property
    def legend(self) -> str:
        """The printed codes in words, as the strip at the foot shows them."""
        return "　".join(f"{code} {words}" for code, words in self.codes)


# ── typing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@require_safe
def pile(request: HttpRequest, pile_id: UUID) -> HttpResponse:
    """The forms of a pile, thirty at a time, and how far it is."""
    actor, clock = who(request)
    found = entry.find_pile(actor=actor, pile_id=pile_id)
    rows = list(PileRow.objects.filter(pile=found).order_by("position"))
    after = request.GET.get("after", "")
    first = int(after) if re.fullmatch(r"[0-9]{1,3}", after) else 0
    shown = [row for row in rows if row.position > first][: entry.PAGE]
    sheets = entry.sheets_of(actor=actor, rows=shown)
    audit.read(
        actor=actor,
        clock=clock,
        kind="list",
        person_ids=[sheet.person.pk for sheet in sheets],
        purpose="batch_entry",
    )
    last = shown[-1].position if shown else first
    cards = [
        _card(request, sheet, _problems(request, sheet) if sheet.row.state == RowState.PROBLEM else [])
        for sheet in sheets
    ]
    went = dict(entry.who_may_have_gone(actor=actor)).get(str(found.visited_by), "")
    context = {
        "pile": found,
        "place": places.short_name(found.place),
        "went": went,
        "cards": cards,
        "counts": _counts(rows),
        "total": len(rows),
        "next_url": f"?after={last}" if rows and last < rows[-1].position else "",
        "first_url": request.path if first else "",
        "keys": rules.KEYS,
        "legend": [
            (str(SHORT.get(key.name, "")) or _(FIELDS[key.name].label), _codes(key))
            for key in rules.KEYS
            if _codes(key)
        ],
        "version": current().version,
        "rest": _left(actor, rows),
    }
    return render(request, "papers/pile.html", context)


def _counts(rows: list[PileRow]) -> dict[str, int]:
    return {state.value: sum(row.state == state for row in rows) for state in RowState}


def _left(actor: Actor, rows: list[PileRow]) -> list[Any]:
    """Saved visits that want a second look: what waits for another person, and what was marked."""
    saved = [row for row in rows if row.state == RowState.SAVED]
    watched = {
        "milder_class",
        "risk_lowered",
        "lost_to_verify",
        "zero_risk",
        "before_filing",
        "after_death",
        "propose_3",
        "propose_4",
        "provisional_risk",
    }
    return [
        (sheet, [str(visit_choices.FLAGS[flag]) for flag in sheet.visit.flags if flag in watched])
        for sheet in entry.sheets_of(actor=actor, rows=saved, clinical=False)
        if sheet.visit and watched & set(sheet.visit.flags)
    ]


@require_POST
def row(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """Save one form: the card again (for the script), or back to the pile. What was typed is kept either way."""
    actor, clock = who(request)
    found = entry.find_row(actor=actor, row_id=row_id)
    typed = {key.name: request.POST.get(key.name, "") for key in rules.KEYS}
    problems: list[Problem] = []
    standing: UUID | None = None
    if found.state != RowState.SAVED:
        try:
            actions.save_form(actor=actor, clock=clock, row_id=row_id, typed=typed)
        except Invalid as error:
            problems = error.problems
        except AlreadyRecorded as error:
            standing = error.visit_id
            problems = [
                Problem("visit_date", "exists", _("当天已有一次同样形式的随访，内容不同；请核对日期或形式"))
            ]
        except Conflict as error:
            problems = [Problem("visit_date", error.code, str(error))]
        if problems:
            actions.mark_problem(actor=actor, clock=clock, row_id=row_id, typed=typed)
    if request.headers.get("X-Card") != "1":
        address = reverse("papers:pile", args=[found.pile_id])
        first = max(0, (found.position - 1) // entry.PAGE * entry.PAGE)
        at = found.position if problems else found.position + 1
        return HttpResponseRedirect(f"{address}?after={first}#form-{at}" if first else f"{address}#form-{at}")
    return _card_answer(request, row_id, problems, standing)


@require_POST
def draft(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """Keep what is typed so far."""
    actor, clock = who(request)
    typed = {key.name: request.POST.get(key.name, "") for key in rules.KEYS}
    actions.keep_typed(actor=actor, clock=clock, row_id=row_id, typed=typed)
    return HttpResponse(status=204)


@require_POST
def undo(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """Take one saved visit back and open its form again."""
    actor, clock = who(request)
    found = actions.undo_form(actor=actor, clock=clock, row_id=row_id)
    if request.headers.get("X-Card") == "1":
        return _card_answer(request, row_id, [], None)
    notes.say(request, _("已撤销，表又打开了"))
    first = max(0, (found.position - 1) // entry.PAGE * entry.PAGE)
    return HttpResponseRedirect(
        reverse("papers:pile", args=[found.pile_id]) + (f"?after={first}" if first else "")
    )


@require_POST
def add(request: HttpRequest, pile_id: UUID) -> HttpResponse:
    """More forms: of the numbers typed or scanned."""
    actor, clock = who(request)
    entry.find_pile(actor=actor, pile_id=pile_id)
    address = reverse("papers:pile", args=[pile_id])
    try:
        found = typed_people(actor, request.POST.get("lines", ""))
        made = actions.add_forms(actor=actor, clock=clock, pile_id=pile_id, people=found)
    except Invalid as error:
        for problem in error.problems[:5]:
            notes.say(request, problem.message, kind="error")
        return HttpResponseRedirect(address)
    if not made:
        return HttpResponseRedirect(address)
    first = (made[0].position - 1) // entry.PAGE * entry.PAGE
    return HttpResponseRedirect(f"{address}?after={first}#form-{made[0].position}")


@require_POST
def finish(request: HttpRequest, pile_id: UUID) -> HttpResponse:
    """Close the pile and show its summary."""
    actor, clock = who(request)
    actions.finish_pile(actor=actor, clock=clock, pile_id=pile_id)
    return HttpResponseRedirect(reverse("papers:pile-summary", args=[pile_id]))


@require_safe
def summary(request: HttpRequest, pile_id: UUID) -> HttpResponse:
    """What came of the pile: saved, to look at, not typed."""
    actor, clock = who(request)
    found = entry.find_pile(actor=actor, pile_id=pile_id)
    rows = list(PileRow.objects.filter(pile=found).order_by("position"))
    sheets = entry.sheets_of(actor=actor, rows=rows, clinical=False)
    audit.read(
        actor=actor,
        clock=clock,
        kind="list",
        person_ids=[sheet.person.pk for sheet in sheets],
        purpose="batch_entry",
    )
    context = {
        "pile": found,
        "place": places.short_name(found.place),
        "sheets": sheets,
        "counts": _counts(rows),
        "left": {sheet.row.pk: words for sheet, words in _left(actor, rows)},
        "states": dict(RowState.choices),
    }
    return render(request, "papers/summary.html", context)


def _card_answer(
    request: HttpRequest, row_id: UUID, problems: list[Problem], standing: UUID | None
) -> HttpResponse:
    actor, _clock = who(request)
    sheet = entry.sheets_of(actor=actor, rows=[entry.find_row(actor=actor, row_id=row_id)])[0]
    context = {"card": _card(request, sheet, problems, standing)}
    return render(request, "papers/_card.html", context, status=422 if problems else 200)


def _problems(request: HttpRequest, sheet: entry.Sheet) -> list[Problem]:
    """The problems of a form that was refused before, worked out again from what was typed."""
    _actor, clock = who(request)
    typed = {"doctor": sheet.row.pile.doctor, **sheet.answers}
    return read_form(typed, month=sheet.row.pile.month, today=clock.today(), whole=True).problems


def _codes(key: rules.Key) -> list[tuple[str, str]]:
    if key.name == "ending":
        return [(code, str(words)) for code, words in ENDINGS]
    if key.name == "danger":
        return [("0", _("无")), *((c.code, _(c.label)) for c in FIELDS["danger_acts"].codes)]
    if key.name == "risk":
        return [(str(level), str(words)) for level, words in enumerate(RISKS)]
    field = FIELDS.get(key.name)
    if field is None or key.kind in ("text", "drugs", "date"):
        return []
    if field.kind == "bool":
        return [("0", _("否")), ("1", _("是"))]
    return [(code.code, _(code.label)) for code in field.codes]


def _card(
    request: HttpRequest, sheet: entry.Sheet, problems: list[Problem], standing: UUID | None = None
) -> dict[str, Any]:
    """Everything the template of one form is given."""
    wrong: dict[str, str] = {}
    other = []
    for problem in problems:
        if problem.field in rules.NAMES:
            wrong.setdefault(problem.field, problem.message)
        else:
            other.append(problem.message)
    last = entry.last_boxes(sheet) if sheet.context else {}
    words = rules.boxes_of(sheet.last)
    boxes = [
        Box(
            key,
            f"k-{sheet.row.position}-{key.name}",
            str(SHORT.get(key.name, "")) or _(FIELDS[key.name].label),
            _codes(key),
            sheet.answers.get(key.name, ""),
            wrong.get(key.name, ""),
            words.get(key.name, "") if key.kind in ("one", "drugs") and key.carried else "",
        )
        for key in rules.KEYS
    ]
    return {
        "sheet": sheet,
        "row": sheet.row,
        "person": sheet.person,
        "boxes": boxes,
        "problems": problems,
        "other": other,
        "standing": standing,
        "last": json.dumps(last, ensure_ascii=False),
        "known": json.dumps({"context": sheet.context, "last_risk": sheet.last_risk}, ensure_ascii=False),
        "typed": json.dumps(sheet.answers, ensure_ascii=False),
        "saved": sheet.row.state == RowState.SAVED,
        "flags": [str(visit_choices.FLAGS.get(flag, flag)) for flag in sheet.visit.flags]
        if sheet.visit
        else [],
    }
