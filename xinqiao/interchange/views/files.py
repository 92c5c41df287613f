"""Workbooks to take away: the blank template and the list of problems."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import NotFound
from xinqiao.web.files import send_file

from .. import queries
from ..choices import BatchState
from ..excel.problem_book import MOST, problem_book
from ..excel.template import blank_template
from .batches import find_batch, who

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def problems_book(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The first 5,000 problems as a workbook."""
    found = find_batch(request, batch_id)
    if found.state != BatchState.CHECKED:
        raise NotFound()
    actor, clock = who(request)
    lines = [
        (line.sheet, str(line.number), line.letters, line.heading, line.typed, line.message)
        for line in queries.all_lines(found, MOST)
    ]
    more = max(0, queries.problem_count(found) - len(lines)) if len(lines) == MOST else 0
    audit.record(
        actor=actor,
        clock=clock,
        action="import_problems",
        object_type="import",
        object_id=found.pk,
        place=actor.place,
        detail={"problems": len(lines)},
    )
    answers = queries.answer_sheets(found, MOST)
    day = clock.today().strftime("%Y%m%d")
    return send_file(
        request,
        problem_book(lines, more=more, answers=answers),
        name=_("导入问题-%(day)s.xlsx") % {"day": day},
        content_type=WORKBOOK,
    )


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The blank workbook."""
    require(who(request)[0], Permission.IMPORT_REGISTER)
    return send_file(request, blank_template(), name=_("导入模板.xlsx"), content_type=WORKBOOK)
