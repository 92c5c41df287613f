"""办理时限: what runs out when, and one clock."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from xinqiao.accounts.permissions import Permission, may
from xinqiao.audit import actions as audit
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.terms import SHARED_ROLES, Role
from xinqiao.places.queries import workplace
from xinqiao.web.addresses import narrowed
from xinqiao.web.formats import number

from .. import queries
from ..choices import Outcome
from ..inbox import summaries
from ..sources import sources
from .words import POSTS, section_labels, span_words, time_left, took_words


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What this actor has to do by when; filters live in the address."""
    actor, today = request.actor, request.clock.today()  # type: ignore[attr-defined]
    get = request.GET
    asked = queries.Filters(
        section=get.get("section", ""),
        code=get.get("code", "")[:12],
        place=get.get("place", ""),
        whose=get.get("whose", ""),
        after=get.get("after", "")[:60],
    )
    found = queries.inbox(actor=actor, today=today, filters=asked)
    people = {line.seen for line in (*found.lines, *found.elsewhere) if line.seen}
    audit.read(actor=actor, clock=request.clock, kind="list", person_ids=people, purpose="clocks")  # type: ignore[attr-defined]
    words = section_labels()
    tabs = [("", _("全部"), narrowed(request, section=""), found.total)]
    tabs += [
        (key, label, narrowed(request, section=key), found.counts[key])
        for key, label in words.items()
        if found.counts[key] or key in ("overdue", "today", asked.section)
    ]
    kinds = {source.kind: source for source in sources()}
    sections = [
        (key, words[key], rows)
        for key in queries.SECTIONS
        if (rows := [line for line in found.lines if line.section == key])
    ]
    shown = found.counts[asked.section] if asked.section else found.total
    context = {
        "found": found,
        "asked": asked,
        "sections": sections,
        "tabs": tabs,
        "summaries": [] if asked.held or asked.after else summaries(actor, today),
        "count_words": ngettext("%(n)s 项时限", "%(n)s 项时限", shown) % {"n": number(shown)},
        "held": _held(request, asked, found),
        "whose": _whose(actor.role),
        "codes": found.codes,
        "place_words": _("乡镇（街道）") if actor.role is Role.COUNTY_OFFICE else _("村（社区）"),
        "place_name": "" if actor.role in SHARED_ROLES else workplace(actor.place, actor.villages),
        "address": lambda line: kinds[line.kind].page_for(actor, line.subject) if line.kind in kinds else "",
        "left": lambda line: time_left(line.left, line.unit, line.due_on, today),
        "posts": POSTS,
        "next_url": narrowed(request) + f"&after={found.next_key}" if found.next_key else "",
        "may_figures": may(actor, Permission.SEE_FIGURES),
    }
    return render(request, "clocks/inbox.html", context)


def _whose(role: Role) -> list[tuple[str, str]]:
    """The choices of 范围, the first being what an empty value means; none where there is nothing to choose."""
    if role is Role.COUNTY_OFFICE:
        return [("", _("本级承办和报到本级的")), ("mine", _("只看本级承办")), ("all", _("全县"))]
    if role is Role.TOWNSHIP_WORKER:
        return [("", _("本乡镇和各村")), ("mine", _("只看本级承办"))]
    return []


def _held(request: HttpRequest, asked: queries.Filters, found: queries.Inbox) -> list[tuple[str, str]]:
    actor = request.actor  # type: ignore[attr-defined]
    words = {
        "section": section_labels().get(asked.section, ""),
        "code": dict(found.codes).get(asked.code, asked.code),
        "place": dict(found.places).get(asked.place, asked.place),
        "whose": dict(_whose(actor.role)).get(asked.whose, asked.whose),
    }
    return [(words[key], narrowed(request, **{key: ""})) for key in asked.held]


@require_safe
def one_clock(request: HttpRequest, clock_id: UUID) -> HttpResponse:
    """One clock: what started it, how long, who was told when, how it ended."""
    actor, today = request.actor, request.clock.today()  # type: ignore[attr-defined]
    found = queries.one(actor=actor, today=today, clock_id=clock_id)
    if found.seen:
        clock: Clock = request.clock  # type: ignore[attr-defined]
        audit.read(actor=actor, clock=clock, kind="page", person_ids=[found.seen], purpose="clocks")
    context = {
        "found": found,
        "row": found.row,
        "label": queries.label_of(found.row.code, found.row.started_on),
        "outcome": Outcome(found.row.outcome).label,
        "posts": POSTS,
        "left": "" if found.left is None else time_left(found.left, found.row.unit, found.row.due_on, today),
        "late": found.left is not None and found.row.due_on < today,
        "span_words": span_words,
        "took_words": took_words,
    }
    return render(request, "clocks/clock.html", context)
