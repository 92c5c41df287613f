"""Comparing beside the web server. A task is told ids only and opens the scope of the person who asked for it."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock, from_environment
from xinqiao.kernel.errors import Conflict, XinqiaoError

from . import actions
from .choices import ComparisonState
from .models import Comparison

log = logging.getLogger("xinqiao.national")


@app.task(name="national.compare", queue="import")
def compare(*, comparison_id: str, user_id: str) -> None:
    """Run one comparison."""
    clock = from_environment()
    actor = actor_of(User.objects.get(pk=UUID(user_id), is_active=True), clock)
    with acting(actor):
        run(actor=actor, clock=clock, comparison_id=UUID(comparison_id))


def run(*, actor: Actor, clock: Clock, comparison_id: UUID) -> None:
    """Compare inside the caller's scope; a failure leaves nothing written and is kept as the comparison's state."""
    try:
        with transaction.atomic():
            actions.run_comparison(actor=actor, clock=clock, comparison_id=comparison_id)
        return
    except Conflict:
        return  # somebody else does, or did, this very work
    except (XinqiaoError, DatabaseError, ValueError, KeyError, TypeError) as error:
        log.exception("comparison failed comparison=%s code=%s", comparison_id, type(error).__name__)
    Comparison.objects.filter(pk=comparison_id).update(
        state=ComparisonState.FAILED,
        state_at=clock.now(),
        failure=_("没有完成，什么都没有写入；请稍后重试，仍不行请联系系统管理员"),
    )
