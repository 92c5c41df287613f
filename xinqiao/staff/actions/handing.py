"""A worker leaves: drawn up, confirmed by both sides, completed in one transaction. Until then the leaver answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.actions import take_over_villages
from xinqiao.accounts.actions.closing import shut
from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import ancestors, contains
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from xinqiao.kernel.terms import Role
from xinqiao.places import actions as places
from xinqiao.places.models import Institution
from xinqiao.registry.actions import hand_over_people

from ..choices import HandOverState, LeaverReason
from ..models import HandedPerson, HandOver, Portion
from ..queries.handing import counts_of, leaver_people, people_rows, villages_of

#: Whose duties are handed over this way.
HANDS_OVER = (Role.VILLAGE_DOCTOR.value, Role.TOWNSHIP_WORKER.value)


@dataclass(frozen=True, slots=True)
class NewHandOver:
    """A hand-over to draw up: `successors` village code → account; `paper_files` as counted at the shelf."""

    leaver_id: UUID
    successors: Mapping[str, UUID]
    last_day: date
    reason: str = LeaverReason.LEFT
    paper_files: int | None = None
    note: str = ""


def draw_up_hand_over(*, actor: Actor, clock: Clock, new: NewHandOver) -> HandOver:
    """Draw up, or draw up anew while nobody has completed it: then all confirmations are void.

    NotFound for a leaver outside the area; Invalid for a village without a successor, for one who cannot take it.
    """
    require(actor, Permission.ARRANGE_STAFF)
    with transaction.atomic():
        leaver = User.objects.select_for_update().filter(pk=new.leaver_id, role__in=HANDS_OVER).first()
        if leaver is None or not contains(actor.place, leaver.place):
            raise NotFound(code="not_found.account")
        if leaver.pk == actor.user_id:
            raise NotAllowed(_("自己的交接单由上级起草。"), code="not_allowed.own_hand_over")
        villages = villages_of(leaver.pk, clock.today())
        users = User.objects.in_bulk(set(new.successors.values()))
        if problems := list(_faults(new, leaver, villages, users, clock.today())):
            raise Invalid(problems)
        HandOver.objects.filter(leaver=leaver, state=HandOverState.OPEN).update(
            state=HandOverState.WITHDRAWN, ended_by=actor.user_id, ended_at=clock.now()
        )
        people = list(leaver_people(leaver.pk))
        try:
            made = HandOver.objects.create(
                leaver=leaver, place=leaver.place, reason=new.reason, last_day=new.last_day, note=new.note.strip()[:200],
                paper_files=new.paper_files, counts=counts_of(leaver, people, clock.today()),
                drawn_by=actor.user_id, drawn_at=clock.now(),
            )  # fmt: skip
        except IntegrityError:
            raise Conflict(_("这位同事的交接单刚被别人起草，请刷新。"), code="conflict.hand_over") from None
        Portion.objects.bulk_create(
            Portion(hand_over=made, village=code, successor_id=new.successors[code]) for code in villages
        )
        audit.record(
            actor=actor, clock=clock, action="draw_up_hand_over", object_type="hand_over", object_id=made.pk,
            place=made.place, detail={"leaver": str(leaver.pk), "villages": len(villages), "people": len(people)},
        )  # fmt: skip
    return made


def _faults(
    new: NewHandOver, leaver: User, villages: list[str], users: Mapping[UUID, User], today: date
) -> Iterator[Problem]:
    if new.reason not in LeaverReason.values:
        yield Problem("reason", "missing", _("请选择交接的原因。"), new.reason[:20])
    if (new.last_day - today).days > 366 or (today - new.last_day).days > 366:
        text = _("离岗日期“%(day)s”应在前后一年以内。")
        yield Problem("last_day", "range", text % {"day": new.last_day.isoformat()}, new.last_day.isoformat())
    if new.paper_files is not None and not 0 <= new.paper_files <= 100_000:
        yield Problem("paper_files", "range", _("纸质档案份数应为 0 或正整数。"), str(new.paper_files))
    if not villages:
        yield Problem(
            "leaver", "nothing", _("这位同事没有负责的村和服务对象，不用办交接，直接停用账号即可。")
        )
    for code in villages:
        user = users.get(new.successors.get(code, leaver.pk))
        if user is None:
            yield Problem(f"to-{code}", "missing", _("每个村都要有接收人。"), code)
        elif not takes(user, leaver, code):
            text = _("“%(name)s”不能接收这个村：应为同乡镇在用账号的村医或乡镇、县的工作人员。")
            yield Problem(f"to-{code}", "successor", text % {"name": user.display_name}, code)


def takes(user: User, leaver: User, village: str) -> bool:
    """Whether the account may take over a village of the leaver's."""
    roles = (Role.VILLAGE_DOCTOR, Role.TOWNSHIP_WORKER, Role.COUNTY_OFFICE)
    near = user.place in ancestors(village)[:3] or user.place[:9] == village[:9]
    return user.pk != leaver.pk and user.is_active and user.role in roles and near


def _open(actor: Actor, hand_over_id: UUID) -> HandOver:
    found = HandOver.objects.select_for_update().filter(pk=hand_over_id).first()
    if found is None:
        raise NotFound(code="not_found.hand_over")
    takes_part = (
        found.leaver_id == actor.user_id or found.portions.filter(successor_id=actor.user_id).exists()
    )
    arranges = may(actor, Permission.ARRANGE_STAFF) and contains(actor.place, found.place)
    if not takes_part and not arranges:
        raise NotFound(code="not_found.hand_over")
    if found.state != HandOverState.OPEN:
        raise Conflict(_("这张交接单已经办结，请刷新。"), code="conflict.hand_over_ended")
    return found


def confirm_hand_over(
    *, actor: Actor, clock: Clock, hand_over_id: UUID, for_leaver: bool = False, successor_id: UUID | None = None,
    reason: str = "",
) -> HandOver:  # fmt: skip
    """Confirm as the leaver, as a successor for all own villages, or, as the head, for somebody absent with a reason."""
    require(actor, Permission.TAKE_PART)
    now, words = clock.now(), reason.strip()[:200]
    with transaction.atomic():
        found = _open(actor, hand_over_id)
        whom = found.leaver_id if for_leaver else successor_id
        if whom is None:
            raise NotFound(code="not_found.successor")
        if whom != actor.user_id:
            _may_speak_for(actor, found, words)
        if for_leaver:
            if found.leaver_confirmed_at is None:
                found.leaver_confirmed_by, found.leaver_confirmed_at = actor.user_id, now
                found.leaver_absent_reason = "" if whom == actor.user_id else words
                found.save(
                    update_fields=["leaver_confirmed_by", "leaver_confirmed_at", "leaver_absent_reason"]
                )
        else:
            mine = found.portions.filter(successor_id=whom)
            if not mine.exists():
                raise NotFound(code="not_found.successor")
            mine.filter(confirmed_at=None).update(
                confirmed_by=actor.user_id, confirmed_at=now,
                confirmed_reason="" if whom == actor.user_id else words,
            )  # fmt: skip
        audit.record(
            actor=actor, clock=clock, action="confirm_hand_over", object_type="hand_over", object_id=found.pk,
            place=found.place, detail={"for": str(whom), "side": "leaver" if for_leaver else "successor"},
        )  # fmt: skip
    return found


def _may_speak_for(actor: Actor, found: HandOver, reason: str) -> None:
    if not may(actor, Permission.ARRANGE_STAFF) or not contains(actor.place, found.place):
        raise NotAllowed(code="not_allowed.confirm_for_another")
    if actor.user_id == found.leaver_id:
        raise NotAllowed(code="not_allowed.confirm_for_another")
    if not reason:
        raise Invalid([Problem("reason", "missing", _("代为确认要写明原因，如“本人已离岗，电话确认”。"))])


def complete_hand_over(*, actor: Actor, clock: Clock, hand_over_id: UUID) -> HandOver:
    """All at once: responsibilities and villages change, institutions get a new head, the leaver's account closes.

    Invalid while somebody has not confirmed, a village has no successor, or the last day has not come.
    """
    require(actor, Permission.ARRANGE_STAFF)
    today, now = clock.today(), clock.now()
    with transaction.atomic():
        found = _open(actor, hand_over_id)
        if not contains(actor.place, found.place):
            raise NotFound(code="not_found.hand_over")
        if found.leaver_id == actor.user_id:
            raise NotAllowed(_("自己的交接单由上级完成。"), code="not_allowed.own_hand_over")
        leaver = User.objects.select_for_update().get(pk=found.leaver_id)
        portions = list(found.portions.select_related("successor").order_by("village"))
        if problems := list(_not_ready(found, portions, villages_of(leaver.pk, today), leaver, today)):
            raise Invalid(problems)
        successors = {one.village: one.successor_id for one in portions}
        people = leaver_people(leaver.pk)
        found.final_counts = counts_of(leaver, list(people), today)
        rows = people_rows(people, successors)
        for successor in set(successors.values()):
            take_over_villages(
                actor=actor, clock=clock, successor_id=successor, leaver_id=leaver.pk,
                villages=[code for code, user in successors.items() if user == successor],
            )  # fmt: skip
        hand_over_people(actor=actor, clock=clock, worker_id=leaver.pk, successors=successors)
        HandedPerson.objects.bulk_create(
            HandedPerson(
                managing_code=one.village, hand_over=found, person_id=one.person_id,
                successor_id=successors[one.village], visit_class=one.visit_class, risk=one.risk, due_on=one.due_on,
                handed_on=today,
            )
            for one in rows
        )  # fmt: skip
        for institution in Institution.objects.filter(in_charge_id=leaver.pk, valid_to=None):
            places.put_in_charge(
                actor=actor,
                clock=clock,
                institution_id=institution.pk,
                user_id=next_head(institution, successors),
            )
        shut(leaver, clock, "left")
        found.state, found.ended_by, found.ended_at = HandOverState.DONE, actor.user_id, now
        found.save(update_fields=["state", "ended_by", "ended_at", "final_counts"])
        audit.record(
            actor=actor, clock=clock, action="complete_hand_over", object_type="hand_over", object_id=found.pk,
            place=found.place, detail={"leaver": str(leaver.pk), "people": len(rows)},
        )  # fmt: skip
    return found


def next_head(institution: Institution, successors: Mapping[str, UUID]) -> UUID:
    """Who leads the institution next: the successor of its village, else whoever takes most villages."""
    if institution.place in successors:
        return successors[institution.place]
    below = [user for code, user in sorted(successors.items()) if contains(institution.place, code)]
    users = below or [user for _code, user in sorted(successors.items())]
    return max(users, key=users.count)


def _not_ready(
    found: HandOver, portions: list[Portion], villages: list[str], leaver: User, today: date
) -> Iterator[Problem]:
    if today < found.last_day:
        text = _("离岗日期 %(day)s 还没有到，当天起可以完成。")
        yield Problem("", "early", text % {"day": found.last_day.isoformat()})
    if found.leaver_confirmed_at is None:
        yield Problem("", "leaver", _("移交人还没有确认；不在时由乡镇负责人写明原因代为确认。"))
    if any(one.confirmed_at is None for one in portions):
        yield Problem("", "successor", _("还有接收人没有确认。"))
    if set(villages) - {one.village for one in portions}:
        yield Problem("", "villages", _("起草后又有新的村归这位同事负责，请重新起草。"))
    if gone := [one for one in portions if not takes(one.successor, leaver, one.village)]:
        text = _("“%(name)s”已不能接收，请重新起草。")
        yield Problem("", "gone", text % {"name": gone[0].successor.display_name})


def withdraw_hand_over(*, actor: Actor, clock: Clock, hand_over_id: UUID) -> HandOver:
    """Nobody leaves after all: nothing has changed, the paper stays in the history."""
    require(actor, Permission.ARRANGE_STAFF)
    with transaction.atomic():
        found = _open(actor, hand_over_id)
        if not contains(actor.place, found.place):
            raise NotFound(code="not_found.hand_over")
        found.state, found.ended_by, found.ended_at = HandOverState.WITHDRAWN, actor.user_id, clock.now()
        found.save(update_fields=["state", "ended_by", "ended_at"])
        audit.record(
            actor=actor, clock=clock, action="withdraw_hand_over", object_type="hand_over", object_id=found.pk,
            place=found.place,
        )  # fmt: skip
    return found
