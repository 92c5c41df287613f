"""Bringing an exported list, saying what its columns mean, and what the comparison found."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.permissions import Permission, require
from xinqiao.interchange.actions.stage import limits
from xinqiao.interchange.excel.gate import refuse, too_large
from xinqiao.interchange.models import Progress as Told
from xinqiao.interchange.progress import Progress
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.periods import day_or_none
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions, queries, tasks
from ..choices import FIELDS, ComparisonState
from ..compare.columns import MEANINGS
from .common import show, who

#: Rows that are compared within the request.
AT_ONCE = 1_000
#: Rows that may be compared within a request when no background worker is there.
WITHOUT_WORKER = 20_000


@require_safe
def comparisons(request: HttpRequest) -> HttpResponse:
    """The form to bring a list, and earlier comparisons."""
    require(who(request)[0], Permission.COMPARE_NATIONAL)
    return _home(request, [])


def _home(request: HttpRequest, problems: list[Problem], status: int = 200) -> HttpResponse:
    _actor, clock = who(request)
    wrong = {problem.field: problem.message for problem in problems}
    return show(
        request,
        "comparisons",
        status,
        problems=problems,
        rows=queries.recent(),
        file=Field(
            "file",
            _("国网导出的名单"),
            required=True,
            error=wrong.get("file", ""),
            hint=_("从国网导出的患者列表（.xlsx、.xls、.ods 或 .csv）；列名和顺序不限，下一步确认"),
        ),
        as_of=Field(
            "as_of",
            _("导出日期"),
            request.POST.get("as_of") or clock.today().isoformat(),
            required=True,
            error=wrong.get("as_of", ""),
            hint=_("末次随访等按这一天的情况比对"),
        ),
    )


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Stage the list; a refused file comes back with its one sentence."""
    actor, clock = who(request)
    require(actor, Permission.COMPARE_NATIONAL)
    given = request.FILES.get("file")
    try:
        as_of = day_or_none(request.POST.get("as_of", ""))
        if as_of is None:
            raise Invalid([Problem("as_of", "wrong_value", _("导出日期应写成 2026-03-05 这样的日期"))])
        if given is None:
            raise refuse("missing", _("请先选择国网导出的名单。"))
        if (given.size or 0) > limits().file_bytes:
            raise too_large(given.size or 0, limits())
        found = actions.bring_export(actor=actor, clock=clock, data=given.read(), as_of=as_of)
    except Invalid as error:
        return _home(request, error.problems, 422)
    finally:
        if given is not None:
            given.close()
    return HttpResponseRedirect(reverse("national:columns", args=[found.pk]))


@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, comparison_id: UUID) -> HttpResponse:
    """What each column means: guessed, corrected, remembered. Then the comparison starts."""
    actor, clock = who(request)
    found = queries.comparison_of(comparison_id, actor=actor)
    if found.state not in (ComparisonState.MAPPING, ComparisonState.FAILED):
        return HttpResponseRedirect(reverse("national:comparison", args=[found.pk]))
    layout = json.loads(found.layout)
    meanings = layout["meanings"]
    problems: list[Problem] = []
    if request.method == "POST":
        meanings = [request.POST.get(f"column-{n}", "") for n in range(1, len(layout["headings"]) + 1)]
        try:
            actions.choose_columns(actor=actor, clock=clock, comparison_id=found.pk, meanings=meanings)
            _set_going(request, found.pk, found.rows)
            return HttpResponseRedirect(reverse("national:comparison", args=[found.pk]))
        except Invalid as error:
            problems = error.problems
    wrong = {problem.field: problem.message for problem in problems}
    return show(
        request,
        "columns",
        422 if problems else 200,
        comparison=found,
        layout=layout,
        problems=problems,
        columns=[
            (
                Field(
                    f"column-{n}",
                    heading,
                    meanings[n - 1],
                    list(MEANINGS.items()),
                    error=wrong.get(f"column-{n}", ""),
                ),
                [row[n - 1] for row in layout["examples"] if row[n - 1].strip()],
            )
            for n, heading in enumerate(layout["headings"], start=1)
        ],
    )


def _set_going(request: HttpRequest, comparison_id: UUID, rows: int) -> None:
    actor, clock = who(request)
    if rows <= AT_ONCE:
        tasks.run(actor=actor, clock=clock, comparison_id=comparison_id)
        return
    with Progress(comparison_id, "waiting", rows):
        pass
    tasks.compare.defer(comparison_id=str(comparison_id), user_id=str(actor.user_id))


@require_http_methods(["GET", "POST"])
def comparison(request: HttpRequest, comparison_id: UUID) -> HttpResponse:
    """Where a comparison stands, and what it found. A POST runs it here when nobody else does."""
    actor, clock = who(request)
    found = queries.comparison_of(comparison_id, actor=actor)
    if request.method == "POST" and found.state == ComparisonState.COMPARING and found.rows <= WITHOUT_WORKER:
        tasks.run(actor=actor, clock=clock, comparison_id=found.pk)
        return HttpResponseRedirect(reverse("national:comparison", args=[found.pk]))
    if found.state == ComparisonState.MAPPING:
        return HttpResponseRedirect(reverse("national:columns", args=[found.pk]))
    context: dict[str, Any] = {"comparison": found}
    if found.state == ComparisonState.COMPARING:
        context["told"] = Told.objects.filter(pk=found.pk).first()
        context["may_run_here"] = found.rows <= WITHOUT_WORKER
    if found.state == ComparisonState.DONE:
        places, whole = queries.counts_by_place(actor=actor, today=clock.today())
        context |= {
            "places": places,
            "whole": whole,
            "fields": [
                (FIELDS.get(key, key), n, key) for key, n in found.counts.get("fields", {}).items() if n
            ],
        }
    return show(request, "comparison", **context)


@require_POST
def abandon(request: HttpRequest, comparison_id: UUID) -> HttpResponse:
    """Give up a comparison."""
    actor, clock = who(request)
    queries.comparison_of(comparison_id, actor=actor)
    actions.abandon_comparison(actor=actor, clock=clock, comparison_id=comparison_id)
    notes.say(request, _("这次比对已放弃，上传的内容已清除"))
    return HttpResponseRedirect(reverse("national:comparisons"))
