"""The board of lists, one list, its printed register, and the county's first page."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods
from markupsafe import Markup

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.terms import Role
from xinqiao.places import queries as places
from xinqiao.web import files, formats, papers, sheets
from xinqiao.web.fields import Field
from xinqiao.web.formats import moment, number

from . import actions, queries
from .columns import FIRST, SOURCES, Column, all_columns
from .lists import GROUPS, Count, List

GROUP_WORDS: dict[str, Any] = {
    "deadline": gettext_lazy("赶在期限前"),
    "condition": gettext_lazy("病情与用药"),
    "duty": gettext_lazy("责任、监护与去向"),
    "entry": gettext_lazy("录入与名册"),
}


def grouped(found: list[Count]) -> list[tuple[Any, list[Count]]]:
    """Counts under their headings."""
    return [
        (GROUP_WORDS[group], some)
        for group in GROUPS
        if (some := [one for one in found if one.list.group == group])
    ]


def address_of(one: List, place: str = "") -> str:
    """Where a list is worked on: its own page, or the page where such decisions are made."""
    if one.work:
        return reverse(one.work)
    return reverse("rosters:list", args=[one.key]) + (f"?place={place}" if place else "")


@require_GET
@cache_control(no_store=True, private=True)
def index(request: HttpRequest) -> HttpResponse:
    """All lists with their numbers and why each matters."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    place = request.GET.get("place", "")
    found = queries.counts(actor=actor, today=request.clock.today(), place=place)  # type: ignore[attr-defined]
    context = {
        "groups": grouped(found),
        "place": place,
        "place_choices": places.narrower(actor),
        "address_of": address_of,
        "may_export": may(actor, Permission.EXPORT_LIST),
    }
    return render(request, "rosters/index.html", context)


@require_GET
@cache_control(no_store=True, private=True)
def show(request: HttpRequest, key: str) -> HttpResponse:
    """One list, most urgent first; one row of the read log for the people shown."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    clock = request.clock  # type: ignore[attr-defined]
    wanted = queries.list_for(actor, key)
    place, whole = request.GET.get("place", ""), request.GET.get("whole") == "1"
    found = queries.list_page(
        actor=actor,
        today=clock.today(),
        wanted=wanted,
        place=place,
        after=request.GET.get("after", ""),
        whole=whole,
    )
    audit.read(
        actor=actor,
        clock=clock,
        kind="print" if whole else "list",
        person_ids=[row.person_id for row in found.rows],
        purpose=wanted.key,
    )
    act = wanted.act if wanted.act and may(actor, wanted.act.permission) else None
    for row in found.rows:
        row.cells = [
            cell(one, value, clock.today()) for one, value in zip(found.columns, row.cells, strict=True)
        ]
    context = {
        "list": wanted,
        "found": found,
        "heads": [(str(one.label), "num" if one.kind == "int" else "") for one in found.columns],
        "place": place,
        "place_choices": places.narrower(actor),
        "several": actor.role is Role.COUNTY_OFFICE,
        "act": act,
        "whole": whole,
        "left_out": found.count - len(found.rows) if whole else 0,
        "count_words": ngettext("共 %(n)s 人", "共 %(n)s 人", found.count) % {"n": number(found.count)},
        "may_export": may(actor, Permission.EXPORT_LIST),
        "further": request.GET.get("after", "") != "",
    }
    return render(request, "rosters/list.html", context)


def cell(one: Column, value: Any, today: date) -> Any:
    """A value as the page shows it, made once for the phone's card and the desk's row."""
    if value is None or value == "":
        return formats.NOTHING
    if one.key == "due_on":
        days = (value - today).days
        kind = "late" if days < 0 else "today" if days == 0 else "soon" if days <= 7 else "later"
        return Markup('<span class="due due-{}"><time datetime="{}">{}</time> <em>{}</em></span>').format(
            kind, value.isoformat(), formats.date(value), formats.days_left(value, today)
        )
    if one.kind == "date":
        return Markup('<time datetime="{}">{}</time>').format(
            value.isoformat(), formats.short_date(value, today)
        )
    return Markup('<em class="late">{}</em>').format(value) if one.key == "overdue_days" else value


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def ledger(request: HttpRequest, key: str) -> HttpResponse:
    """Choose columns, title and who signs; then a PDF or a workbook with every row."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    clock = request.clock  # type: ignore[attr-defined]
    require(actor, Permission.EXPORT_LIST)
    wanted = queries.list_for(actor, key)
    problems: list[Problem] = []
    if request.method == "POST":
        typed = request.POST
        kind = "download" if typed.get("act") == "download" else "print"
        order = actions.Order(
            columns=tuple(typed.getlist("columns")),
            title=typed.get("title", "").replace("\x00", ""),
            filler=typed.get("filler", "").replace("\x00", ""),
            reviewer=typed.get("reviewer", "").replace("\x00", ""),
            place=typed.get("place", ""),
            by_village=typed.get("by_village") == "1",
            whole=typed.get("whole") == "1",
            purpose=typed.get("purpose", ""),
            purpose_note=typed.get("purpose_note", "").replace("\x00", "")[:40],
        )
        try:
            # Inside a messenger nothing can be saved or printed: say so before anything is made or written down.
            if files.in_app(request):
                return files.send_file(request, b"", name=_file_name(clock.today(), kind), content_type="")
            made = actions.make_ledger(actor=actor, clock=clock, key=key, order=order, kind=kind)
        except Invalid as wrong:
            problems = wrong.problems
        else:
            return _book(request, made) if kind == "download" else _paper(request, made)
    return _ask(request, wanted, problems)


def _ask(request: HttpRequest, wanted: List, problems: list[Problem]) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    kept = queries.layout_of(actor=actor, key=wanted.key)
    typed = request.POST
    sent = request.method == "POST"
    chosen = typed.getlist("columns") if sent else kept.columns if kept else [*FIRST, *wanted.columns]
    wrong = {one.field: one.message for one in reversed(problems)}
    start = {
        "title": kept.title if kept else "",
        "filler": kept.filler if kept else actor.display_name,
        "reviewer": kept.reviewer if kept else "",
        "by_village": "1" if kept and kept.by_village else "",
        "place": request.GET.get("place", ""),
    }
    asked = {key: typed.get(key, "") if sent else value for key, value in start.items()}
    columns = [
        (
            source,
            Field(
                "columns",
                words,
                chosen,
                [
                    (
                        one.key,
                        f"{one.label} *" if one.sensitive else one.label,
                    )
                    for one in all_columns()
                    if one.source == source
                ],
                error=wrong.get("columns", "") if source == "registry" else "",
            ),
        )
        for source, words in SOURCES.items()
        if any(one.source == source for one in all_columns())
    ]
    purposes = [(code, _(label)) for code, label in actions.PURPOSES.items()]
    context = {
        "list": wanted,
        "problems": problems,
        "columns": columns,
        "place": asked["place"],
        "place_choices": places.narrower(actor),
        "title": Field(
            "title", _("标题"), asked["title"] or wanted.title, error=wrong.get("title", ""), maxlength=60
        ),
        "filler": Field("filler", _("填表人"), asked["filler"], error=wrong.get("filler", ""), maxlength=30),
        "reviewer": Field(
            "reviewer", _("审核人"), asked["reviewer"], error=wrong.get("reviewer", ""), maxlength=30
        ),
        "by_village": Field(
            "by_village", _("每村另起一页"),
            asked["by_village"],
        ),
        "whole": Field(
            "whole", _("显示完整的证件号码、电话和住址"), typed.get("whole", ""), error=wrong.get("whole", ""),
            hint=_("默认遮盖；显示完整号码要选用途，会写入名单上每个人的查阅记录"),
        ),
        "purpose": Field(
            "purpose", _("用途"), typed.get("purpose", ""), purposes, error=wrong.get("purpose", "")
        ),
        "purpose_note": Field(
            "purpose_note", _("用途说明"), typed.get("purpose_note", ""), show_when="purpose=other",
            error=wrong.get("purpose_note", ""), maxlength=40,
        ),
        "may_unmask": may(actor, Permission.UNMASK),
    }  # fmt: skip
    return render(request, "rosters/ledger.html", context, status=422 if problems else 200)


def _file_name(today: Any, kind: str) -> str:
    return _("名册") + f"-{today:%Y%m%d}.{'xlsx' if kind == 'download' else 'pdf'}"


def _area(made: actions.Ledger, actor: Actor) -> str:
    return places.workplace(made.order.place or actor.place, () if made.order.place else actor.villages)


def _note(made: actions.Ledger, limit: int) -> str:
    if not made.left_out:
        return ""
    return _("名单共 %(all)s 人，这里列出前 %(shown)s 人；请按乡镇或村分次导出。") % {
        "all": made.total,
        "shown": limit,
    }


def _paper(request: HttpRequest, made: actions.Ledger) -> HttpResponse:
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    names = places.names_of({code for code, _row in made.rows})
    groups = [("", made.rows)]
    if made.order.by_village:
        groups = [
            (names.get(code, code), list(some)) for code, some in groupby(made.rows, key=lambda row: row[0])
        ]
    body = papers.render(
        "rosters/ledger.typ",
        {
            "title": made.title,
            "sub": "　".join(
                (
                    _area(made, actor),
                    _("截至 %(day)s") % {"day": clock.today().isoformat()},
                    _("共 %(n)s 人") % {"n": made.total},
                )
            ),
            "heads": [str(one.label) for one in made.columns],
            "widths": [one.width for one in made.columns],
            "groups": [
                {"name": name, "rows": [[_text(value) for value in values] for _code, values in rows]}
                for name, rows in groups or [("", [])]
            ],
            "filler": made.order.filler,
            "reviewer": made.order.reviewer,
            "day": clock.today().isoformat(),
            "note": _note(made, queries.MOST_ON_PAPER),
            "foot": {
                "by": actor.display_name,
                "at": moment(clock.now()),
                "purpose": _(actions.PURPOSES[made.order.purpose])
                if made.order.purpose in actions.PURPOSES
                else "",
            },
        },
    )
    return files.send_file(
        request, body, name=_file_name(clock.today(), "print"), content_type="application/pdf", inline=True
    )


def _book(request: HttpRequest, made: actions.Ledger) -> HttpResponse:
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    numbered = [sheets.Column("n", _("序号"), "int", 6)]
    columns = numbered + [
        sheets.Column(one.key, str(one.label), one.kind, max(one.width + 2, 2 * len(str(one.label)) + 2))
        for one in made.columns
    ]
    notes = [
        text
        for text in (
            _note(made, queries.MOST_IN_BOOK),
            _("%(area)s　截至 %(day)s　共 %(n)s 人")
            % {"area": _area(made, actor), "day": clock.today().isoformat(), "n": made.total},
            _("填表人：%(who)s　审核人：%(reviewer)s　单位（盖章）：")
            % {"who": made.order.filler, "reviewer": made.order.reviewer},
        )
        if text
    ]
    pages = [(str(made.source.title), made.rows)]
    if made.order.by_village:
        names = places.names_of({code for code, _row in made.rows})
        pages = [
            (names.get(code, code), list(some)) for code, some in groupby(made.rows, key=lambda row: row[0])
        ] or pages
    body = sheets.workbook(
        [
            sheets.Sheet(
                name, columns, ([index, *values] for index, (_code, values) in enumerate(rows, start=1)),
                heading=made.title, notes=notes,
            )
            for name, rows in pages
        ],
        made_by=actor.display_name,
        made_at=clock.now(),
    )  # fmt: skip
    return files.send_file(
        request, body, name=_file_name(clock.today(), "download"), content_type=sheets.CONTENT_TYPE
    )


def _text(value: Any) -> str:
    return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
