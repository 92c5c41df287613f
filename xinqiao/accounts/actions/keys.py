"""First passwords and lock-outs."""

from __future__ import annotations

from uuid import UUID

from axes.utils import reset
from django.db import transaction

from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock

from ..session_store import end_sessions
from .reach import first_password, own_account


def reset_password(*, actor: Actor, clock: Clock, user_id: UUID) -> str:
    """A new first password, shown once; the old one no longer works and open sessions end at once."""
    with transaction.atomic():
        user = own_account(actor, user_id)
        word = first_password()
        user.set_password(word)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        reset(username=user.username)
        end_sessions(user.pk)
        audit.record(
            actor=actor, clock=clock, action="reset_password", object_type="user", object_id=user.pk, place=user.place,
        )  # fmt: skip
    return word


def unlock_account(*, actor: Actor, clock: Clock, user_id: UUID) -> None:
    """Forget the wrong passwords typed for this account, so that it may sign in again at once."""
    with transaction.atomic():
        user = own_account(actor, user_id)
        reset(username=user.username)
        audit.record(
            actor=actor, clock=clock, action="unlock_account", object_type="user", object_id=user.pk, place=user.place,
        )  # fmt: skip
