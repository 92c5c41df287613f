"""Who lives together: two people of the register are put into one household."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.words import sentence

from .. import bulk
from ..choices import printed
from ..listeners import facts_changed
from ..models import HouseholdMember, Person


def join_household(
    *, actor: Actor, clock: Clock, person_id: UUID, other_id: UUID, relation: str = "", since: date
) -> UUID:
    """Both live in one household from `since` on; `relation` is the person's place in it (0 the head, else GB/T 4761).

    Who has a household takes the other in; two households are not made one here (Conflict): somebody leaves first. The
    same again changes nothing. NotFound when either is out of scope. Answers the household's key.
    """
    require(actor, Permission.REGISTER_PERSON)
    _check(clock, relation, since, person_id, other_id)
    with transaction.atomic():
        pair = {
            one.pk: one
            for one in Person.objects.select_for_update().filter(pk__in=[person_id, other_id]).order_by("pk")
        }
        if len(pair) != 2:
            raise NotFound(code="not_found.person")
        held = {
            one.person_id: one.household
            for one in HouseholdMember.objects.filter(person_id__in=pair, voided_at=None, valid_to=None)
        }
        if len(held) == 2:
            if len(set(held.values())) == 1:
                return held[person_id]
            raise Conflict(
                sentence("两人各有同住的人：请先结束其中一人的同住关系。"), code="conflict.two_households"
            )
        if late := [one for one in pair.values() if since < one.birth_on]:
            day = late[0].birth_on.isoformat()
            raise Invalid(
                [
                    Problem(
                        "valid_from",
                        "before_birth",
                        sentence("同住日期早于出生日期 %(day)s，请核对。", day=day),
                        str(since),
                    )
                ]
            )
        household = next(iter(held.values()), None) or uuid7()
        made = [
            HouseholdMember(
                person=person, managing_code=person.managing_code, shared_codes=person.shared_codes,
                household=household, relation=relation if person.pk == person_id else "", valid_from=since,
                recorded_at=clock.now(), recorded_by=actor.user_id,
            )
            for person in pair.values()
            if person.pk not in held
        ]  # fmt: skip
        bulk.insert(made)
        audit.record(
            actor=actor, clock=clock, action="join_household", object_type="person", object_id=person_id,
            place=pair[person_id].managing_code, detail={"with": str(other_id), "rows": [str(one.pk) for one in made]},
        )  # fmt: skip
        facts_changed(actor, clock, sorted(pair))
    return household


def _check(clock: Clock, relation: str, since: date, person_id: UUID, other_id: UUID) -> None:
    problems = []
    if person_id == other_id:
        problems.append(Problem("other", "self", sentence("同住的人不能是本人。")))
    if since > clock.today():
        problems.append(
            Problem(
                "valid_from",
                "future",
                sentence("同住日期 %(since)s 晚于今天，请核对。", since=since),
                str(since),
            )
        )
    if relation and relation not in {one.code for one in printed.HOUSEHOLD_RELATION}:
        problems.append(
            Problem("relation", "code", sentence("没有“%(relation)s”这种身份。", relation=relation), relation)
        )
    if problems:
        raise Invalid(problems)
