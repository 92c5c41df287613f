"""The pages of the figures: the table, a year's trend, the people behind a figure, and what each figure means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit.actions import read
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.ids import read_uuid
from xinqiao.kernel.periods import read_day
from xinqiao.places.queries import names_of

from . import queries
from .declarations import EARLIEST, LATE, OWNERS, PERIODS, CountedSet, Group, Measure, Variant, catalogue

#: The rates that stand first, and the columns of the table by places.
MAIN = (
    "management_rate",
    "standard_rate",
    "face_rate_half",
    "medication_rate",
    "regular_rate",
    "stable_rate",
)
COLUMNS = ("registered", "managed", *MAIN, "lost")
TILES = (*MAIN, "timeliness", "high_risk_share")


@dataclass(frozen=True)
class Asked:
    """What the address asks for: place ("" = a village doctor's own villages), date, and what was wrong with the date."""

    actor: Actor
    code: str
    on: date
    problem: str

    @property
    def query(self) -> dict[str, str]:
        """The same again, for links."""
        return {"place": self.code, "on": self.on.isoformat()}


def _asked(request: HttpRequest) -> Asked:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    today: date = request.clock.today()  # type: ignore[attr-defined]
    code = request.GET.get("place", "")
    if code and not re.fullmatch(r"[0-9]{12}", code):
        raise NotFound()
    code = queries.place_for(actor, code)
    typed = request.GET.get("on", "").strip()
    on, problem = today, ""
    if typed:
        try:
            on = read_day(typed)
        except ValueError:
            problem = _("截至日“%(typed)s”不是日期，应写成 2026-11-21 的样子；先按今天统计") % {
                "typed": typed[:20]
            }
        if not EARLIEST <= on <= today:
            problem = _("截至日应在 %(first)s 至今天之间；先按今天统计") % {"first": EARLIEST.isoformat()}
            on = today
    return Asked(actor, code, on, problem)


def _english() -> bool:
    return (get_language() or "").startswith("en")


def said(thing: Measure | Variant | Group) -> str:
    """The label of a declaration in the page's language."""
    return thing.english if _english() else thing.label


def words(one: CountedSet) -> str:
    """The definition of a set in the page's language."""
    return one.english if _english() else one.words


def either(pair: tuple[str, str]) -> str:
    return pair[1] if _english() else pair[0]


_SAID: dict[str, Any] = {"said": said, "words": words, "either": either}


@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """The figures of a place and of the places below it."""
    asked = _asked(request)
    made = queries.table(actor=asked.actor, code=asked.code, on=asked.on)
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
    return render(
        request,
        "indicators/table.html",
        {
            "asked": asked,
            "table": made,
            "trail": queries.trail(asked.actor, asked.code),
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
            **_SAID,
        },
    )


@require_GET
def trend(request: HttpRequest) -> HttpResponse:
    """The main rates at the ends of the last twelve months: a fragment for the table's page, a page of its own without it."""
    asked = _asked(request)
    made = queries.trend(actor=asked.actor, code=asked.code, on=asked.on, keys=MAIN)
    fragment = request.headers.get("HX-Request") == "true"
    template = "indicators/trend_part.html" if fragment else "indicators/trend.html"
    names = names_of([asked.code]) if asked.code else {}
    return render(
        request,
        template,
        {
            "asked": asked,
            "trend": made,
            "main": MAIN,
            "measures": catalogue().measures,
            "name": names.get(asked.code, _("本人负责的村")),
            **_SAID,
        },
    )


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """The people behind a figure, under the actor's own row-level security; every look is written down."""
    asked = _asked(request)
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
            "next": ".".join(found.next_key) if found.next_key else "",
            "query": asked.query | {"figure": measure_.key, "variant": variant.key},
            **_SAID,
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
    return render(request, "indicators/measures.html", {"listed": listed, "day": today, **_SAID})


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
            "first": date.min,
            "last": date.max,
            "day": request.clock.today(),  # type: ignore[attr-defined]
            **_SAID,
        },
    )
