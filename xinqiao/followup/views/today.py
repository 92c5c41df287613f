"""The day's list, with a preview of one person beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET
from markupsafe import Markup

from xinqiao.accounts.permissions import Permission, may
from xinqiao.audit import actions as audit
from xinqiao.kernel.codes import ancestors
from xinqiao.kernel.terms import Role
from xinqiao.policy import current
from xinqiao.web.addresses import narrowed

from .. import forms
from ..choices import AttemptOutcome
from ..queries import Filters, Note, Row, Worklist, own_notes, preview, worklist
from ..queries.worklist import SECTIONS
from ..rules import tries
from .precautions import precaution_words


def section_labels() -> dict[str, str]:
    """The sections in their order, in words."""
    words = [_("超期"), _("今天"), _("本周"), _("未住院的病情不稳定患者")]
    return dict(zip(SECTIONS, words, strict=True))


def flags_of(row: Row, today: date) -> list[tuple[str, str]]:
    """What to know before leaving, as (words, kind)."""
    found: list[tuple[str, str]] = []
    lines = precaution_words(row.precautions(current(), today))
    found.extend((what, "warning") for what, _why in lines)
    found.extend((why, "why") for _what, why in lines[:1])
    if row.adherence == "3":
        found.append((_("上次不服药"), "warning"))
    elif row.adherence == "2":
        found.append((_("上次间断用药"), ""))
    if row.attempts:
        words = _("未访到 %(n)s 次") % {"n": row.attempts}
        many = tries.enough(
            row.attempts, policies=current(), on=today, ancestors=ancestors(row.managing_code)
        )
        found.append((words + _("，") + _("待核失访"), "warning") if many else (words, ""))
    if row.in_hospital:
        found.append((_("住院中"), ""))
    if row.pending:
        found.append((_("待确认"), ""))
    if row.class_source == "imported":
        found.append((_("未复算"), ""))
    return found


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Whom to see: overdue, due, coming, unstable at home; riskiest first. Filters live in the address."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    asked = Filters(
        place=request.GET.get("place", ""),
        section=request.GET.get("section", ""),
        visit_class=request.GET.get("class", ""),
        name=request.GET.get("q", "").strip()[:40],
        after=request.GET.get("after", "")[:60],
    )
    whole = request.GET.get("whole") == "1"
    if whole:
        asked = replace(asked, after="")
    found = worklist(actor=actor, today=clock.today(), filters=asked, whole=whole)
    audit.read(
        actor=actor,
        clock=clock,
        kind="print" if whole else "list",
        person_ids=[row.person_id for row in found.rows],
        purpose="worklist",
    )
    labels = section_labels()
    query = request.GET.copy()
    query.pop("after", None)
    back = request.path + (f"?{query.urlencode()}" if query else "")
    held = [(_("姓名含 %(name)s") % {"name": asked.name}, _without(request, "q"))] if asked.name else []
    beside: Callable[[HttpRequest, str], Markup] = import_string(settings.XINQIAO_BESIDE_TODAY)
    context = {
        "found": found,
        "asked": asked,
        "labels": labels,
        "sections": [(key, labels[key], found.section(key)) for key in SECTIONS if found.section(key)],
        "tabs": [
            ("", _("全部"), narrowed(request, section=""), found.due),
            *(
                (
                    key,
                    label,
                    narrowed(request, section=key),
                    found.unstable if key == "unstable" else found.counts[key],
                )
                for key, label in labels.items()
            ),
        ],
        "back_query": "?" + urlencode({"back": back}),
        "whole": whole,
        "beside": beside(request, asked.place if asked.place in dict(found.places) else ""),
        "count_words": _count_words(found, asked.section),
        "flags_of": lambda row: flags_of(row, found.today),
        "notes": _own(own_notes(actor=actor, clock=clock)),
        "held": held,
        "next_url": narrowed(request, after=found.next_key) if found.next_key else "",
        "place_word": _("村") if actor.role is not Role.COUNTY_OFFICE else _("乡镇"),
        "may_confirm": may(actor, Permission.CONFIRM_CLASS),
        "waiting": found.confirmations,
    }
    return render(request, "followup/today.html", context)


@require_GET
def preview_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person at a glance, as a piece of the list's page."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    found = preview(actor=actor, person_id=person_id)
    audit.read(actor=actor, clock=clock, kind="page", person_ids=[person_id], purpose="worklist")
    words = [
        (forms.FIELDS[key].label, forms.in_words(key, found.last_record[key]))
        for key in ("form", "symptoms", "insight", "adherence", "drugs", "adr", "effect")
        if key in found.last_record
    ]
    context: dict[str, Any] = {
        "found": found,
        "words": words,
        "outcomes": dict(AttemptOutcome.choices),
        "back": request.GET.get("back", reverse("followup:today")),
    }
    return render(request, "followup/_preview.html", context)


def _own(waiting: list[Note]) -> list[dict[str, Any]]:
    """Returned visits and drafts of one's own, each with the address where it goes on."""
    found: list[dict[str, Any]] = []
    for one in waiting:
        amending = one.kind == "returned" or one.text != "visit"
        name = "followup:amend" if amending else "followup:record"
        found.append({"note": one, "href": reverse(name, args=[one.key])})
    return found


def _count_words(found: Worklist, section: str) -> str:
    """How many people the list holds; who is unstable at home is watched beside those who are due."""
    if section:
        number = found.unstable if section == "unstable" else found.counts[section]
        return ngettext("共 %(n)s 人", "共 %(n)s 人", number) % {"n": number}
    words = ngettext("应访 %(n)s 人", "应访 %(n)s 人", found.due) % {"n": found.due}
    also = found.counts["unstable"]
    if also:
        more = ngettext(
            "另有未住院的病情不稳定患者 %(n)s 人", "另有未住院的病情不稳定患者 %(n)s 人", also
        ) % {"n": also}
        words = _("，").join((words, more))
    return words


def _without(request: HttpRequest, key: str) -> str:
    return narrowed(request, **{key: ""})
