"""The pages of import: choose a file, see what is wrong, commit, receipt. Leaving and coming back continues."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid
from xinqiao.places.queries import short_names
from xinqiao.registry.models import Person
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions, queries, tasks
from ..actions.stage import limits
from ..choices import BatchState, Outcome, RowKind
from ..excel.gate import refuse, too_large
from ..layout import Layout
from ..models import Batch, Row
from ..progress import Progress

#: Rows that are checked or committed at once, within the request.
AT_ONCE = 300
#: Rows that may be worked on within a request when no background worker is there.
WITHOUT_WORKER = 5_000
WORKING = (BatchState.UPLOADED, BatchState.CHECKING, BatchState.COMMITTING)


def who(request: HttpRequest) -> tuple[Actor, Clock]:
    return request.actor, request.clock  # type: ignore[attr-defined]


def find_batch(request: HttpRequest, batch_id: UUID) -> Batch:
    """The batch: not there or not yours first, then the permission."""
    found = queries.batch_of(batch_id)
    require(who(request)[0], Permission.IMPORT_REGISTER)
    return found


def show(request: HttpRequest, name: str, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, f"interchange/{name}.html", context, status=status)


def to_batch(batch_id: UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("interchange:batch", args=[batch_id]))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The form to bring a file, and the office's earlier imports."""
    require(who(request)[0], Permission.IMPORT_REGISTER)
    return _home(request, [])


def _home(request: HttpRequest, problems: list[Any], status: int = 200) -> HttpResponse:
    file = Field(
        "file",
        _("工作簿"),
        required=True,
        error=problems[0].message if problems else "",
        hint=_(
            "Excel 工作簿（.xlsx，也可用 .xls、.ods 或 .csv），不超过 %(size)s MB、%(rows)s 行。名册和随访可以在同一个文件的不同工作表里。"
        )
        % {"size": limits().file_bytes // 1024 // 1024, "rows": f"{limits().rows:,}"},
    )
    return show(request, "home", status, batches=queries.recent(), file=file, problems=problems)


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Stage the file and set the check going. A refused file comes back with its one sentence."""
    actor, clock = who(request)
    require(actor, Permission.IMPORT_REGISTER)
    given = request.FILES.get("file")
    try:
        if given is None:
            raise refuse("missing", _("请先选择要导入的工作簿。"))
        if (given.size or 0) > limits().file_bytes:
            # Said before the bytes are gathered in memory.
            raise too_large(given.size or 0, limits())
        made = actions.bring_workbook(actor=actor, clock=clock, data=given.read(), name=given.name or "")
    except Invalid as error:
        return _home(request, error.problems, 422)
    finally:
        if given is not None:
            given.close()
    total = Row.objects.filter(batch=made).count()
    actions.start_check(actor=actor, clock=clock, batch_id=made.pk)
    _set_going(request, made.pk, "check", total, at_once=total <= AT_ONCE)
    return to_batch(made.pk)


def _set_going(request: HttpRequest, batch_id: UUID, what: str, total: int, *, at_once: bool) -> None:
    """Now, or by the background worker once this request's transaction is through."""
    actor, clock = who(request)
    if at_once:
        work = actions.run_check if what == "check" else actions.run_commit
        work(actor=actor, clock=clock, batch_id=batch_id)
        return
    with Progress(batch_id, "waiting", total):
        pass
    task = tasks.check if what == "check" else tasks.commit
    # Started twice, the second finds the first one's lock on the batch, or its work done, and leaves.
    task.defer(batch_id=str(batch_id), user_id=str(actor.user_id))


@require_safe
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Where the import stands, whichever step it is at."""
    found = find_batch(request, batch_id)
    if found.state in WORKING:
        return show(request, "working", **_working(found))
    if found.state == BatchState.CHECKED:
        return show(request, "checked", **_checked(found))
    if found.state == BatchState.DONE:
        return show(request, "done", **_done(request, found))
    return show(request, "ended", batch=found)


def _working(found: Batch) -> dict[str, Any]:
    standing = queries.standing_of(found)
    total = standing.total or Row.objects.filter(batch=found).count()
    return {
        "batch": found,
        "standing": standing,
        "total": total,
        "step": 3 if found.state == BatchState.COMMITTING else 2,
        "may_run_here": total <= WITHOUT_WORKER,
    }


def _checked(found: Batch) -> dict[str, Any]:
    flags = queries.groups(found, flags=True)
    return {
        "batch": found,
        "layout": Layout.load(found.layout),
        "groups": queries.groups(found) if found.problem_rows else [],
        "flags": flags,
        "alike": queries.alike_lines(found) if any(group.code == "alike" for group in flags) else [],
        "summary": _summary(found),
        "before": queries.same_file(found),
        "skipped": sum(each.get(Outcome.SKIPPED, 0) for each in found.counts.values()),
        "differing": found.counts.get(RowKind.VISIT, {}).get(Outcome.CHANGED, 0),
    }


def _summary(found: Batch) -> list[tuple[Any, dict[str, int]]]:
    columns = ("total", "new", "changed", "unchanged", "repeated", "skipped", "problem", "hidden")
    return [
        (kind.label, {name: found.counts[kind].get(name, 0) for name in columns})
        for kind in RowKind
        if kind.value in found.counts
    ]


def _done(request: HttpRequest, found: Batch) -> dict[str, Any]:
    actor, clock = who(request)
    lists = []
    for outcome, words in ((Outcome.NEW, _("新增的患者")), (Outcome.CHANGED, _("有变更的患者"))):
        ids = queries.people_of(found, outcome)
        people = {person.pk: person for person in Person.objects.filter(pk__in=ids)}
        lists.append(
            (
                words,
                found.counts.get("person", {}).get(outcome, 0),
                [people[pk] for pk in ids if pk in people],
            )
        )
        audit.read(actor=actor, clock=clock, kind="list", person_ids=people, purpose="import_receipt")
    places = short_names({person.managing_code for _words, _n, people in lists for person in people})
    return {"batch": found, "summary": _summary(found), "lists": lists, "places": places}


@require_safe
def progress(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The moving part of the working page; asks for the whole page again when the work is over."""
    found = find_batch(request, batch_id)
    if found.state not in WORKING:
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return to_batch(batch_id)
    return show(request, "_progress", **_working(found))


@require_POST
def check(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Check (again); `here` runs it within this request when no worker is there."""
    found = find_batch(request, batch_id)
    return _begin(request, found, "check", Row.objects.filter(batch=found))


@require_POST
def commit(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Commit. A second press finds the first one's work and shows it."""
    found = find_batch(request, batch_id)
    return _begin(request, found, "commit", Row.objects.filter(batch=found, skipped=False))


def _begin(request: HttpRequest, found: Batch, what: str, rows: QuerySet[Row]) -> HttpResponse:
    """Start one of the two steps, or go on with one that lost its worker; once under way a press only shows it."""
    actor, clock = who(request)
    start, under_way = {
        "check": (actions.start_check, BatchState.CHECKING),
        "commit": (actions.start_commit, BatchState.COMMITTING),
    }[what]
    total = rows.count()
    here = bool(request.POST.get("here")) and total <= WITHOUT_WORKER
    started = start(actor=actor, clock=clock, batch_id=found.pk)
    if started or (found.state == under_way and (here or queries.standing_of(found).stuck)):
        _set_going(request, found.pk, what, total, at_once=here or total <= AT_ONCE)
    return to_batch(found.pk)


@require_POST
def abandon(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Give the batch up."""
    find_batch(request, batch_id)
    actor, clock = who(request)
    actions.abandon(actor=actor, clock=clock, batch_id=batch_id)
    notes.say(request, _("已放弃这批导入，上传的内容已清除"))
    return HttpResponseRedirect(reverse("interchange:home"))
