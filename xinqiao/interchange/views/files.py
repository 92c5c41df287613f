"""Workbooks to take away: the blank template and the list of problems."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import NotFound
from xinqiao.web.files import send_file
from xinqiao.web.formats import moment
from xinqiao.web.sheets import Column, Sheet, workbook

from .. import queries
from ..choices import BatchState
from ..excel.problem_book import MOST, problem_book
from ..excel.template import blank_template
from ..models import Batch
from .batches import find_batch, who

_COUNTED = (
    ("total", gettext_noop("行数")),
    ("new", gettext_noop("新增")),
    ("changed", gettext_noop("有变更")),
    ("unchanged", gettext_noop("无变化")),
    ("repeated", gettext_noop("文件内重复")),
    ("skipped", gettext_noop("跳过")),
    ("problem", gettext_noop("有问题")),
)
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
def history_book(request: HttpRequest) -> HttpResponse:
    """The office's imports as a workbook: numbers only."""
    actor, clock = who(request)
    require(actor, Permission.IMPORT_REGISTER)
    columns = [
        Column("label", _("导入"), width=34),
        Column("state", _("状态")),
        Column("at", _("完成时间"), width=18),
        *(Column(key, _(label), "int") for key, label in _COUNTED),
    ]
    rows = []
    for batch in Batch.objects.order_by("-created_at")[:MOST]:
        said = batch.counts.values()
        numbers = [sum(each.get(key, 0) for each in said) for key, _label in _COUNTED]
        done = moment(batch.committed_at) if batch.committed_at else ""
        rows.append((batch.label, str(batch.get_state_display()), done, *numbers))
    body = workbook(
        [Sheet(_("导入记录"), columns, rows, heading=_("导入记录"))],
        made_by=actor.display_name,
        made_at=clock.now(),
    )
    name = _("导入记录-%(day)s.xlsx") % {"day": clock.today().strftime("%Y%m%d")}
    return send_file(request, body, name=name, content_type=WORKBOOK)


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The blank workbook."""
    require(who(request)[0], Permission.IMPORT_REGISTER)
    return send_file(request, blank_template(), name=_("导入模板.xlsx"), content_type=WORKBOOK)
