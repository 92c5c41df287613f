""" "Is this person already registered?", asked across all areas: narrow, limited, and written into that person's read log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, Problem, TooMany
from xinqiao.kernel.terms import Role
from xinqiao.kernel.words import sentence

from ..fields import keyed_hash
from ..models import Inquiry, LookUp
from ..rules import check_id_number, narrow, read_date, read_phone

#: Look-ups of one account on one day. Building files by hand, a township asks some dozens; hundreds is fishing.
DAILY_LIMIT = 50


@dataclass(frozen=True, slots=True)
class LookedUp:
    """`answer`: none, here (in the asker's own area), elsewhere, or handed_in (all a village doctor is told).

    `institution` and `phone` say whom to ask, for township and above.
    """

    answer: str
    institution: str = ""
    phone: str = ""


def look_up_registered(
    *,
    actor: Actor,
    clock: Clock,
    id_number: str = "",
    name: str = "",
    sex: str = "",
    birth_on: str | date = "",
    guardian_phone: str = "",
    inquiry_id: UUID | None = None,
) -> LookedUp:
    """Ask by a whole valid ID number, or by all of name, sex, birth date and guardian's phone. Nothing less is answered.

    Invalid when neither is whole; TooMany after `DAILY_LIMIT` a day. Writes one line of the trail without saying about whom.
    What a village doctor asks is handed in to the township; `inquiry_id` names the question that is being answered.
    """
    require(actor, Permission.LOOK_UP_REGISTERED)
    asked = _asked(id_number, name, sex, birth_on, guardian_phone, clock.today())
    with transaction.atomic():
        _limit(actor, clock)
        with connection.cursor() as cursor:
            cursor.execute(
                "select institution, institution_phone, visible from registry_look_up(%s,%s,%s,%s,%s,%s,%s,%s,%s)",
                [*asked, actor.user_id, actor.role.value, actor.place, clock.now()],
            )
            found = cursor.fetchone()
        outcome = "none" if found is None else "here" if found[2] else "elsewhere"
        LookUp.objects.create(
            user_id=actor.user_id, place=actor.place, asked_on=clock.today(), asked_at=clock.now(),
            by="id" if asked[0] else "details", found=found is not None, outcome=outcome,
            about_hash=asked[0] or asked[4], inquiry_id=inquiry_id,
        )  # fmt: skip
        if actor.role is Role.VILLAGE_DOCTOR:
            facts = _facts(id_number, name, sex, birth_on, guardian_phone)
            _hand_in(actor, clock, "id" if asked[0] else "details", facts)
        audit.record(
            actor=actor, clock=clock, action="look_up_registered", object_type="look_up", object_id=None,
            place=actor.place, detail={"by": "id" if asked[0] else "details", "found": found is not None},
        )  # fmt: skip
    if actor.role is Role.VILLAGE_DOCTOR:
        return LookedUp("handed_in")
    if found is None:
        return LookedUp("none")
    return LookedUp(outcome, found[0] or "", found[1] or "")


def _facts(id_number: str, name: str, sex: str, birth_on: str | date, phone: str) -> dict[str, str]:
    """What was asked, as it can be asked again: the number alone where there is one."""
    if narrow(id_number):
        return {"id_number": narrow(id_number)}
    return {"name": narrow(name), "sex": sex, "birth_on": str(birth_on), "guardian_phone": narrow(phone)}


def _hand_in(actor: Actor, clock: Clock, by: str, facts: dict[str, str]) -> None:
    """One open question, once: pressing again on the same day hands in nothing new."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    waiting = Inquiry.objects.filter(asked_by=actor.user_id, asked_on=clock.today(), answered_at=None)
    if not actor.villages or any(one.asked == text for one in waiting):
        return
    Inquiry.objects.create(
        managing_code=actor.villages[0], asked_by=actor.user_id, asked_on=clock.today(), asked_at=clock.now(),
        by=by, asked=text,
    )  # fmt: skip


def _asked(id_number: str, name: str, sex: str, birth_on: str | date, phone: str, today: date) -> list[Any]:
    if narrow(id_number):
        checked = check_id_number(id_number, today=today)
        if checked.problems:
            raise Invalid(checked.problems)
        return [keyed_hash("id", checked.number), "", "", None, None]
    born, number = read_date(birth_on), read_phone(phone)
    wanted = {
        "name": (narrow(name), sentence("姓名没有填写。")),
        "sex": (sex if sex in {"1", "2"} else "", sentence("性别没有选择。")),
        "birth_on": (born, sentence("出生日期没有填写，或不是有效日期。")),
        "guardian_phone": (number, sentence("监护人电话没有填写，或不像电话号码。")),
    }
    problems = [
        Problem(
            key,
            "missing",
            sentence(
                "%(message)s没有身份证号时，姓名、性别、出生日期、监护人电话四项都要填。", message=message
            ),
        )
        for key, (value, message) in wanted.items()
        if not value
    ]
    if problems:
        raise Invalid(problems)
    return [None, narrow(name), sex, born, keyed_hash("phone", number or "")]


def _limit(actor: Actor, clock: Clock) -> None:
    with connection.cursor() as cursor:
        # Two requests of one account at once are counted one after the other.
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"look_up {actor.user_id}"])
    asked = LookUp.objects.filter(user_id=actor.user_id, asked_on=clock.today()).count()
    if asked >= DAILY_LIMIT:
        raise TooMany(
            sentence(
                "今天已查询 %(daily_limit)s 次，达到上限；请明天再查，或请县精防办批量核对。",
                daily_limit=DAILY_LIMIT,
            ),
            code="too_many.look_up",
        )
