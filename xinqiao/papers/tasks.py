"""Work of paper done beside the web server. A task is told ids only and opens the scope of the person who asked for it,
one transaction per file, so that progress shows and a job that was cut off goes on where it stood."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.kernel.clock import from_environment

from . import actions
from .choices import PACK_DAYS
from .queries.packs import find_pack


@app.task(name="papers.make", queue="papers")
def make(*, pack_id: str, user_id: str) -> None:
    """Make a bundle, file by file, and set its end."""
    clock = from_environment()
    actor = actor_of(User.objects.get(pk=UUID(user_id), is_active=True), clock)
    pk = UUID(pack_id)
    try:
        with acting(actor):
            places = actions.packs.positions(find_pack(actor=actor, pack_id=pk))
        for position in places:
            with acting(actor):
                actions.make_member(actor=actor, clock=clock, pack_id=pk, position=position)
        with acting(actor):
            actions.bind_pack(actor=actor, clock=clock, pack_id=pk)
    except Exception as error:
        with acting(actor):
            actions.fail_pack(actor=actor, clock=clock, pack_id=pk, kind=type(error).__name__)
        raise
    expire.configure(schedule_in={"days": PACK_DAYS, "minutes": 1}).defer(pack_id=pack_id, user_id=user_id)


@app.task(name="papers.expire", queue="papers")
def expire(*, pack_id: str, user_id: str) -> None:
    """Empty the bundles of an account whose days are over; also when the account was closed meanwhile."""
    clock = from_environment()
    actor = actor_of(User.objects.get(pk=UUID(user_id)), clock)
    with acting(actor):
        actions.expire_packs(actor=actor, clock=clock)
