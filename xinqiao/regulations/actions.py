"""Writing a place's own rules: dated, with source and author, never over one that has already held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.tasks import CLOCK_RULES, settle_area
from xinqiao.followup import tasks
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.policy.deployment import current, forget, local_rows
from xinqiao.policy.loader import PolicyError
from xinqiao.policy.models import LocalValue
from xinqiao.policy.policies import PolicySet

audit.register_actions({"register_rule": "登记当地规定", "withdraw_rule": "停用当地规定"})

#: Read at a day that is asked for, they misdate nothing when they are written late.
_ANY_DAY = ("indicators/", "calendar/")
_SOURCE_SHORTEST, _SOURCE_LONGEST = 4, 200


@dataclass(frozen=True, slots=True)
class NewValue:
    """A value as its kind writes it, from which day, and the document that says so."""

    thing: str
    valid_from: date
    value: Any
    source: str


def register_value(*, actor: Actor, clock: Clock, new: NewValue) -> LocalValue:
    """Write the value for the actor's place. One of the same thing and day is replaced.

    Invalid for a day gone by (what was done was right by the rule of its day), a missing source, a value that is wrong or
    laxer than the rule above.
    """
    require(actor, Permission.SET_RULES)
    today = clock.today()
    if problems := _faults(new, today):
        raise Invalid(problems)
    with transaction.atomic():
        same = LocalValue.objects.select_for_update().filter(
            thing=new.thing, division_code=actor.place, valid_from=new.valid_from, withdrawn_at=None
        )
        same.update(withdrawn_at=clock.now())
        made = LocalValue(
            thing=new.thing, division_code=actor.place, valid_from=new.valid_from, value=new.value, source=new.source,
            author=actor.username,
        )  # fmt: skip
        try:
            PolicySet(local_rows=[*local_rows(), {key: getattr(made, key) for key in _KEYS}])
        except PolicyError as error:
            raise Invalid([Problem("value", "wrong_value", str(error))]) from error
        made.save()
        _changed(actor, clock, "register_rule", made)
    return made


def withdraw_value(*, actor: Actor, clock: Clock, value_id: UUID) -> LocalValue:
    """End the place's own value today; one that has not yet held for a day is taken back altogether."""
    require(actor, Permission.SET_RULES)
    today = clock.today()
    with transaction.atomic():
        found = (
            LocalValue.objects.select_for_update()
            .filter(pk=value_id, division_code=actor.place, withdrawn_at=None)
            .first()
        )
        if found is None or (found.valid_to is not None and found.valid_to <= today):
            raise NotFound(code="not_found.rule")
        if found.valid_from >= today:
            found.withdrawn_at = clock.now()
        else:
            found.valid_to = today
        found.save(update_fields=["withdrawn_at", "valid_to"])
        _changed(actor, clock, "withdraw_rule", found)
    return found


_KEYS = ("thing", "division_code", "valid_from", "valid_to", "value", "source", "author")


def _faults(new: NewValue, today: date) -> list[Problem]:
    problems = []
    if not _SOURCE_SHORTEST <= len(new.source) <= _SOURCE_LONGEST or "\x00" in new.source:
        text = _("“依据”应为 %(low)s 到 %(high)s 个字，写明文件名和文号。")
        words = text % {"low": _SOURCE_SHORTEST, "high": _SOURCE_LONGEST}
        problems.append(Problem("source", "missing", words, new.source[:20]))
    if not new.thing.startswith(_ANY_DAY) and new.valid_from < today:
        text = _("“施行日期”%(day)s 已过；过去的记录按当时的规定，应为今天（%(today)s）或以后。")
        words = text % {"day": new.valid_from.isoformat(), "today": today.isoformat()}
        problems.append(Problem("valid_from", "past", words, new.valid_from.isoformat()))
    if not 2000 <= new.valid_from.year <= today.year + 5:
        words = _("“施行日期”%(day)s 应在 2000 年以后、五年以内。") % {"day": new.valid_from.isoformat()}
        problems.append(Problem("valid_from", "range", words, new.valid_from.isoformat()))
    return problems


def _changed(actor: Actor, clock: Clock, action: str, row: LocalValue) -> None:
    audit.record(
        actor=actor, clock=clock, action=action, object_type="rule", object_id=row.pk, place=row.division_code,
        policy_version=current().version, detail={"thing": row.thing, "from": row.valid_from.isoformat()},
    )  # fmt: skip
    transaction.on_commit(forget)
    if row.thing.startswith("followup/"):
        # What is due follows from the rule; people are folded anew in the background.
        tasks.refold_area.defer(area=row.division_code)
    elif row.thing in CLOCK_RULES or row.thing.startswith("calendar/"):
        settle_area.defer(area=row.division_code)
