"""Carrying a change of borders out: places, accounts and everybody's rows, in one transaction."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.accounts.scope import as_system
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.clocks.choices import Outcome
from xinqiao.clocks.models import Clock as Running
from xinqiao.clocks.sources import sources
from xinqiao.kernel.actor import Actor, at_place
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import NATION, county_of
from xinqiao.kernel.errors import Invalid, NotFound, Problem, XinqiaoError
from xinqiao.places import queries as places
from xinqiao.places.choices import ChangeState
from xinqiao.places.models import DivisionChange
from xinqiao.places.queries import Serving
from xinqiao.registry.listeners import facts_changed
from xinqiao.registry.models import Person

from ..coverage import Rule, columns
from ..rules import Became
from .places import change_places
from .planning import own_change, rows_of

log = logging.getLogger(__name__)
#: People told to the listeners at a time.
CHUNK = 2000


def carry_out(*, actor: Actor | None, clock: Clock, change_id: UUID) -> DivisionChange:
    """Carry a planned change out: divisions, institutions, accounts, and everybody's rows by village, with the receipt in
    `counts`. What is carried out already is answered as it is. Invalid before its day, or with what stands in its way.

    What has happened keeps the place it counted at; from the day on everybody has a new counting row (reason "boundary"),
    nobody has moved in or out. Without an actor it is the nightly run: the plan's author was a system administrator.
    """
    from ..queries import rehearsed

    if actor is not None:
        require(actor, Permission.CHANGE_BORDERS)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # One change after the other: the rehearsal below has to see what an earlier one left.
            cursor.execute("select pg_advisory_xact_lock(hashtext('borders'))")
        if actor is not None:
            change = own_change(actor, change_id, lock=True)
        else:
            change = DivisionChange.objects.select_for_update().get(pk=change_id)
        if change.state == ChangeState.DONE:
            return change
        if change.state != ChangeState.PLANNED:
            raise NotFound(code="not_found.change")
        if change.effective_on > clock.today():
            text = _("施行日期 %(day)s 还没有到，到那一天由系统自动施行。")
            raise Invalid([Problem("effective_on", "future", text % {"day": change.effective_on})])
        rehearsal = rehearsed(change, clock.today())
        if rehearsal.blocks:
            raise Invalid([Problem("", "blocked", one) for one in rehearsal.blocks])
        rows = rows_of(change)
        serving = change_places(change, rows)
        result = _carry(change, serving, clock)
        told = [UUID(one) for one in result["told"]]
        change.counts = rehearsal.totals | {
            "carried": result["people"], "rows": result["rows"], "answered_anew": len(told),
            "notes": rehearsal.notes, "each": rehearsal.each,
        }  # fmt: skip
        change.state, change.done_at = ChangeState.DONE, clock.now()
        change.save(update_fields=["state", "done_at", "counts"])
        _tell(clock, rows, told)
        counts = {key: value for key, value in change.counts.items() if isinstance(value, int)}
        audit.record(
            actor=actor, clock=clock, action="change_borders", object_type="division_change", object_id=change.pk,
            place=change.place, detail={"kind": change.kind, "on": change.effective_on.isoformat(), **counts},
        )  # fmt: skip
    places.forget()
    return change


def carry_out_due(*, clock: Clock) -> Iterator[tuple[DivisionChange, str]]:
    """Every planned change whose day has come, with "" or why it could not be carried out."""
    due = DivisionChange.objects.filter(state=ChangeState.PLANNED, effective_on__lte=clock.today())
    for change in due.order_by("effective_on", "made_at"):
        try:
            yield carry_out(actor=None, clock=clock, change_id=change.pk), ""
        except XinqiaoError as error:
            log.error("borders: change %s could not be carried out (%s)", change.pk, error.code)
            yield change, error.message


def _carry(change: DivisionChange, serving: dict[str, Serving], clock: Clock) -> dict[str, Any]:
    villages = sorted(serving)
    with connection.cursor() as cursor:
        cursor.execute(
            "select boundaries_carry(%s, %s, %s::uuid[], %s::uuid[], %s::uuid[], %s, %s, %s, %s, %s)",
            [
                change.pk,
                villages,
                [serving[one].counting.pk for one in villages],
                [serving[one].responsible.pk for one in villages],
                [serving[one].worker_id for one in villages],
                columns(Rule.CARRIED),
                columns(Rule.OPEN),
                columns(Rule.COUNTY),
                columns(Rule.KEYS),
                clock.now(),
            ],
        )
        found = cursor.fetchone()[0]
    result: dict[str, Any] = json.loads(found) if isinstance(found, str) else found
    return result


def _tell(clock: Clock, rows: Sequence[Became], told: Sequence[UUID]) -> None:
    """Whatever is derived follows: for those answered for by somebody else, and for all who came into another county."""
    crossed = {
        row.new_code for row in rows if row.carries and county_of(row.old_code) != county_of(row.new_code)
    }
    for county in sorted({county_of(row.new_code) for row in rows}):
        with as_system(county):
            here = Person.objects.filter(pk__in=told) | Person.objects.filter(managing_code__in=crossed)
            ids = sorted(set(here.values_list("pk", flat=True)))
            for start in range(0, len(ids), CHUNK):
                facts_changed(None, clock, ids[start : start + CHUNK])
    _clocks(clock, rows)


def _clocks(clock: Clock, rows: Sequence[Became]) -> None:
    """Clocks go along with their rows; who sees them follows from townships and counties that may be others now, and a sweep has
    fewer villages. All that lie in what changed are folded anew."""
    codes = sorted({row.new_code for row in rows})
    touched = Q(managing_code__in=codes) | Q(shared_codes__overlap=[at_place(code) for code in codes])
    with as_system(NATION):
        for source in sources():
            known = Running.objects.filter(touched, kind=source.kind).exclude(outcome=Outcome.CANCELLED)
            subjects = list(known.order_by().values_list("subject", flat=True).distinct())
            for start in range(0, len(subjects), CHUNK):
                settle(clock=clock, kind=source.kind, subjects=subjects[start : start + CHUNK])
