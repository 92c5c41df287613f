"""Review by the direct-report user: the queue, one visit whole beside the one before, passing several together."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.web import notes

from .. import choices, forms
from ..actions import review_visits
from ..actions.reviews import PASSED
from ..queries import chosen_for_review, review_page, review_queue
from ..rules import FIELDS, SECTIONS


def mark_words(codes: list[str]) -> list[str]:
    """What is conspicuous, in words."""
    return [str(choices.MARKS.get(code) or choices.FLAGS.get(code, code)) for code in codes]


@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    """What waits, village doctors' visits first."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    queue = review_queue(actor=actor, clock=clock)
    people = [row.visit.person_id for row in queue.rows]
    audit.read(actor=actor, clock=clock, kind="list", person_ids=people, purpose="review")
    context = {"queue": queue, "words": mark_words, "forms": FIELDS["form"].labels}
    return render(request, "followup/reviews.html", context)


@require_GET
def review(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """One visit whole, with what changed since the one before."""
    return _page(request, visit_id)


def _page(
    request: HttpRequest, visit_id: UUID, *, problems: list[Problem] | None = None, reason: str = ""
) -> HttpResponse:
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    found = review_page(actor=actor, clock=clock, visit_id=visit_id)
    audit.read(actor=actor, clock=clock, kind="page", person_ids=[found.visit.person_id], purpose="review")
    context: dict[str, Any] = {
        "found": found,
        "visit": found.visit,
        "sections": _sections(found.record, found.last_record),
        "marks": mark_words(found.marks),
        "review": choices.REVIEW,
        "mode": dict(choices.EntryMode.choices).get(found.visit.entry_mode, ""),
        "problems": problems or [],
        "reason": reason,
        "reasons": [
            _("用药与病情不符，请核对"),
            _("评估与描述不符，请核对"),
            _("有漏填或笔误"),
            _("随访日期请核对"),
        ],
    }
    return render(request, "followup/review.html", context, status=422 if problems else 200)


def _sections(record: dict[str, Any], last: dict[str, Any]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Title and (label, answer, former answer when it differs) of every answered item."""
    found = []
    for key, title in SECTIONS:
        rows = []
        for item in FIELDS.values():
            if item.section != key or item.key not in record or item.key in ("due_on", "visit_date"):
                continue
            now = forms.in_words(item.key, record[item.key])
            before = forms.in_words(item.key, last[item.key]) if item.key in last else ""
            rows.append((_(item.label), now, before if last and before != now else ""))
        if rows:
            found.append((_(title), rows))
    return found


@require_POST
def decide(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Pass or return one; on to the next."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    decision = request.POST.get("decision", "")
    reason = request.POST.get("reason", "").strip() or request.POST.get("ready_reason", "").strip()
    try:
        review_visits(actor=actor, clock=clock, visit_ids=[visit_id], decision=decision, reason=reason)
    except Invalid as error:
        return _page(request, visit_id, problems=error.problems, reason=reason)
    said = _("已通过") if decision == PASSED else _("已退回，记录人会在今日页看到理由")
    following = read_uuid(request.POST.get("following", ""))
    notes.say(
        request, said, next_label=_("看刚才那次"), next_href=reverse("followup:review", args=[visit_id])
    )
    if following:
        return HttpResponseRedirect(reverse("followup:review", args=[following]))
    return HttpResponseRedirect(reverse("followup:reviews"))


@require_POST
def pass_together(request: HttpRequest) -> HttpResponse:
    """The ticked visits as a list to look through; passed when the list is confirmed."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    require(actor, Permission.REVIEW_VISIT)
    ids = [found for found in map(read_uuid, request.POST.getlist("visit")[:200]) if found]
    if not ids:
        raise Invalid([Problem("visit", "missing", _("还没有选择要通过的随访"))])
    if request.POST.get("act") == "pass":
        number = review_visits(actor=actor, clock=clock, visit_ids=ids, decision=PASSED)
        notes.say(request, ngettext("已通过 %(n)s 次随访", "已通过 %(n)s 次随访", number) % {"n": number})
        return HttpResponseRedirect(reverse("followup:reviews"))
    rows = [row for row in chosen_for_review(actor=actor, clock=clock, visit_ids=ids) if row.may]
    people = [row.visit.person_id for row in rows]
    audit.read(actor=actor, clock=clock, kind="list", person_ids=people, purpose="review")
    return render(
        request,
        "followup/review_together.html",
        {"rows": rows, "words": mark_words, "forms": FIELDS["form"].labels},
    )
