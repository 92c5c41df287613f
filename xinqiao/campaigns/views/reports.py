"""The report made from the facts: numbers, by place, what was found, who was not met, what is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.places.queries import short_name
from xinqiao.web.files import send_file
from xinqiao.web.formats import moment
from xinqiao.web.papers import render as paper
from xinqiao.web.sheets import CONTENT_TYPE, Column, Sheet, workbook

from .. import queries
from ..choices import Kind, Outcome, State, Unreachable
from ..rules import Tally
from .running import who

#: Lines named in a report; the workbook holds all.
NAMED = 20_000


@dataclass(frozen=True, slots=True)
class Report:
    """What page, paper and workbook say alike. `steps`: question, word for yes, how many, word for no, how many."""

    progress: queries.Progress
    whole: Tally
    steps: list[tuple[str, str, int, str, int]]
    reasons: list[tuple[Any, int]]
    problems: list[queries.Row]
    unmet: list[queries.Row]
    open: list[queries.Row]


def report_of(actor: Actor, campaign_id: UUID) -> Report:
    """The report as far as the actor's place goes."""
    found = queries.progress(actor=actor, campaign_id=campaign_id, limit=NAMED)
    it = found.campaign
    whole = found.whole
    words = dict(Unreachable.choices)
    return Report(
        found,
        whole,
        [
            (
                _(one["ask"]),
                _(one["yes"]),
                whole.yes.get(one["key"], 0),
                _(one["no"]),
                whole.no.get(one["key"], 0),
            )
            for one in it.steps
        ],
        [(words.get(key, key), n) for key, n in sorted(whole.reasons.items(), key=lambda pair: -pair[1])],
        [one for one in found.rows if one.problems],
        [one for one in found.rows if one.outcome == Outcome.UNREACHABLE],
        [one for one in found.rows if one.outcome == Outcome.OPEN],
    )


def _read(request: HttpRequest, campaign_id: UUID, kind: str) -> Report:
    actor, clock = who(request)
    require(actor, Permission.DO_CAMPAIGN if kind == "page" else Permission.EXPORT_LIST)
    found = report_of(actor, campaign_id)
    ids = [one.target.person_id for one in found.progress.rows if one.target.person_id]
    audit.read(actor=actor, clock=clock, kind=kind, person_ids=ids, purpose="campaign")
    return found


@require_GET
def report(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """The report on a page."""
    found = _read(request, campaign_id, "page")
    it = found.progress.campaign
    context = {
        "report": found,
        "it": it,
        "unit": short_name(it.place),
        "kinds": dict(Kind.choices),
        "states": dict(State.choices),
        "reasons": dict(Unreachable.choices),
        "may_export": request.actor.role.value != "village_doctor",  # type: ignore[attr-defined]
    }
    return render(request, "campaigns/report.html", context)


def _sentence(whole: Tally) -> str:
    return _("共 %(total)s，已办 %(done)s，其中随访 %(visited)s；未见到 %(unmet)s，未办 %(open)s") % {
        "total": whole.total,
        "done": whole.done + whole.visited,
        "visited": whole.visited,
        "unmet": whole.unreachable,
        "open": whole.open,
    }


@require_GET
def report_paper(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """The report as PDF."""
    actor, clock = who(request)
    found = _read(request, campaign_id, "print")
    it = found.progress.campaign
    data = {
        "foot": {"by": f"{actor.display_name}（{actor.username}）", "at": moment(clock.now()), "purpose": _("专项行动")},
        "title": it.title,
        "sub": f"{short_name(it.place)}　{it.starts_on} — {it.deadline}　" + str(State(it.state).label),
        "pairs": [
            [_("类别"), str(Kind(it.kind).label)], [_("依据"), it.document], [_("负责人"), it.owner.display_name],
            [_("名单"), it.source],
        ],
        "sentence": _sentence(found.whole),
        "places": [
            [name, str(n.total), str(n.done + n.visited), str(n.unreachable), str(n.open)]
            for _code, name, n in found.progress.places
        ],
        "steps": [[ask, f"{yes} {n}", f"{no} {m}"] for ask, yes, n, no, m in found.steps],
        "reasons": [[str(words), str(n)] for words, n in found.reasons],
        "problems": [[one.name, one.village, "；".join(one.problems), one.target.note] for one in found.problems[:200]],
        "unmet": [
            [one.name, one.village, str(Unreachable(one.target.reason).label), one.target.note] for one in found.unmet[:200]
        ],
        "open": [[one.name, one.village, one.worker, ""] for one in found.open[:200]],
        "conclusion": it.conclusion,
    }  # fmt: skip
    body = paper("campaigns/report.typ", data)
    name = _("行动报告") + f"-{clock.today():%Y%m%d}.pdf"
    return send_file(request, body, name=name, content_type="application/pdf", inline=True)


@require_GET
def report_book(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Every line and the numbers by place as a workbook."""
    actor, clock = who(request)
    found = _read(request, campaign_id, "download")
    it = found.progress.campaign
    words = dict(Outcome.choices)
    numbers = Sheet(
        _("进度"),
        [
            Column("place", _("地区"), width=22), Column("total", _("合计"), "int"), Column("done", _("已办"), "int"),
            Column("visited", _("其中随访"), "int"), Column("unmet", _("未见到"), "int"), Column("open", _("未办"), "int"),
        ],
        [
            (name, n.total, n.done + n.visited, n.visited, n.unreachable, n.open)
            for _code, name, n in found.progress.places
        ],
        heading=it.title,
        notes=[_sentence(found.whole), it.conclusion],
    )  # fmt: skip
    lines = Sheet(
        _("名单"),
        [
            Column("name", _("名称")), Column("village", _("村（社区）"), width=22), Column("worker", _("责任人")),
            Column("outcome", _("结果")), Column("on", _("日期"), "date"),
            *(Column(one["key"], _(one["ask"]), width=16) for one in it.steps),
            Column("reason", _("未见到的原因"), width=18), Column("note", _("说明"), width=36),
        ],
        [
            (
                one.name, one.village, one.worker, str(words[one.outcome]), one.target.happened_on,
                *(_answer(step, one.target.answers) for step in it.steps),
                str(Unreachable(one.target.reason).label) if one.target.reason else "", one.target.note,
            )
            for one in found.progress.rows
        ],
        heading=it.title,
    )  # fmt: skip
    body = workbook([numbers, lines], made_by=actor.display_name, made_at=clock.now())
    name = _("行动报告") + f"-{clock.today():%Y%m%d}.xlsx"
    return send_file(request, body, name=name, content_type=CONTENT_TYPE)


def _answer(step: dict[str, str], answers: dict[str, str]) -> str:
    given = answers.get(step["key"])
    return "" if given is None else _(step["yes"]) if given == "1" else _(step["no"])
