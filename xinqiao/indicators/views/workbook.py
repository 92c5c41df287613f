"""The table of a place as a workbook: the places below it, every figure in every variant, and the trend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xinqiao.kernel.actor import Actor
from xinqiao.web import sheets
from xinqiao.web.files import send_file

from .. import queries
from ..declarations import catalogue
from ..engines.sql import NOW
from ..rates import Figure
from ..targets import targets_for
from .asked import COLUMNS, MAIN, Asked, asked_of, said


@require_GET
def workbook(request: HttpRequest) -> HttpResponse:
    """No names of people are in it: numbers of places."""
    asked = asked_of(request)
    table = queries.table(actor=asked.actor, code=asked.code, on=asked.on, borders=asked.borders)
    body = sheets.workbook(
        [_places(asked, table), _every(asked, table), _trend(asked)],
        made_by=asked.actor.display_name,
        made_at=request.clock.now(),  # type: ignore[attr-defined]
    )
    name = f"统计-{asked.code or 'own'}-{asked.on:%Y%m%d}.xlsx"
    return send_file(request, body, name=name, content_type=sheets.CONTENT_TYPE)


def _heading(asked: Asked, name: str) -> str:
    now = " · " + _("按现在的区划") if asked.borders == NOW else ""
    return f"{name} · " + _("截至") + f" {asked.on.isoformat()}{now}"


def _places(asked: Asked, table: queries.Table) -> sheets.Sheet:
    declared = catalogue()
    columns = [sheets.Column("name", _("地区"), width=16), sheets.Column("code", _("区划代码"), width=15)]
    for key in COLUMNS:
        measure = declared.measures[key]
        if measure.is_rate:
            columns += [
                sheets.Column(f"{key}.n", (f"{said(measure)}·" + _("分子")), "int"),
                sheets.Column(f"{key}.d", (f"{said(measure)}·" + _("分母")), "int"),
            ]
        columns.append(sheets.Column(key, said(measure), "percent" if measure.unit == "%" else "int"))

    def rows() -> Iterator[list[Any]]:
        for place in (*table.children, table.whole):
            row: list[Any] = [place.name, "" if place.own else place.code]
            for key in COLUMNS:
                one = place.leading(key)
                row += [one.numerator, one.denominator, one.value] if one.measure.is_rate else [one.value]
            yield row

    notes = [f"{said(declared.measures[key])}：{said(table.whole.leading(key).variant)}" for key in COLUMNS]
    return sheets.Sheet(_("各地区"), columns, rows(), _heading(asked, table.whole.name), notes)


def _every(asked: Asked, table: queries.Table) -> sheets.Sheet:
    targets = targets_for(asked.code, asked.on)
    columns = [
        sheets.Column("label", _("指标"), width=24),
        sheets.Column("variant", _("口径"), width=40),
        sheets.Column("leads", _("现行")),
        sheets.Column("n", _("分子"), "int"),
        sheets.Column("d", _("分母"), "int"),
        sheets.Column("value", _("数值"), "decimal"),
        sheets.Column("unit", _("单位"), width=6),
        sheets.Column("target", _("目标"), "decimal"),
        sheets.Column("gap", _("还差人数"), "int"),
        sheets.Column("source", _("出处"), width=30),
    ]

    def row(one: Figure) -> list[Any]:
        target = targets.get(one.measure.key) if one.leads else None
        return [
            said(one.measure),
            said(one.variant),
            _("是") if one.leads else "",
            one.numerator,
            one.denominator,
            one.value,
            one.measure.unit,
            target.aim if target else None,
            target.gap(one) if target else None,
            one.measure.source,
        ]

    rows = (row(one) for made in table.whole.figures.values() for one in made)
    return sheets.Sheet(_("全部指标"), columns, rows, _heading(asked, table.whole.name))


def _trend(asked: Asked) -> sheets.Sheet:
    actor: Actor = asked.actor
    made = queries.trend(actor=actor, code=asked.code, on=asked.on, keys=MAIN)
    measures = catalogue().measures
    columns = [sheets.Column("on", _("截至"), "date")]
    columns += [sheets.Column(key, said(measures[key]), "percent") for key in MAIN]
    rows = ([day, *(made.values[key][n].value for key in MAIN)] for n, day in enumerate(made.days))
    return sheets.Sheet(_("近十二个月"), columns, rows, notes=[_("按现在的记录重算，与当时报出的数可能不同")])
