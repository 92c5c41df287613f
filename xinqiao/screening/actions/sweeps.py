"""Opening a quarter's sweep, marking a village, closing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.places.queries import villages_below

from ..clocks import SWEEP
from ..models import Sweep, SweepVillage
from ..queries import find_sweep, may_run, places_of
from ..rules import first_day_of_quarter, last_day_of_quarter, quarter_of

#: More than live in any village.
MOST = 100_000


def open_sweep(
    *, actor: Actor, clock: Clock, year: int, quarter: int, place: str = "", note: str = ""
) -> Sweep:
    """One row for each village of the actor's township or county (of `place`, for who serves several); a village stands in one
    sweep of a quarter, so a county takes in those whose township has not begun. Conflict when that quarter's is there already."""
    require(actor, Permission.REVIEW_CLUE)
    if quarter not in (1, 2, 3, 4) or not 2004 <= year <= clock.today().year + 1:
        raise Invalid([Problem("quarter", "missing", _("季度没有选择。"))])
    if last_day_of_quarter(year, quarter) < clock.today():
        raise Invalid([Problem("quarter", "past", _("这个季度已经过去，请选本季度或下季度。"))])
    own = places_of(actor)
    place = place or own[0]
    if place not in own:
        raise NotFound(code="not_found.place")
    villages = villages_below(place)
    if not villages:
        raise Conflict(_("辖区内没有村（社区），不能开展摸排。"), code="conflict.no_villages")
    with transaction.atomic():
        with connection.cursor() as cursor:
            # A township and its county may open at the same moment.
            cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"sweep {place[:6]}"])
        of_quarter = SweepVillage.objects.filter(sweep__year=year, sweep__quarter=quarter)
        there = set(of_quarter.values_list("managing_code", flat=True))
        left = [one.code for one in villages if one.code not in there]
        if not left or Sweep.objects.filter(place=place, year=year, quarter=quarter).exists():
            raise Conflict(_("这个季度的摸排已经开始。"), code="conflict.sweep_there")
        made = Sweep.objects.create(
            place=place, year=year, quarter=quarter, opened_on=clock.today(), opened_by=actor.user_id,
            note=note.strip()[:200],
        )  # fmt: skip
        rows = SweepVillage.objects.bulk_create(
            [SweepVillage(sweep=made, managing_code=code) for code in left]
        )
        settle(clock=clock, kind=SWEEP, subjects=[one.pk for one in rows])
        audit.record(
            actor=actor, clock=clock, action="open_sweep", object_type="sweep", object_id=made.pk, place=place,
            detail={"quarter": f"{year}Q{quarter}", "villages": len(rows)},
        )  # fmt: skip
    return made


@dataclass(frozen=True, slots=True)
class VillageDone:
    """On which day, how many households and people were gone through."""

    done_on: date | None
    households: int | None
    people: int | None
    note: str = ""


def find_village(*, actor: Actor, row_id: UUID, lock: bool = False) -> SweepVillage:
    """A village's row of a sweep; NotFound for one out of scope."""
    require(actor, Permission.RECORD_CLUE)
    rows = SweepVillage.objects.select_related("sweep").filter(pk=row_id)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound(code="not_found.sweep")
    return found


def mark_village(*, actor: Actor, clock: Clock, row_id: UUID, done: VillageDone) -> SweepVillage:
    """The village was gone through. Marking again corrects the counts; who marked last stands in the row."""
    with transaction.atomic():
        row = find_village(actor=actor, row_id=row_id, lock=True)
        if row.sweep.closed_on is not None:
            raise Conflict(_("这次摸排已经结束。"), code="conflict.sweep_closed")
        problems = []
        first = first_day_of_quarter(row.sweep.year, row.sweep.quarter)
        if done.done_on is None:
            problems.append(Problem("done_on", "missing", _("完成日期没有填写，或不是有效日期。")))
        elif not first <= done.done_on <= clock.today():
            text = _("完成日期“%(day)s”应在本季度第一天 %(first)s 与今天之间。")
            words = {"day": done.done_on.isoformat(), "first": first.isoformat()}
            problems.append(Problem("done_on", "order", text % words, done.done_on.isoformat()))
        for key, label in (("households", _("走访户数")), ("people", _("询问人数"))):
            number = getattr(done, key)
            if number is None or not 0 <= number <= MOST:
                problems.append(
                    Problem(key, "number", _("%(label)s应填 0 或以上的整数。") % {"label": label})
                )
        if problems:
            raise Invalid(problems)
        row.done_on, row.done_by, row.done_name = done.done_on, actor.user_id, actor.display_name[:60]
        row.households, row.people, row.note = done.households, done.people, done.note.strip()[:200]
        row.save()
        settle(clock=clock, kind=SWEEP, subjects=[row.pk])
        audit.record(
            actor=actor, clock=clock, action="mark_village", object_type="sweep_village", object_id=row.pk,
            place=row.managing_code,
        )  # fmt: skip
    return row


def close_sweep(*, actor: Actor, clock: Clock, sweep_id: UUID) -> Sweep:
    """No more marks. Villages not done stay visible as not done; their clocks are called off, or
    end late once the quarter is over."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        sweep = find_sweep(actor=actor, sweep_id=sweep_id)
        if not may_run(actor, sweep):
            raise NotFound(code="not_found.sweep")
        sweep = Sweep.objects.select_for_update().get(pk=sweep.pk)
        if sweep.closed_on is None:
            sweep.closed_on = clock.today()
            sweep.save(update_fields=["closed_on"])
            rows = SweepVillage.objects.filter(sweep=sweep).values_list("pk", flat=True)
            settle(clock=clock, kind=SWEEP, subjects=list(rows))
            audit.record(
                actor=actor, clock=clock, action="close_sweep", object_type="sweep", object_id=sweep.pk, place=sweep.place,
            )  # fmt: skip
    return sweep


def this_quarter(clock: Clock) -> tuple[int, int]:
    """(year, quarter) of today."""
    return quarter_of(clock.today())
