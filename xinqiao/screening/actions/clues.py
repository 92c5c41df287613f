"""Writing clues: noticed, judged, acted on, closed. Nothing here puts anybody on the register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import county_of
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem, TooMany
from xinqiao.places.queries import existing
from xinqiao.registry.actions import LookedUp, look_up_registered
from xinqiao.registry.fields import keyed_hash
from xinqiao.registry.models import Person
from xinqiao.registry.naming import fold

from ..choices import OPEN_STATES, ActKind, CloseReason, ClueState, Judgement, ReviewState, Source
from ..clocks import CLUE, REVIEW
from ..models import Clue, ClueAct, Rediagnosis, SweepCheck
from ..queries import Matches, find_clue, matches, open_village
from ..rules import check_clue

LOCK_SPACE = 0x5C1E
_SERIAL = (
    "insert into screening_clueserial (code, last) values (%s, 1)"
    " on conflict (code) do update set last = screening_clueserial.last + 1 returning last"
)


@dataclass(frozen=True, slots=True)
class NewClue:
    """A typed clue. `different_because`: why it is nobody of those shown as perhaps the same."""

    op_id: UUID
    record: Mapping[str, Any]
    different_because: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """`outcome`: new, unchanged (the operation was there), or negative (no item was answered 有: counted, nothing kept).
    `asked` is what the question "registered already?" led to, for the writer alone."""

    outcome: str
    clue_id: UUID | None = None
    clue_no: str = ""
    urgent: bool = False
    asked: LookedUp | None = None


class MaybeKnown(Conflict):
    """People or clues that may be the same; the writer looks at them and says why not, or goes on with one of them."""

    def __init__(self, found: Matches) -> None:
        super().__init__(_("可能是已经登记过的人，请先核对。"), code="conflict.maybe_known")
        self.found = found


def record_clue(*, actor: Actor, clock: Clock, new: NewClue) -> Recorded:
    """Keep a clue, or count a check without one. Repeated by `op_id` without harm.

    Invalid with all problems; NotFound for a place that is not the actor's; MaybeKnown when somebody in scope may be the
    same and no reason says otherwise. Asks once whether the person is registered elsewhere, as far as that may be asked.
    """
    require(actor, Permission.RECORD_CLUE)
    read = check_clue(new.record, sources=dict(Source.choices), today=clock.today())
    if read.problems:
        raise Invalid(read.problems)
    clean = dict(read.clean)
    place = clean.pop("place")
    if not actor.scope.covers(place) or not existing([place], clock.today()):
        raise NotFound(code="not_found.place")
    with transaction.atomic():
        _lock(new.op_id)
        if not read.checked.is_clue and not clean["danger_told"]:
            return _negative(actor, clock, new.op_id, place, clean["found_on"])
        if known := Clue.objects.filter(op_id=new.op_id).first():
            return Recorded("unchanged", known.pk, known.clue_no, known.urgent)
        found = matches(
            name=clean["name"], sex=clean["sex"], birth_on=clean["birth_on"], age=clean["age"],
            on=clean["found_on"], id_number=clean["id_number"],
        )  # fmt: skip
        if found and not new.different_because:
            raise MaybeKnown(found)
        sweep = open_village(place)
        clue = Clue.objects.create(
            op_id=new.op_id, managing_code=place, clue_no=_number(place, clean["found_on"].year),
            name_key=fold(clean["name"]), id_hash=keyed_hash("id", clean["id_number"]),
            phone_hash=keyed_hash("phone", clean["phone"]), different_because=new.different_because[:200],
            sweep=sweep.sweep if sweep else None, state_on=clock.today(), recorded_at=clock.now(),
            recorded_by=actor.user_id, **clean,
        )  # fmt: skip
        asked = None if found.people else _asked(actor, clock, clue)
        if asked:
            clue.asked = asked.answer
            clue.save(update_fields=["asked"])
        settle(clock=clock, kind=CLUE, subjects=[clue.pk])
        _told(actor, clock, "record_clue", clue, op_id=new.op_id, urgent=clue.urgent, source=clue.source)
    return Recorded("new", clue.pk, clue.clue_no, clue.urgent, asked)


def _lock(op_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, op_id.int % 2**31])


def _number(place: str, year: int) -> str:
    """XS, county, year, running number: 线索编号."""
    key = f"{county_of(place)[:6]}{year}"
    with connection.cursor() as cursor:
        cursor.execute(_SERIAL, [key])
        last = cursor.fetchone()[0]
    return f"XS{key[:6]}-{year}-{last:04d}"


def _negative(actor: Actor, clock: Clock, op_id: UUID, place: str, on: date) -> Recorded:
    """All nine answered 没有: counted for the sweep of the village, and nothing about whom is kept."""
    row = open_village(place)
    if row is not None and not SweepCheck.objects.filter(op_id=op_id).exists():
        SweepCheck.objects.create(
            op_id=op_id, village=row, managing_code=place, checked_on=on, recorded_by=actor.user_id
        )
        audit.record(
            actor=actor, clock=clock, action="check_nobody", object_type="sweep_village", object_id=row.pk,
            place=place, op_id=op_id,
        )  # fmt: skip
    return Recorded("negative", row.pk if row else None)


def _asked(actor: Actor, clock: Clock, clue: Clue) -> LookedUp | None:
    """Whether there is a file elsewhere: only with what decision 10 asks for, and never in the way of keeping the clue."""
    whole = clue.sex in ("1", "2") and clue.name and clue.birth_on and clue.guardian_phone
    if not may(actor, Permission.LOOK_UP_REGISTERED) or not (clue.id_number or whole):
        return None
    try:
        if clue.id_number:
            return look_up_registered(actor=actor, clock=clock, id_number=clue.id_number)
        return look_up_registered(
            actor=actor, clock=clock, name=clue.name, sex=clue.sex, birth_on=clue.birth_on or "",
            guardian_phone=clue.guardian_phone,
        )  # fmt: skip
    except (TooMany, Invalid):
        return None


def ask_registered(*, actor: Actor, clock: Clock, clue_id: UUID) -> LookedUp:
    """Ask again, as the township: what a village doctor handed in, or what was not asked for the day's limit."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        clue = find_clue(actor=actor, clue_id=clue_id, lock=True)
        answer = _asked(actor, clock, clue)
        if answer is None:
            raise Conflict(
                _(
                    "要有完整的身份证号，或姓名、性别、出生日期、监护人电话四项，才能核对；也可能今天的次数已满。"
                ),
                code="conflict.cannot_ask",
            )
        clue.asked = answer.answer
        clue.save(update_fields=["asked"])
    return answer


def judge_clue(
    *, actor: Actor, clock: Clock, clue_id: UUID, judgement: str, on: date | None, note: str = ""
) -> Clue:
    """初筛结论. Excluding closes the clue; everything else leads on to a diagnosis."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        clue = find_clue(actor=actor, clue_id=clue_id, lock=True)
        if clue.state not in (ClueState.NEW, ClueState.CHECKING):
            raise Conflict(_("这条线索已经提请复核或办结，初筛结论不再更改。"), code="conflict.clue_state")
        if judgement not in Judgement.values:
            raise Invalid([Problem("judgement", "missing", _("初筛结论没有选择。"))])
        day = _day(on, clue.found_on, clock.today(), "judged_on", _("初筛日期"))
        clue.judgement, clue.judged_on, clue.judged_by = judgement, day, actor.user_id
        if judgement == Judgement.EXCLUDE:
            _close(clue, CloseReason.SCREENED_OUT, day, note)
        else:
            clue.state, clue.state_on = ClueState.CHECKING, day
        _save(clue)
        settle(clock=clock, kind=CLUE, subjects=[clue.pk])
        _told(actor, clock, "judge_clue", clue, judgement=judgement)
    return clue


def add_act(
    *, actor: Actor, clock: Clock, clue_id: UUID, op_id: UUID, kind: str, on: date | None, note: str = ""
) -> ClueAct:
    """Somebody was asked, persuaded or told. Repeated by `op_id` without harm."""
    require(actor, Permission.RECORD_CLUE)
    with transaction.atomic():
        clue = find_clue(actor=actor, clue_id=clue_id, lock=True)
        if known := ClueAct.objects.filter(op_id=op_id, clue=clue).first():
            return known
        problems = []
        if kind not in ActKind.values:
            problems.append(Problem("kind", "missing", _("做了什么没有选择。")))
        if problems:
            raise Invalid(problems)
        if clue.erased_at is not None:
            raise Conflict(_("这条线索的身份信息已经去除，不再记录。"), code="conflict.clue_erased")
        made = ClueAct.objects.create(
            clue=clue, op_id=op_id, managing_code=clue.managing_code, shared_codes=clue.shared_codes, kind=kind,
            happened_on=_day(on, clue.found_on, clock.today(), "happened_on", _("日期")), note=note.strip()[:500],
            recorded_at=clock.now(), recorded_by=actor.user_id,
        )  # fmt: skip
        if clue.state == ClueState.NEW:
            clue.state, clue.state_on = ClueState.CHECKING, made.happened_on
            _save(clue)
        _told(actor, clock, "act_on_clue", clue, op_id=op_id, kind=kind)
    return made


def close_clue(
    *, actor: Actor, clock: Clock, clue_id: UUID, reason: str, on: date | None, note: str = "",
    person_id: UUID | None = None,
) -> Clue:  # fmt: skip
    """End a clue without a file of its own. `person_id` names the person on the register who it is (reason known)."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        clue = find_clue(actor=actor, clue_id=clue_id, lock=True)
        if clue.state not in OPEN_STATES:
            raise Conflict(_("这条线索已经办结。"), code="conflict.clue_state")
        if reason not in CloseReason.values or reason in (CloseReason.EXCLUDED, CloseReason.SCREENED_OUT):
            raise Invalid(
                [Problem("reason", "missing", _("结案原因没有选择；排除请在初筛结论或复核结论中登记。"))]
            )
        if reason == CloseReason.KNOWN:
            if person_id is None or not Person.objects.filter(pk=person_id).exists():
                raise NotFound(code="not_found.person")
            clue.person_id = person_id
        silent = clue.urgent and clue.brought_on is None and not note.strip()
        if silent and reason in (CloseReason.AWAY, CloseReason.REFUSED):
            raise Invalid([
                    Problem("note", "missing", _("有伤害危险的线索这样结案，要写明已告知谁、怎样处理。"))
                ])  # fmt: skip
        day = _day(on, clue.found_on, clock.today(), "closed_on", _("结案日期"))
        withdraw_open(actor=actor, clock=clock, clue=clue)
        _close(clue, reason, day, note)
        _save(clue)
        settle(clock=clock, kind=CLUE, subjects=[clue.pk])
        _told(actor, clock, "close_clue", clue, reason=reason)
    return clue


def withdraw_open(*, actor: Actor, clock: Clock, clue: Clue) -> None:
    """What was asked and not yet answered is taken back; the hospital no longer sees it."""
    waiting = list(Rediagnosis.objects.select_for_update().filter(clue=clue, state=ReviewState.ASKED))
    for one in waiting:
        one.state, one.answered_at = ReviewState.WITHDRAWN, clock.now()
        one.save(update_fields=["state", "answered_at"])
    settle(clock=clock, kind=REVIEW, subjects=[one.pk for one in waiting])


def _close(clue: Clue, reason: str, day: date, note: str) -> None:
    clue.state, clue.state_on = ClueState.CLOSED, day
    clue.closed_on, clue.close_reason, clue.close_note = day, reason, note.strip()[:200]


def _save(clue: Clue) -> None:
    clue.row_version += 1
    clue.save()


def _day(typed: date | None, earliest: date, today: date, key: str, label: str) -> date:
    if typed is None:
        raise Invalid([Problem(key, "missing", _("%(label)s没有填写，或不是有效日期。") % {"label": label})])
    if typed > today or typed < earliest:
        text = _("%(label)s“%(day)s”应在调查日期 %(first)s 与今天之间。")
        words = {"label": label, "day": typed.isoformat(), "first": earliest.isoformat()}
        raise Invalid([Problem(key, "order", text % words, typed.isoformat())])
    return typed


def _told(
    actor: Actor, clock: Clock, action: str, clue: Clue, *, op_id: UUID | None = None, **detail: Any
) -> None:
    audit.record(
        actor=actor, clock=clock, action=action, object_type="clue", object_id=clue.pk, place=clue.managing_code,
        op_id=op_id, detail=detail,
    )  # fmt: skip
