"""给外部门的统计: counts by township for other departments, small numbers left out, and the file they get."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xinqiao.audit.actions import record, register_actions
from xinqiao.web import sheets
from xinqiao.web.files import send_file

from .. import queries
from ..declarations import catalogue
from .asked import SAID, asked_of, words

register_actions({"export_figures": "导出给外部门的统计"})


@require_GET
def outside(request: HttpRequest) -> HttpResponse:
    """What other departments would get, to look at before it is handed out."""
    asked = asked_of(request)
    made = queries.for_readers_outside(actor=asked.actor, code=asked.code, on=asked.on)
    return render(
        request,
        "indicators/outside.html",
        {"asked": asked, "made": made, "sets": catalogue().sets, "names": queries.set_labels(), **SAID},
    )


@require_GET
def outside_workbook(request: HttpRequest) -> HttpResponse:
    """The same as a workbook; that it was made is written down."""
    asked = asked_of(request)
    made = queries.for_readers_outside(actor=asked.actor, code=asked.code, on=asked.on)
    labels, sets = queries.set_labels(), catalogue().sets

    def rows() -> Iterator[list[str]]:
        for place in (*made.places, made.whole):
            yield [made.names[place], *(made.shown(place, key) for key in made.figures)]

    columns = [sheets.Column("name", _("地区"), width=18)]
    columns += [sheets.Column(key, labels[key]) for key in made.figures]
    notes = [
        _("“＊”为小于 %(n)s 人的数，或由它能推算出前者的数，不写出；“0”即没有") % {"n": made.smallest},
        *(f"{labels[key]}：{words(sets[key])}" for key in made.figures),
    ]
    sheet = sheets.Sheet(
        _("分乡镇统计"),
        columns,
        rows(),
        (f"{made.names[made.whole]} · " + _("截至") + f" {asked.on.isoformat()}"),
        notes,
    )
    record(
        actor=asked.actor,
        clock=request.clock,  # type: ignore[attr-defined]
        action="export_figures",
        object_type="figures",
        object_id=None,
        place=asked.code,
        detail={"on": asked.on.isoformat(), "hidden": len(made.hidden), "smallest": made.smallest},
    )
    body = sheets.workbook([sheet], made_by=asked.actor.display_name, made_at=request.clock.now())  # type: ignore[attr-defined]
    name = f"分乡镇统计-{asked.code}-{asked.on:%Y%m%d}.xlsx"
    return send_file(request, body, name=name, content_type=sheets.CONTENT_TYPE)
