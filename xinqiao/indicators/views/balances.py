"""在册人数变动核对表: the page, the people behind a number, the workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xinqiao.accounts.permissions import Permission, may
from xinqiao.audit.actions import read
from xinqiao.kernel.errors import NotFound
from xinqiao.places.queries import names_of
from xinqiao.web import sheets
from xinqiao.web.files import send_file

from .. import queries
from ..declarations import EARLIEST, catalogue
from ..queries.balances import SIGNS
from .asked import Asked, asked_of

PLUS = [key for key, sign in SIGNS.items() if sign > 0]
MINUS = [key for key, sign in SIGNS.items() if sign < 0]
COLUMNS = ["opening", *PLUS, *MINUS, "closing"]


def _month(request: HttpRequest, today: date) -> tuple[date, str]:
    """First day of the month asked for (last month's when nothing is asked), and what was wrong with it."""
    typed = request.GET.get("month", "").strip()
    if not typed:
        return today.replace(day=1), ""
    found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", typed)
    first = date(int(found[1]), int(found[2]), 1) if found and int(found[1]) else None
    if first is None or not EARLIEST <= first <= today:
        return today.replace(day=1), _("月份应在 %(first)s 至本月之间，写成 2026-11 的样子；先按本月核对") % {
            "first": f"{EARLIEST:%Y-%m}"
        }
    return first, ""


def _asked(request: HttpRequest) -> tuple[Asked, date, str, date]:
    asked = asked_of(request)
    today: date = request.clock.today()  # type: ignore[attr-defined]
    month, problem = _month(request, today)
    return asked, month, problem, today


@require_GET
def balance(request: HttpRequest) -> HttpResponse:
    """The table of a place and the places below it in one month."""
    asked, month, problem, today = _asked(request)
    made = queries.balance(actor=asked.actor, code=asked.code, month=month, today=today)
    return render(
        request,
        "indicators/balance.html",
        {
            "asked": asked,
            "problem": problem,
            "made": made,
            "month": month,
            "months": queries.months_back(today),
            "plus": PLUS,
            "minus": MINUS,
            "columns": COLUMNS,
            "labels": {key: queries.label(key) for key in [*COLUMNS, "difference"]},
            "used": [
                key for key in SIGNS if made.whole.columns[key] or any(c.columns[key] for c in made.children)
            ],
            "trail": queries.trail(asked.actor, asked.code),
            "running": made.to == today,
            "variant": catalogue().measures["registered"].variants[0].key,
            "query": {"place": asked.code, "month": f"{month:%Y-%m}"},
            "may_open": may(asked.actor, Permission.OPEN_FIGURE),
        },
    )


@require_GET
def balance_people(request: HttpRequest) -> HttpResponse:
    """The people behind one number; every look is written down."""
    asked, month, _problem, today = _asked(request)
    column = request.GET.get("column", COLUMNS[1])
    found = queries.behind_balance(
        actor=asked.actor, code=asked.code, month=month, today=today, column=column
    )
    read(
        actor=asked.actor,
        clock=request.clock,  # type: ignore[attr-defined]
        kind="figure",
        person_ids=[row.id for row in found.rows],
        purpose=f"balance.{column}",
    )
    names = names_of([asked.code]) if asked.code else {}
    return render(
        request,
        "indicators/balance_people.html",
        {
            "asked": asked,
            "found": found,
            "month": month,
            "column": queries.label(column),
            "between": column.startswith(("moved", "border")),
            "place": names.get(asked.code, _("本人负责的村")),
            "query": {"place": asked.code, "month": f"{month:%Y-%m}"},
        },
    )


@require_GET
def balance_workbook(request: HttpRequest) -> HttpResponse:
    """The table as a workbook: numbers of places, no names of people."""
    asked, month, problem, today = _asked(request)
    if problem:
        raise NotFound()
    made = queries.balance(actor=asked.actor, code=asked.code, month=month, today=today)
    columns = [sheets.Column("name", _("地区"), width=16), sheets.Column("code", _("区划代码"), width=15)]
    columns += [sheets.Column(key, queries.label(key), "int") for key in [*COLUMNS, "difference"]]

    def rows() -> Iterator[list[Any]]:
        for row in (*made.children, made.whole):
            numbers = [row.columns[key] for key in SIGNS]
            yield [row.name, "" if row.own else row.code, row.opening, *numbers, row.closing, row.difference]

    heading = f"{made.whole.name} · " + _("在册人数变动核对表") + f" · {month:%Y-%m}"
    notes = [fault.sentence for fault in made.faults] or [_("各行平衡，下级合计与本级一致，转出与转入一致")]
    body = sheets.workbook(
        [sheets.Sheet(_("核对表"), columns, rows(), heading, notes)],
        made_by=asked.actor.display_name,
        made_at=request.clock.now(),  # type: ignore[attr-defined]
    )
    name = f"在册人数变动核对表-{asked.code or 'own'}-{month:%Y%m}.xlsx"
    return send_file(request, body, name=name, content_type=sheets.CONTENT_TYPE)
