"""Entering a scope: one transaction, one statement that tells PostgreSQL who acts and what that person may see.

All settings are LOCAL to the transaction, so that a pooled connection never carries one person's scope to the next.
Taking the role explicitly costs nothing in production (it is the login role already) and makes tests, which connect as
the owner, obey the same policies.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from xinqiao.kernel.actor import Actor, Scope
from xinqiao.kernel.codes import bounds

_ENTER = """
select set_config('role', %s, true), set_config('app.lo', %s, true), set_config('app.hi', %s, true),
       set_config('app.codes', %s, true), set_config('app.shared', %s, true), set_config('app.user', %s, true)
"""


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Everything inside runs in one transaction that sees only the actor's records."""
    with _entered(actor.scope, actor.user_id):
        yield


@contextmanager
def shared_only(actor: Actor) -> Iterator[None]:
    """Inside `acting(actor)`: only the rows that others share with the actor, found by the keys alone."""
    with _entered(Scope(shared=actor.shared), actor.user_id):
        yield


@contextmanager
def nobody() -> Iterator[None]:
    """The app role with no scope at all: before sign-in."""
    with _entered(Scope(), None):
        yield


@contextmanager
def as_system(place: str) -> Iterator[None]:
    """A job without a user (rebuilding what is derived), within the bounds of one place."""
    lo, hi = bounds(place)
    with _entered(Scope(lo=lo, hi=hi), None):
        yield


@contextmanager
def reporting() -> Iterator[None]:
    """Counting over all rows through the read-only report role. Check the permission and the place first."""
    with transaction.atomic(using="report"), connections["report"].cursor() as cursor:
        before = _current(cursor)
        cursor.execute("select set_config('role', %s, true)", [settings.XINQIAO_ROLES["report"]])
        yield
        # In tests the report connection is the owner's own: give back the role it had. (In serving it ends here.)
        cursor.execute(_ENTER, before)


@contextmanager
def _entered(scope: Scope, user_id: UUID | None) -> Iterator[None]:
    connection = connections["default"]
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        before = _current(cursor) if nested else None
        cursor.execute(
            _ENTER,
            [
                settings.XINQIAO_ROLES["app"],
                scope.lo,
                scope.hi,
                ",".join(scope.codes),
                ",".join(scope.shared),
                str(user_id or ""),
            ],
        )
        yield
        if before is not None and not connection.needs_rollback:
            cursor.execute(_ENTER, before)


def _current(cursor: CursorWrapper) -> list[str]:
    names = ("role", "app.lo", "app.hi", "app.codes", "app.shared", "app.user")
    cursor.execute("select " + ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in names))
    row = cursor.fetchone()
    return [row[0] or "none", *row[1:]]
