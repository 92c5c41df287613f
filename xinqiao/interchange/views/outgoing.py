"""Visits as a workbook under the template's own headings, for whoever may export and see whole numbers; logged with a purpose."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import Problem
from xinqiao.kernel.periods import read_day
from xinqiao.places.queries import children_of
from xinqiao.web import files, sheets
from xinqiao.web.fields import Field

from ..excel.outgoing import visit_cells, visit_columns
from ..queries.outgoing import MOST_VISITS, Wanted, people_of, visit_records, visits_counted
from .batches import show, who

PURPOSES = ("check", "report", "backup")


def purposes() -> list[tuple[str, str]]:
    """What visits are exported for, as it stands in the read log."""
    return [("check", _("核对与整改")), ("report", _("上报与汇总")), ("backup", _("留存备查"))]


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def visits_out(request: HttpRequest) -> HttpResponse:
    """Choose days and place, then the workbook. Nothing is made inside a messenger, which could not keep it."""
    actor, clock = who(request)
    require(actor, Permission.EXPORT_LIST)
    require(actor, Permission.UNMASK)
    today = clock.today()
    typed = request.POST
    problems: list[Problem] = []
    if request.method == "POST":
        first = _day(typed.get("first", ""), "first", _("起始日期"), problems)
        last = _day(typed.get("last", ""), "last", _("截止日期"), problems)
        place = typed.get("place", "") or actor.place
        if place != actor.place and place not in dict(children_of(actor.place)):
            problems.append(Problem("place", "unknown", _("请从列表中选择乡镇或村"), place))
        if typed.get("purpose", "") not in PURPOSES:
            problems.append(Problem("purpose", "missing", _("请选择“用途”，它会写入每个人的查阅记录")))
        if first and last and first > last:
            words = _("“截止日期”%(last)s 早于“起始日期”%(first)s，请调换") % {"first": first, "last": last}
            problems.append(Problem("last", "order", words, str(last)))
        if not problems and first and last:
            wanted = Wanted(place, first, last)
            count = visits_counted(wanted)
            if 0 < count <= MOST_VISITS:
                return _book(request, wanted, typed["purpose"])
            words = (
                _("这段时间有 %(count)s 次随访，超过一次可导出的 %(most)s 次；请缩短日期或选择乡镇")
                % {"count": count, "most": MOST_VISITS}
                if count
                else _("%(first)s 至 %(last)s 没有随访记录，请改日期") % {"first": first, "last": last}
            )
            problems.append(Problem("first", "count", words, str(first)))
    wrong = {one.field: one.message for one in reversed(problems)}
    asked = {
        "first": typed.get("first", today.replace(month=1, day=1).isoformat()),
        "last": typed.get("last", today.isoformat()),
    }
    fields = {
        "first": Field("first", _("起始日期"), asked["first"], required=True, error=wrong.get("first", "")),
        "last": Field("last", _("截止日期"), asked["last"], required=True, error=wrong.get("last", "")),
        "place": Field(
            "place", _("范围"), typed.get("place", ""), children_of(actor.place), error=wrong.get("place", "")
        ),
        "purpose": Field(
            "purpose",
            _("用途"),
            typed.get("purpose", ""),
            purposes(),
            required=True,
            error=wrong.get("purpose", ""),
        ),
    }
    return show(request, "outgoing", 422 if problems else 200, problems=problems, **fields)


def _day(text: str, name: str, label: str, problems: list[Problem]) -> date | None:
    try:
        return read_day(text.strip())
    except ValueError:
        words = _("“%(label)s”的值“%(value)s”不是日期，应如 2026-03-05") % {
            "label": label,
            "value": text[:20],
        }
        problems.append(Problem(name, "date", words, text[:20]))
        return None


def _book(request: HttpRequest, wanted: Wanted, purpose: str) -> HttpResponse:
    actor, clock = who(request)
    name = _("随访记录") + f"-{wanted.first:%Y%m%d}-{wanted.last:%Y%m%d}.xlsx"
    if files.in_app(request):
        return files.send_file(request, b"", name=name, content_type="")
    people = people_of(wanted)
    audit.read(actor=actor, clock=clock, kind="download", person_ids=people, purpose=f"visits_{purpose}")
    cells = visit_cells()
    rows = ([cell(record) for cell in cells] for record in visit_records(wanted, people))
    body = sheets.workbook(
        [sheets.Sheet(_("随访记录"), visit_columns(), rows, signed=False)],
        made_by=actor.display_name,
        made_at=clock.now(),
    )
    return files.send_file(request, body, name=name, content_type=sheets.CONTENT_TYPE)
