"""Correcting what was typed of a clue: a slip, a village found out later, the name of somebody nobody knew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.places.queries import existing
from xinqiao.registry.fields import keyed_hash
from xinqiao.registry.naming import fold

from ..choices import OPEN_STATES, ActKind, ReviewState, Source
from ..clocks import CLUE, REVIEW
from ..models import Clue, ClueAct, Rediagnosis, RoundPerson
from ..queries import find_clue
from ..rules import check_clue
from .asking import copy_of
from .common import save_clue, told


def correct_clue(
    *, actor: Actor, clock: Clock, clue_id: UUID, row_version: int, record: Mapping[str, Any]
) -> Clue:
    """Write an open clue anew as typed. The question a hospital is just asked goes along; number and clocks stay with the clue.

    Raises Invalid with all problems, NotFound for a place that is not the actor's, Conflict for a clue that ended or that
    somebody else changed meanwhile. The trail names the columns that changed, never what stood in them.
    """
    require(actor, Permission.RECORD_CLUE)
    with transaction.atomic():
        clue = find_clue(actor=actor, clue_id=clue_id, lock=True)
        if clue.state not in OPEN_STATES:
            raise Conflict(_("这条线索已经办结，不再更正。"), code="conflict.clue_state")
        if clue.row_version != row_version:
            raise Conflict(_("线索刚被别人改过，请核对后再改。"), code="conflict.row_version")
        read = check_clue(record, sources=dict(Source.choices), today=clock.today())
        problems = [*read.problems, *_against_the_course(clue, read.clean)]
        if problems:
            raise Invalid(problems)
        clean = dict(read.clean)
        place = clean.pop("place")
        if place != clue.managing_code and not (
            actor.scope.covers(place) and existing([place], clock.today())
        ):
            raise NotFound(code="not_found.place")
        clean["urgent"] = clean["urgent"] or ClueAct.objects.filter(clue=clue, kind=ActKind.DANGER).exists()
        changed = sorted(key for key, value in clean.items() if getattr(clue, key) != value)
        for key in changed:
            setattr(clue, key, clean[key])
        clue.name_key = fold(clue.name)
        clue.id_hash, clue.phone_hash = keyed_hash("id", clue.id_number), keyed_hash("phone", clue.phone)
        if place != clue.managing_code:
            changed.append("place")
            _move(clue, place)
        save_clue(clue)
        asked = list(Rediagnosis.objects.filter(clue=clue).values_list("pk", flat=True))
        waiting = Rediagnosis.objects.select_for_update().filter(clue=clue, state=ReviewState.ASKED).first()
        if waiting is not None:
            for key, value in copy_of(clue, clock.today()).items():
                setattr(waiting, key, value)
            waiting.urgent = clue.urgent
            waiting.save()
        settle(clock=clock, kind=CLUE, subjects=[clue.pk])
        settle(clock=clock, kind=REVIEW, subjects=asked)
        told(actor, clock, "correct_clue", clue, changed=changed)
    return clue


def _against_the_course(clue: Clue, clean: Mapping[str, Any]) -> list[Problem]:
    """What the clue's own later days contradict, and a list on which nothing is left."""
    problems = []
    acts = ClueAct.objects.filter(clue=clue).values_list("happened_on", flat=True)
    asked = Rediagnosis.objects.filter(clue=clue).values_list("asked_on", flat=True)
    later = [day for day in (clue.judged_on, clue.first_judged_on, clue.brought_on, *acts, *asked) if day]
    found: date | None = clean["found_on"]
    if found is not None and later and found > min(later):
        words = _("调查日期“%(day)s”晚于已经登记的办理日期 %(first)s，请核对。")
        problems.append(
            Problem("found_on", "order", words % {"day": found.isoformat(), "first": min(later).isoformat()})
        )
    if not clean["items"] and not clean["danger_told"]:
        words = _("清单各项都是“没有”：确实没有的，请在初筛结论里选“排除”，不在这里改。")
        problems.append(Problem("q1", "nothing_left", words))
    return problems


def _move(clue: Clue, place: str) -> None:
    """Everything that hangs on the clue lies where the clue lies."""
    clue.managing_code = place
    for model in (ClueAct, Rediagnosis, RoundPerson):
        model.objects.filter(clue=clue).update(managing_code=place)
