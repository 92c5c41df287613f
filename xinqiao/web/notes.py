"""What the next page says after an act: what happened, what comes next, and how to undo it.

Kept in the session until shown once. Texts say what was done, never a name and never a clinical value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

_KEY = "notes"


def say(
    request: HttpRequest,
    done: str,
    *,
    kind: str = "done",
    next_text: str = "",
    next_label: str = "",
    next_href: str = "",
    undo_url: str = "",
    undo_fields: Mapping[str, str] | None = None,
    undo_until: str = "",
) -> None:
    """Leave a note for the next page.

    `done` is what happened ("随访已保存"), `next_text` what follows ("下次应访日 2026-12-05"), `next_label` with
    `next_href` the next useful act. With `undo_url` a button posts `undo_fields` there; `undo_until` ("14:35") says
    how long. `kind` is done, info, warning or error.
    """
    waiting: list[dict[str, Any]] = request.session.get(_KEY, [])
    note = {
        "kind": kind,
        "done": done,
        "next_text": next_text,
        "next_label": next_label,
        "next_href": next_href,
        "undo_url": undo_url,
        "undo_fields": dict(undo_fields or {}),
        "undo_until": undo_until,
    }
    request.session[_KEY] = [*waiting, note]


def take(request: HttpRequest) -> list[dict[str, Any]]:
    """The notes waiting, which are then gone; none for a request without a session."""
    session = getattr(request, "session", None)
    if not session or _KEY not in session:
        return []
    waiting: list[dict[str, Any]] = session.pop(_KEY)
    return waiting
