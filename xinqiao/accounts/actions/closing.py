"""Closing an account, and opening it again."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, Problem

from ..leaving import burdens_of
from ..models import User, VillageAssignment
from ..rules import latest_end
from ..session_store import end_sessions
from .reach import first_password, in_charge_of, keep_one, own_account

#: Why an account is closed. Only `safety` goes before the hand-over: a lost telephone cannot wait for it.
REASONS = ("left", "safety", "other")


def close_account(*, actor: Actor, clock: Clock, user_id: UUID, reason: str) -> None:
    """Close the account today; whoever is signed in with it is out at the next click.

    Refused while it answers for people or leads an institution (they are handed over first), except for safety: then
    the account stays named as responsible, and the list says that a hand-over is due.
    """
    with transaction.atomic():
        user = own_account(actor, user_id)
        if not user.is_active:
            return
        if reason not in REASONS:
            raise Invalid([Problem("reason", "missing", _("请选择停用的原因。"), reason)])
        keep_one(user)
        if reason != "safety":
            _nothing_left(user)
        shut(user, clock, reason)
        audit.record(
            actor=actor, clock=clock, action="close_account", object_type="user", object_id=user.pk, place=user.place,
            detail={"reason": reason},
        )  # fmt: skip


def _nothing_left(user: User) -> None:
    if people := burdens_of([user.pk]).get(user.pk, 0):
        text = _("还负责 %(n)s 名服务对象，请先办交接单；交接完成时账号当天停用。")
        raise Invalid([Problem("reason", "burdened", text % {"n": people})])
    if led := in_charge_of(user.pk):
        text = _("还是“%(name)s”的负责人，请先指定新的负责人。")
        raise Invalid([Problem("reason", "in_charge", text % {"name": led[0].name})])


def shut(user: User, clock: Clock, reason: str) -> None:
    """Switch the account off from now on: no sign-in, no villages. Permission and trail are the caller's."""
    today = clock.today()
    user.is_active, user.closed_on, user.closed_because = False, today, reason
    user.save(update_fields=["is_active", "closed_on", "closed_because"])
    end_sessions(user.pk)
    if reason != "safety":
        rows = VillageAssignment.objects.filter(user=user)
        rows.filter(valid_from__gte=today).delete()
        rows.filter(Q(valid_to=None) | Q(valid_to__gt=today)).update(valid_to=today)


def reopen_account(*, actor: Actor, clock: Clock, user_id: UUID) -> str:
    """Open a closed account again with a new first password, for as long as a new one would be."""
    with transaction.atomic():
        user = own_account(actor, user_id)
        if user.is_active:
            raise Invalid([Problem("", "open", _("这个账号正在使用，不必恢复。"))])
        word = first_password()
        user.set_password(word)
        user.is_active, user.must_change_password = True, True
        user.closed_on, user.closed_because = None, ""
        user.valid_until = latest_end(clock.today())
        user.save()
        audit.record(
            actor=actor, clock=clock, action="reopen_account", object_type="user", object_id=user.pk, place=user.place,
        )  # fmt: skip
    return word
