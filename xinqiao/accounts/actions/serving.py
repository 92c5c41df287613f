"""Which villages a village doctor serves from when to when, own ones and those of somebody on leave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import contains
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.terms import Role

from ..models import User, VillageAssignment
from ..permissions import Permission, require
from .reach import own_account


def set_villages(
    *, actor: Actor, clock: Clock, user_id: UUID, villages: Collection[str], since: date
) -> None:
    """The villages a village doctor serves from `since` (today or later) on; others end on that day."""
    with transaction.atomic():
        user = own_account(actor, user_id)
        if user.role != Role.VILLAGE_DOCTOR:
            raise Invalid([Problem("villages", "role", _("只有村医按村负责。"))])
        if since < clock.today():
            text = _("起始日期“%(day)s”不能早于今天。")
            raise Invalid([Problem("since", "past", text % {"day": since.isoformat()}, since.isoformat())])
        if not villages:
            raise Invalid([Problem("villages", "missing", _("村医至少要负责一个村，请勾选。"))])
        if outside := [code for code in villages if not contains(user.place[:9] + "000", code)]:
            raise Invalid([Problem("villages", "outside", _("负责的村应在同一个乡镇。"), outside[0])])
        settle(user, villages, since)
        audit.record(
            actor=actor, clock=clock, action="set_villages", object_type="user", object_id=user.pk, place=user.place,
            detail={"villages": sorted(villages), "since": since.isoformat()},
        )  # fmt: skip


def settle(user: User, villages: Collection[str], since: date) -> None:
    """Own assignments become exactly `villages` from `since` on. What was to begin later is dropped: it never was."""
    own = VillageAssignment.objects.filter(user=user, covers=None)
    own.filter(valid_from__gte=since).delete()
    open_rows = own.filter(Q(valid_to=None) | Q(valid_to__gt=since))
    kept = set(
        open_rows.filter(division_code__in=villages, valid_to=None).values_list("division_code", flat=True)
    )
    open_rows.exclude(division_code__in=kept).update(valid_to=since)
    VillageAssignment.objects.bulk_create(
        VillageAssignment(user=user, division_code=code, valid_from=since)
        for code in sorted(set(villages) - kept)
    )


def take_over_villages(
    *, actor: Actor, clock: Clock, successor_id: UUID, leaver_id: UUID, villages: Sequence[str]
) -> None:
    """From today the successor serves villages that the leaver served; the leaver's end when the account closes.

    Part of a hand-over: the one who arranges it needs no right to manage accounts, but the leaver must be of the
    own area, and the successor too or of an office above it, which sees the villages anyway.
    """
    require(actor, Permission.ARRANGE_STAFF)
    today = clock.today()
    with transaction.atomic():
        users = User.objects.select_for_update().in_bulk([successor_id, leaver_id])
        if len(users) < 2 or not contains(actor.place, users[leaver_id].place):
            raise NotFound(code="not_found.account")
        successor = users[successor_id]
        if not (contains(actor.place, successor.place) or contains(successor.place, actor.place)):
            raise NotFound(code="not_found.account")
        if successor.role == Role.VILLAGE_DOCTOR:
            rows = VillageAssignment.objects.filter(user=successor, covers=None, division_code__in=villages)
            held = set(
                rows.filter(Q(valid_to=None) | Q(valid_to__gt=today), valid_from__lte=today).values_list(
                    "division_code", flat=True
                )
            )
            VillageAssignment.objects.bulk_create(
                VillageAssignment(user=successor, division_code=code, valid_from=today)
                for code in sorted(set(villages) - held)
            )
        ending = VillageAssignment.objects.filter(user_id=leaver_id, covers=None, division_code__in=villages)
        ending.filter(valid_from__gte=today).delete()
        ending.filter(Q(valid_to=None) | Q(valid_to__gt=today)).update(valid_to=today)
        audit.record(
            actor=actor, clock=clock, action="set_villages", object_type="user", object_id=successor_id,
            place=successor.place, detail={"taken_over": list(villages), "from": str(leaver_id)},
        )  # fmt: skip


def stand_in(
    *,
    actor: Actor,
    clock: Clock,
    substitute_id: UUID,
    absent_id: UUID,
    villages: Collection[str],
    first: date,
    until: date,
) -> None:
    """The substitute sees the villages from `first` to the day before `until`. It ends by itself."""
    require(actor, Permission.ARRANGE_STAFF)
    with transaction.atomic():
        absent = User.objects.filter(pk=absent_id).first()
        substitute = User.objects.select_for_update().filter(pk=substitute_id, is_active=True).first()
        if (
            not absent
            or not substitute
            or not all(contains(actor.place, u.place) for u in (absent, substitute))
        ):
            raise NotFound(code="not_found.account")
        VillageAssignment.objects.bulk_create(
            VillageAssignment(
                user=substitute, division_code=code, valid_from=first, valid_to=until, covers=absent
            )
            for code in sorted(villages)
        )
        audit.record(
            actor=actor, clock=clock, action="stand_in", object_type="user", object_id=substitute.pk,
            place=substitute.place,
            detail={"for": str(absent_id), "first": first.isoformat(), "until": until.isoformat()},
        )  # fmt: skip


def end_cover(
    *, actor: Actor, clock: Clock, substitute_id: UUID, absent_id: UUID, first: date, until: date
) -> None:
    """Somebody is back earlier, or the leave was called off: nothing is seen from today on."""
    require(actor, Permission.ARRANGE_STAFF)
    today = clock.today()
    with transaction.atomic():
        substitute = User.objects.select_for_update().filter(pk=substitute_id).first()
        if substitute is None or not contains(actor.place, substitute.place):
            raise NotFound(code="not_found.account")
        rows = VillageAssignment.objects.filter(
            user=substitute, covers_id=absent_id, valid_from=first, valid_to=until
        )
        rows.filter(valid_from__gte=today).delete()
        rows.filter(valid_from__lt=today, valid_to__gt=today).update(valid_to=today)
        audit.record(
            actor=actor, clock=clock, action="end_cover", object_type="user", object_id=substitute.pk,
            place=substitute.place, detail={"for": str(absent_id)},
        )  # fmt: skip
