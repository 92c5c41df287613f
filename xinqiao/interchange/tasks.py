"""Work done beside the web server. A task is told ids only and opens the scope of the person who asked for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from procrastinate.contrib.django import app

from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.kernel.clock import from_environment

from . import actions


@app.task(name="interchange.check", queue="import")
def check(*, batch_id: str, user_id: str) -> None:
    """Check a batch."""
    _as(user_id, actions.run_check, batch_id)


@app.task(name="interchange.commit", queue="import")
def commit(*, batch_id: str, user_id: str) -> None:
    """Commit a batch."""
    _as(user_id, actions.run_commit, batch_id)


def _as(user_id: str, work: Callable[..., Any], batch_id: str) -> None:
    clock = from_environment()
    user = User.objects.get(pk=UUID(user_id), is_active=True)
    actor = actor_of(user, clock)
    with acting(actor):
        work(actor=actor, clock=clock, batch_id=UUID(batch_id))
