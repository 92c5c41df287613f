"""The search of a county beside the web server. A task is told ids only and opens the scope of whoever asked for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from procrastinate.contrib.django import app

from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock, from_environment

from . import actions
from .choices import SearchState
from .finder import COLUMNS, find, of_families
from .reading import portion
from .rules import judge


@app.task(name="duplicates.hunt", queue="upkeep")
def hunt(*, hunt_id: str, user_id: str) -> None:
    """Read, compare and keep; each step is told in a transaction of its own, so that the page shows it."""
    clock = from_environment()
    actor = actor_of(User.objects.get(pk=UUID(user_id), is_active=True), clock)
    run_hunt(actor=actor, clock=clock, hunt_id=UUID(hunt_id))


def run_hunt(*, actor: Actor, clock: Clock, hunt_id: UUID) -> None:
    """The whole search. What it holds of the files is in memory, or in a private folder that is removed."""
    try:
        columns = _read(actor, hunt_id)
        with acting(actor):
            actions.tell_hunt(actor=actor, hunt_id=hunt_id, state=SearchState.COMPARING)
        found = [one for row in find(columns) if (one := judge(row)) is not None]
        with acting(actor):
            added = actions.keep_pairs(actor=actor, clock=clock, found=found)
            actions.finish_hunt(actor=actor, clock=clock, hunt_id=hunt_id, found=len(found), added=added)
    except Exception as error:
        with acting(actor):
            actions.fail_hunt(actor=actor, clock=clock, hunt_id=hunt_id, kind=type(error).__name__)
        raise


def _read(actor: Actor, hunt_id: UUID) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    after: UUID | None = None
    while True:
        with acting(actor):
            rows = portion(after)
            done = len(columns["unique_id"]) + len(rows)
            actions.tell_hunt(actor=actor, hunt_id=hunt_id, state=SearchState.READING, done=done)
        if not rows:
            return columns | {"phones": of_families(columns["phones"])}
        for name, values in zip(COLUMNS, zip(*rows, strict=True), strict=True):
            columns[name].extend(values)
        after = UUID(rows[-1][0])
