"""Pages rendered without a database: a request, an actor and a clock are enough for the shell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils.translation import trans_real

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.terms import Role
from xinqiao.web import messages


@pytest.fixture
def ask(settings: Any) -> Callable[..., HttpRequest]:
    """`ask("/path/", role=Role.X)` is a request of somebody signed in; `role=None` of nobody."""
    settings.XINQIAO_DEMO = True

    def make(path: str = "/", role: Role | None = Role.TOWNSHIP_WORKER) -> HttpRequest:
        request = RequestFactory().get(path)
        request.session = {}  # type: ignore[assignment]
        request.clock = FixedClock(date(2026, 11, 21))  # type: ignore[attr-defined]
        request.actor = None  # type: ignore[attr-defined]
        if role:
            request.actor = Actor(UUID(int=1), "xg01", "王样例", role, "990122101000")  # type: ignore[attr-defined]
        return request

    return make


@pytest.fixture
def english(tmp_path: Path, settings: Any) -> Iterator[None]:
    """The English catalogue, compiled from the source as it stands now."""
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    messages.compile_catalogue(target=folder / "django.mo")
    settings.LOCALE_PATHS = [tmp_path]
    trans_real._translations = {}
    yield
    trans_real._translations = {}
