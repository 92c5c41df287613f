"""What the next page says after an act: what happened, what comes next, and how to undo it.

Kept in a signed cookie until shown once, so that an act writes no session. Texts say what was done, never a name and
never a clinical value. `NotesMiddleware` carries them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from xinqiao.kernel.words import told

COOKIE = "xq_notes"
_SALT = "xinqiao.notes"
#: A note not shown by then is old news; and a cookie is at most four kilobytes.
_SECONDS = 600
_MOST = 3


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
    note = {
        "kind": kind,
        "done": told(done),
        "next_text": told(next_text),
        "next_label": next_label,
        "next_href": next_href,
        "undo_url": undo_url,
        "undo_fields": dict(undo_fields or {}),
        "undo_until": undo_until,
    }
    request._notes = [*_waiting(request), note]  # type: ignore[attr-defined]


def take(request: HttpRequest) -> list[dict[str, Any]]:
    """The notes waiting, which are then gone."""
    waiting = _waiting(request)
    request._notes = []  # type: ignore[attr-defined]
    return waiting


def _waiting(request: HttpRequest) -> list[dict[str, Any]]:
    known: list[dict[str, Any]] | None = getattr(request, "_notes", None)
    return _read(request) if known is None else known


def _read(request: HttpRequest) -> list[dict[str, Any]]:
    text = request.COOKIES.get(COOKIE, "")
    if not text:
        return []
    try:
        found = signing.loads(text, salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return []
    return found if isinstance(found, list) else []


class NotesMiddleware:
    """Sends the notes that are still to be shown, and takes the cookie back once they were."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        notes = getattr(request, "_notes", None)
        if notes is None:
            return response
        if notes:
            response.set_cookie(
                COOKIE,
                signing.dumps(notes[-_MOST:], salt=_SALT, compress=True),
                max_age=_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        elif COOKIE in request.COOKIES:
            response.delete_cookie(COOKIE, samesite="Lax")
        return response
