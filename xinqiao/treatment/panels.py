"""Exams on a person's page, and their entries of the timeline."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from xinqiao.accounts.permissions import Permission, may
from xinqiao.registry.models import Person
from xinqiao.web.panels import Item, Panel

from .choices import PARTS
from .models import Exam
from .queries import Exams, exams_of
from .rules import FIELDS
from .rules.findings import is_high_or_low

_KEY = "_exams_of"


def _known(request: HttpRequest, person: Person) -> Exams:
    """Read once per request."""
    kept: Exams | None = getattr(request, _KEY, None)
    if kept is None:
        kept = exams_of(actor=request.actor, person_id=person.pk)  # type: ignore[attr-defined]
        setattr(request, _KEY, kept)
    return kept


def results_of(exam: Exam, sex: str) -> list[tuple[str, str, str]]:
    """(label, result in words, mark ↑ ↓ or 异常) of what was measured, in the order of the form."""
    values = {key: getattr(exam, key) for key in FIELDS if hasattr(exam, key)}
    found = []
    for asked in FIELDS.values():
        value = values.get(asked.key)
        if not asked.part or value in (None, ""):
            continue
        if asked.kind == "single":
            note = values.get(f"{asked.key}_note") or ""
            words = _(asked.labels.get(value, value)) + (f"：{note}" if note else "")
            found.append((_(asked.label), words, _("异常") if value == "2" else ""))
        else:
            words = f"{value} {asked.unit}"
            if asked.key == "glucose" and exam.glucose_kind:
                words += f"（{_(FIELDS['glucose_kind'].labels[exam.glucose_kind])}）"
            found.append((_(asked.label), words, is_high_or_low(asked.key, sex, values)))
    return found


def _panel(request: HttpRequest, person: Person) -> str:
    actor = request.actor  # type: ignore[attr-defined]
    exams = _known(request, person)
    context: dict[str, Any] = {
        "person": person,
        "exams": exams,
        "year": request.clock.today().year,  # type: ignore[attr-defined]
        "results_of": lambda exam: results_of(exam, person.sex),
        "parts": {key: _(label) for key, label in PARTS.items()},
        "fields": FIELDS,
        "may_record": may(actor, Permission.RECORD_VISIT),
        "may_change": lambda fact: (
            fact.voided_at is None
            and (fact.recorded_by == actor.user_id or may(actor, Permission.AMEND_VISIT))
            and may(actor, Permission.RECORD_VISIT)
        ),
    }
    return render_to_string("treatment/panels/exams.html", context, request=request)


def _timeline(request: HttpRequest, person: Person) -> Iterable[Item]:
    exams = _known(request, person)
    for exam in exams.taken:
        if exam.voided_at is None:
            abnormal = _("、").join(_(PARTS[one]) for one in exam.abnormal)
            title = (
                _("健康体检")
                + "　"
                + (_("异常：%(what)s") % {"what": abnormal} if abnormal else _("未见异常"))
            )
            body = Markup("<br>").join(
                f"{label} {words} {mark}" for label, words, mark in results_of(exam, person.sex)
            )
            yield Item(exam.happened_on, title, kind="warning" if abnormal else "", by=exam.org, body=body)
    for refusal in exams.refused:
        if refusal.voided_at is None:
            reason = _(FIELDS["refused_reason"].labels.get(refusal.refused_reason, ""))
            yield Item(
                refusal.happened_on,
                _("未体检：%(why)s") % {"why": reason},
                kind="empty",
                body=refusal.refused_note,
            )


PANELS = [Panel("exams", gettext_lazy("健康体检"), 35, Permission.VIEW_RECORDS, _panel)]
TIMELINE = [_timeline]
