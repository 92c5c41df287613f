"""How many visits were entered elsewhere in time, by place and month."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.codes import county_of
from xinqiao.kernel.periods import add_months, day_or_none
from xinqiao.web.addresses import narrowed
from xinqiao.web.files import send_file
from xinqiao.web.sheets import CONTENT_TYPE, Column, Sheet, workbook

from .. import queries
from ..queries.platforms import setting_of
from .common import show, who
from .entering import file_day, filters_of


def _span(request: HttpRequest, today: date) -> tuple[date, date]:
    last = day_or_none(request.GET.get("to", "")) or today
    first = day_or_none(request.GET.get("from", "")) or add_months(today.replace(day=1), -5)
    return (first, last) if first <= last else (last, first)


def _timely(request: HttpRequest) -> dict[str, Any]:
    actor, clock = who(request)
    filters = filters_of(request)
    first, last = _span(request, clock.today())
    by_place, by_month, whole = queries.timeliness(
        actor=actor, today=clock.today(), first=first, last=last, platform=filters.platform
    )
    return {
        "by_place": by_place,
        "by_month": by_month,
        "whole": whole,
        "first": first,
        "last": last,
        "filters": filters,
        "platforms": queries.platforms_of(setting_of(county_of(actor.place))),
    }


def rate(part: int, base: int) -> Any:
    """In per cent with two decimals, None without a base."""
    from decimal import Decimal

    return (Decimal(part) * 100 / Decimal(base)).quantize(Decimal("0.01")) if base else None


@require_safe
def timely(request: HttpRequest) -> HttpResponse:
    """How many visits were entered in time, by place and month."""
    context = _timely(request)
    return show(request, "timeliness", rate=rate, link=lambda **c: narrowed(request, **c), **context)


@require_safe
def timely_book(request: HttpRequest) -> HttpResponse:
    """The same as a workbook."""
    actor, clock = who(request)
    found = _timely(request)
    require(actor, Permission.EXPORT_LIST)
    columns = [
        Column("what", _("单位"), width=20),
        Column("total", _("随访"), "int"),
        Column("in_time", _("按时录入"), "int"),
        Column("late", _("逾期录入"), "int"),
        Column("overdue", _("超期未录"), "int"),
        Column("waiting", _("未到期待录"), "int"),
        Column("rate", _("按时录入率(%)"), "percent", 14),
    ]

    def line(words: str, one: Any) -> tuple[Any, ...]:
        return (
            words, one.total, one.in_time, one.late, one.overdue, one.waiting, rate(one.in_time, one.judged),
        )  # fmt: skip

    note = _("按时录入率 = 按时录入 ÷（按时录入 + 逾期录入 + 超期未录）；随访日期 %(first)s 至 %(last)s") % {
        "first": found["first"],
        "last": found["last"],
    }
    body = workbook(
        [
            Sheet(
                _("按单位"),
                columns,
                [
                    *(line(name, one) for _code, name, one in found["by_place"]),
                    line(_("合计"), found["whole"]),
                ],
                heading=_("录入及时性"),
                notes=[note],
            ),
            Sheet(
                _("按月"),
                [Column("what", _("月份")), *columns[1:]],
                [line(month, one) for month, one in found["by_month"]],
                heading=_("录入及时性"),
                notes=[note],
            ),
        ],
        made_by=actor.display_name,
        made_at=clock.now(),
    )
    return send_file(
        request,
        body,
        name=_("录入及时性-%(day)s.xlsx") % {"day": file_day(clock.today())},
        content_type=CONTENT_TYPE,
    )
