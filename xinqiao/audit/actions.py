"""Adding to the trail. Both functions cost one statement and run inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.words import sentence

# Plain SQL: every act and every page ends here, and building the statement anew costs more than running it.
_EVENT = """
insert into audit_event (id, at, actor_id, role, action, object_type, object_id, place, policy_version, op_id, detail)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb)
"""
_READ = """
insert into audit_read (id, at, actor_id, role, actor_place, kind, purpose, person_ids)
values (%s, %s, %s, %s, %s, %s, %s, %s)
"""

#: Every action name that may stand in the trail, with its Chinese label. A test holds this against the code.
ACTIONS: dict[str, str] = {
    "sign_in": sentence("登录"),
    "sign_out": sentence("退出"),
    "sign_in_refused": sentence("登录被拒"),
    "refused": sentence("访问被拒"),
    "change_password": sentence("修改密码"),
}


def register_actions(names: Mapping[str, str]) -> None:
    """Called by each domain when it is imported, with the names of the actions that it records."""
    ACTIONS.update(names)


def record(
    *,
    actor: Actor | None,
    clock: Clock,
    action: str,
    object_type: str,
    object_id: UUID | None,
    place: str,
    policy_version: str = "",
    op_id: UUID | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one event. `detail` holds ids, codes of kinds and counts: never names, never clinical values."""
    if action not in ACTIONS:
        raise ValueError(f"action not in the register: {action}")
    with connection.cursor() as cursor:
        cursor.execute(
            _EVENT,
            [
                uuid7(),
                clock.now(),
                actor.user_id if actor else None,
                actor.role.value if actor else "",
                action,
                object_type,
                object_id,
                place,
                policy_version,
                op_id,
                json.dumps(detail or {}, ensure_ascii=False),
            ],
        )


def read(*, actor: Actor, clock: Clock, kind: str, person_ids: Iterable[UUID], purpose: str) -> None:
    """Write one look: `kind` is page, list, search, figure, print, download, unmask or lookup. Nobody seen, nothing written."""
    ids = list(person_ids)
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _READ,
            [uuid7(), clock.now(), actor.user_id, actor.role.value, actor.place, kind, purpose, ids],
        )
