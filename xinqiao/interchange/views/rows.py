"""Rows that are not right yet: listed by what is wrong, put right, skipped and taken back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.ids import read_uuid
from xinqiao.web import notes

from .. import actions, queries
from ..choices import BatchState, Outcome, RowKind
from ..layout import Layout
from ..models import Batch, Row
from .batches import find_batch, show, to_batch, who


@require_GET
def problems(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Rows with one kind of problem, each to be put right or left out."""
    found = find_batch(request, batch_id)
    if found.state != BatchState.CHECKED:
        return to_batch(batch_id)
    code, name = request.GET.get("code", ""), request.GET.get("field", "")
    after = request.GET.get("after", "0")
    lines = queries.lines_of(
        found,
        code,
        name,
        after=int(after) if after.isdecimal() and len(after) < 9 else 0,
        limit=queries.PAGE + 1,
    )
    if not lines:
        return to_batch(batch_id)
    next_url = ""
    if len(lines) > queries.PAGE:
        query = QueryDict(mutable=True)
        query.update({"code": code, "field": name, "after": str(lines[queries.PAGE - 1].position)})
        next_url = "?" + query.urlencode()
    here = next((g for g in queries.groups(found) if (g.code, g.field) == (code, name)), None)
    return show(
        request,
        "problems",
        batch=found,
        lines=lines[: queries.PAGE],
        group=here
        or queries.Group(code, name, queries.title_of(code, name, Layout.load(found.layout)), len(lines)),
        next_url=next_url,
        here=request.get_full_path(),
    )


@require_POST
def fix(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """One cell typed anew."""
    find_batch(request, batch_id)
    actor, clock = who(request)
    row = actions.fix_cell(
        actor=actor,
        clock=clock,
        batch_id=batch_id,
        row_id=_row_id(request.POST.get("row", "")),
        column=request.POST.get("column", ""),
        typed=request.POST.get("typed", ""),
    )
    if row.outcome == Outcome.PROBLEM:
        notes.say(request, _("第 %(row)s 行已改，还有问题要处理") % {"row": row.number}, kind="warning")
    else:
        notes.say(request, _("第 %(row)s 行已改正") % {"row": row.number})
    return _back(request, batch_id)


@require_POST
def skip(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """One row, all rows with one kind of problem, or all differing visits left out; or one row taken back."""
    found = find_batch(request, batch_id)
    actor, clock = who(request)
    if request.POST.get("row"):
        ids = [_row_id(request.POST["row"])]
    elif request.POST.get("back"):
        return _take_back(request, found)
    elif request.POST.get("differing"):
        rows = Row.objects.filter(batch=found, kind=RowKind.VISIT, outcome=Outcome.CHANGED, skipped=False)
        ids = list(rows.values_list("id", flat=True)[:5_000])
    else:
        ids = actions.rows_of_group(batch_id, request.POST.get("code", ""), request.POST.get("field", ""))
    count = actions.skip_rows(actor=actor, clock=clock, batch_id=batch_id, row_ids=ids)
    notes.say(request, _("已跳过 %(count)s 行，不会导入") % {"count": count})
    return _back(request, batch_id)


def _take_back(request: HttpRequest, found: Batch) -> HttpResponse:
    """Every row that was left out is in again, and judged again."""
    actor, clock = who(request)
    rows = Row.objects.filter(batch=found, skipped=True).values_list("id", flat=True)[:5_000]
    count = actions.skip_rows(actor=actor, clock=clock, batch_id=found.pk, row_ids=list(rows), skip=False)
    notes.say(request, _("%(count)s 行不再跳过") % {"count": count})
    return to_batch(found.pk)


def _row_id(text: str) -> UUID:
    found = read_uuid(text)
    if found is None:
        raise NotFound()
    return found


def _back(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """To the list of problems it came from, which leads on to the batch once it is empty."""
    code, name = request.POST.get("code", ""), request.POST.get("field", "")
    if not code:
        return to_batch(batch_id)
    query = QueryDict(mutable=True)
    query.update({"code": code, "field": name})
    address = reverse("interchange:problems", args=[batch_id])
    return HttpResponseRedirect(f"{address}?{query.urlencode()}")
