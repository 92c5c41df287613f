"""The pages of the figures: the table, the trend, the people behind a figure, and what each figure means."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit.actions import read
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.ids import read_uuid
from xinqiao.places.queries import borders_changed_since, names_of

from .. import keeping, queries
from ..declarations import LATE, OWNERS, PERIODS, catalogue
from ..engines.sql import NOW
from ..examples import example_of
from ..state import Frame
from ..targets import targets_for
from .asked import COLUMNS, MAIN, SAID, TILES, asked_of, either


@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """The figures of a place and of the places below it."""
    asked = asked_of(request)
    made = queries.table(actor=asked.actor, code=asked.code, on=asked.on, borders=asked.borders)
    tile = request.GET.get("tile", MAIN[0])
    if tile not in TILES:
        raise NotFound()
    declared = catalogue()
    shares = [share for child in made.children if (share := child.leading(tile).share) is not None]
    groups = [
        (group, [made.whole.figures[m.key] for m in declared.measures.values() if m.group == group.key])
        for group in declared.groups
    ]
    old = made.whole.counts.get("face_half_old")
    sort = request.GET.get("sort", "")
    children = queries.sorted_by(made.children, sort, COLUMNS)
    return render(
        request,
        "indicators/table.html",
        {
            "asked": asked,
            "table": made,
            "children": children,
            "sort": sort,
            "targets": targets_for(asked.code, asked.on),
            "window": Frame.at(asked.on).window_start.isoformat(),
            "counted_at": f"{localtime(request.clock.now()):%H:%M}",  # type: ignore[attr-defined]
            "wrong": keeping.last_differences([asked.code]) if asked.code else 0,
            "outside": may(asked.actor, Permission.SEE_FIGURES) and queries.is_county_or_above(asked.code),
            "trail": queries.trail(asked.actor, asked.code),
            "borders_differ": bool(asked.code)
            and (
                asked.borders == NOW
                or (asked.on < request.clock.today() and borders_changed_since(asked.code, asked.on))  # type: ignore[attr-defined]
            ),
            "main": MAIN,
            "columns": COLUMNS,
            "tiles": TILES,
            "tile": tile,
            "low": float(min(shares)) if len(set(shares)) > 1 else 0.0,
            "high": float(max(shares)) if len(set(shares)) > 1 else 1.0,
            "measures": declared.measures,
            "groups": groups,
            "old": old,
            "sets": declared.sets,
            "may_open": may(asked.actor, Permission.OPEN_FIGURE),
            **SAID,
        },
    )


@require_GET
def trend(request: HttpRequest) -> HttpResponse:
    """The main rates at the ends of the last twelve months: a fragment for the table's page, a page of its own without it."""
    asked = asked_of(request)
    by = "year" if request.GET.get("by") == "year" else "month"
    made = queries.trend(actor=asked.actor, code=asked.code, on=asked.on, keys=MAIN, by=by)
    fragment = request.headers.get("HX-Request") == "true"
    template = "indicators/trend_part.html" if fragment else "indicators/trend.html"
    names = names_of([asked.code]) if asked.code else {}
    return render(
        request,
        template,
        {
            "asked": asked,
            "trend": made,
            "by": by,
            "targets": targets_for(asked.code, asked.on),
            "main": MAIN,
            "measures": catalogue().measures,
            "name": names.get(asked.code, _("本人负责的村")),
            **SAID,
        },
    )


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """The people behind a figure, under the actor's own row-level security; every look is written down."""
    asked = asked_of(request)
    require(asked.actor, Permission.OPEN_FIGURE)
    measure_, variant = queries.find(request.GET.get("figure", ""), request.GET.get("variant", ""), asked.on)
    part = request.GET.get("part", "numerator")
    after = _after(request.GET.get("after", ""))
    found = queries.people(
        actor=asked.actor,
        code=asked.code,
        on=asked.on,
        variant=variant,
        part=part,
        after=after,
        borders=asked.borders,
    )
    read(
        actor=asked.actor,
        clock=request.clock,  # type: ignore[attr-defined]
        kind="figure",
        person_ids=[row.id for row in found.rows],
        purpose=f"{measure_.key}.{part}"[:40],
    )
    inside, without = queries.part_set(variant, part)
    sets = catalogue().sets
    names = names_of([asked.code]) if asked.code else {}
    return render(
        request,
        "indicators/people.html",
        {
            "asked": asked,
            "found": found,
            "measure": measure_,
            "variant": variant,
            "part": part,
            "inside": sets[inside],
            "without": sets[without] if without else None,
            "base_has_people": bool(variant.denominator) and sets[variant.denominator].who is not None,
            "place": names.get(asked.code, _("本人负责的村")),
            "may_record": may(asked.actor, Permission.RECORD_VISIT),
            "next": ".".join(found.next_key) if found.next_key else "",
            "query": asked.query | {"figure": measure_.key, "variant": variant.key},
            **SAID,
        },
    )


def _after(text: str) -> tuple[str, str] | None:
    """The key of the last person of the page before: code and id, never a name."""
    if not text:
        return None
    code, _dot, key = text.partition(".")
    found = read_uuid(key)
    if found is None:
        raise NotFound()
    return code, str(found)


@require_GET
def measures(request: HttpRequest) -> HttpResponse:
    """All figures with their leading variants today."""
    require(request.actor, Permission.SEE_FIGURES)  # type: ignore[attr-defined]
    declared = catalogue()
    listed = [(g, [m for m in declared.measures.values() if m.group == g.key]) for g in declared.groups]
    today = request.clock.today()  # type: ignore[attr-defined]
    return render(request, "indicators/measures.html", {"listed": listed, "day": today, **SAID})


@require_GET
def measure(request: HttpRequest, key: str) -> HttpResponse:
    """What one figure means, printed from its declaration."""
    require(request.actor, Permission.SEE_FIGURES)  # type: ignore[attr-defined]
    declared = catalogue()
    if key not in declared.measures:
        raise NotFound()
    one = declared.measures[key]
    return render(
        request,
        "indicators/measure.html",
        {
            "measure": one,
            "group": next(g for g in declared.groups if g.key == one.group),
            "sets": declared.sets,
            "period": either(PERIODS[one.period]),
            "owner": either(OWNERS[one.owner]),
            "late": either(LATE[one.late]),
            "example": example_of(one),
            "relations": queries.relations_of(one),
            "targets": queries.all_targets(one.key),
            "first": date.min,
            "last": date.max,
            "day": request.clock.today(),  # type: ignore[attr-defined]
            **SAID,
        },
    )
