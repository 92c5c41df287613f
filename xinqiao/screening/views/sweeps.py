"""摸排: the quarters, one quarter village by village, and marking a village."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.kernel.codes import contains
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.terms import Role
from xinqiao.places import queries as places
from xinqiao.web import notes

from .. import actions, forms, queries
from ..rules import last_day_of_quarter
from .common import day, show, typed, who
from .common import whole as whole_number


@require_safe
def sweeps(request: HttpRequest) -> HttpResponse:
    """All sweeps that touch the own places."""
    actor, clock = who(request)
    rows = queries.sweeps(actor=actor)
    year, quarter = actions.this_quarter(clock)
    now = [one.sweep.place for one in rows if (one.sweep.year, one.sweep.quarter) == (year, quarter)]
    left = [one for one in queries.places_of(actor) if not any(contains(place, one) for place in now)]
    return show(
        request,
        "sweeps",
        rows=[(one, last_day_of_quarter(one.sweep.year, one.sweep.quarter)) for one in rows],
        places=places.short_names({one.sweep.place for one in rows}),
        left=[(one, places.short_name(one)) for one in left] if may(actor, Permission.REVIEW_CLUE) else [],
        may_review=may(actor, Permission.REVIEW_CLUE),
        year=year,
        quarter=quarter,
    )


@require_POST
def open_sweep(request: HttpRequest) -> HttpResponse:
    """Open this quarter's, for the place that was pressed."""
    actor, clock = who(request)
    require(actor, Permission.REVIEW_CLUE)
    year, quarter = actions.this_quarter(clock)
    try:
        made = actions.open_sweep(
            actor=actor, clock=clock, year=year, quarter=quarter, place=typed(request, "place")["place"]
        )
    except Conflict as wrong:
        # Pressed twice, or a colleague was quicker: it is there.
        notes.say(request, wrong.message, kind="info")
        return HttpResponseRedirect(reverse("screening:sweeps"))
    notes.say(request, _("摸排已开展"), next_text=_("各村完成后自己登记，没有完成的列在最上面"))
    return HttpResponseRedirect(reverse("screening:sweep", args=[made.pk]))


@require_safe
def sweep(request: HttpRequest, sweep_id: UUID) -> HttpResponse:
    """One quarter, village by village."""
    actor, _clock = who(request)
    one = queries.find_sweep(actor=actor, sweep_id=sweep_id)
    lines = queries.village_lines(actor=actor, sweep=one)
    only_left = request.GET.get("state") == "left"
    return show(
        request,
        "sweep",
        sweep=one,
        ends=last_day_of_quarter(one.year, one.quarter),
        lines=[line for line in lines if not (only_left and line.row.done_on)],
        only_left=only_left,
        total=len(lines),
        done=sum(1 for line in lines if line.row.done_on),
        clues=sum(line.clues for line in lines),
        people=sum(line.row.people or 0 for line in lines),
        places=places.short_names({line.row.managing_code for line in lines} | {one.place}),
        may_close=one.closed_on is None
        and may(actor, Permission.REVIEW_CLUE)
        and queries.may_run(actor, one),
        own=actor.role is Role.VILLAGE_DOCTOR,
    )


@require_http_methods(["GET", "POST"])
def village(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """Mark a village as gone through."""
    actor, clock = who(request)
    row = actions.find_village(actor=actor, row_id=row_id)
    if request.method == "GET":
        values = {
            "done_on": (row.done_on or clock.today()).isoformat(),
            "households": "" if row.households is None else str(row.households),
            "people": "" if row.people is None else str(row.people),
            "note": row.note,
        }
        return _village_form(request, row, values)
    sent = typed(request, "done_on", "households", "people", "note")
    done = actions.VillageDone(
        day(sent["done_on"]), whole_number(sent["households"]), whole_number(sent["people"]), sent["note"]
    )
    try:
        actions.mark_village(actor=actor, clock=clock, row_id=row_id, done=done)
    except Invalid as wrong:
        return _village_form(request, row, sent, wrong.problems)
    notes.say(request, _("本村摸排已登记完成"))
    return HttpResponseRedirect(reverse("screening:sweep", args=[row.sweep_id]))


def _village_form(
    request: HttpRequest, row: object, values: dict[str, str], problems: list[Problem] | None = None
) -> HttpResponse:
    return show(
        request,
        "village",
        422 if problems else 200,
        row=row,
        place=places.short_name(row.managing_code),  # type: ignore[attr-defined]
        fields=forms.village_fields(values, problems or []),
        problems=problems or [],
    )


@require_POST
def close_sweep(request: HttpRequest, sweep_id: UUID) -> HttpResponse:
    """No more marks."""
    actor, clock = who(request)
    actions.close_sweep(actor=actor, clock=clock, sweep_id=sweep_id)
    notes.say(request, _("摸排已结束"))
    return HttpResponseRedirect(reverse("screening:sweep", args=[sweep_id]))
