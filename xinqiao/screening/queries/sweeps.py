"""Sweeps: how far they are, village by village, and what was found. Found clues and checks are counted, never typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import county_of, township_of
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.terms import Role

from ..models import Clue, Sweep, SweepCheck, SweepVillage
from ..rules import quarter_of

#: Ten years of a county with a sweep for each quarter and some of single townships.
MOST = 100


@dataclass(frozen=True, slots=True)
class VillageLine:
    """One village of a sweep: what was typed, and what was counted."""

    row: SweepVillage
    clues: int
    negatives: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A sweep as far as the actor sees its villages."""

    sweep: Sweep
    total: int
    done: int
    clues: int


def sweeps(*, actor: Actor) -> list[Progress]:
    """The newest that touch the actor's places. Three statements."""
    require(actor, Permission.RECORD_CLUE)
    here = Exists(SweepVillage.objects.filter(sweep=OuterRef("pk")))
    newest = list(Sweep.objects.filter(here).order_by("-year", "-quarter", "place")[:MOST])
    rows = SweepVillage.objects.filter(sweep__in=newest).values("sweep")
    seen = {row["sweep"]: row for row in rows.annotate(n=Count("pk"), done=Count("done_on"))}
    found = dict(
        Clue.objects.filter(sweep__in=seen).values("sweep").annotate(n=Count("pk")).values_list("sweep", "n")
    )
    return [Progress(one, seen[one.pk]["n"], seen[one.pk]["done"], found.get(one.pk, 0)) for one in newest]


def find_sweep(*, actor: Actor, sweep_id: UUID) -> Sweep:
    """A sweep with a village in the actor's scope."""
    require(actor, Permission.RECORD_CLUE)
    found = Sweep.objects.filter(pk=sweep_id).first()
    if found is None or not SweepVillage.objects.filter(sweep=found).exists():
        raise NotFound(code="not_found.sweep")
    return found


def village_lines(*, actor: Actor, sweep: Sweep) -> list[VillageLine]:
    """The villages in scope, those not done first. Three statements."""
    require(actor, Permission.RECORD_CLUE)
    clues = dict(
        Clue.objects.filter(sweep=sweep)
        .values("managing_code")
        .annotate(n=Count("pk"))
        .values_list("managing_code", "n")
    )
    checks = dict(
        SweepCheck.objects.filter(village__sweep=sweep)
        .values("village")
        .annotate(n=Count("pk"))
        .values_list("village", "n")
    )
    rows = SweepVillage.objects.filter(sweep=sweep).order_by("managing_code")
    lines = [VillageLine(row, clues.get(row.managing_code, 0), checks.get(row.pk, 0)) for row in rows]
    return sorted(lines, key=lambda line: (line.row.done_on is not None, line.row.managing_code))


def open_village(village: str, on: date) -> SweepVillage | None:
    """The village's row in the sweep that a find of that day belongs to: the newest one still open whose quarter had begun.

    What was found in September and is typed in October stays with the third quarter; a sweep opened ahead takes nothing.
    """
    year, quarter = quarter_of(on)
    begun = Q(sweep__year__lt=year) | Q(sweep__year=year, sweep__quarter__lte=quarter)
    rows = SweepVillage.objects.filter(begun, managing_code=village, sweep__closed_on=None)
    return rows.select_related("sweep").order_by("-sweep__year", "-sweep__quarter").first()


def may_run(actor: Actor, sweep: Sweep) -> bool:
    """Whether the actor may close a sweep: whoever could have opened it."""
    return actor.role in (Role.TOWNSHIP_WORKER, Role.COUNTY_OFFICE) and actor.serves(sweep.place)


def places_of(actor: Actor) -> list[str]:
    """For which places the actor opens sweeps: the county, or each township served."""
    if actor.role is Role.COUNTY_OFFICE:
        return [county_of(actor.place)]
    return list(dict.fromkeys(township_of(one) for one in actor.places))
