"""The rules in force in this deployment: released files and the rows of its own, kept for some seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from xinqiao.kernel.workdays import Workdays

from .calendar import read_workdays
from .models import LocalValue
from .policies import PolicySet

#: A changed local row is seen by every process after at most so many seconds.
KEEP_SECONDS = 10.0

_lock = threading.Lock()
_state: dict[str, object] = {}


def current() -> PolicySet:
    """The policy set in force. At most one statement every `KEEP_SECONDS`; rebuilt only when a row changed.

    Raises PolicyError when a local row is wrong: a wrong rule must stop work, not be left out.
    """
    with _lock:
        now = time.monotonic()
        kept = _state.get("policies")
        if isinstance(kept, PolicySet) and now - float(_state["read_at"]) < KEEP_SECONDS:  # type: ignore[arg-type]
            return kept
        rows = local_rows()
        if not isinstance(kept, PolicySet) or _state.get("rows") != rows:
            kept = PolicySet(local_rows=rows)
        _state.update(policies=kept, rows=rows, read_at=now)
        return kept


def local_rows() -> list[Mapping[str, Any]]:
    """The deployment's own rows as `PolicySet` reads them. One statement."""
    rows = LocalValue.objects.filter(withdrawn_at=None).order_by("pk")
    return [*rows.values("thing", "division_code", "valid_from", "valid_to", "value", "source", "author")]


def workdays_in_force() -> Workdays:
    """The calendar with the years that the deployment entered itself."""
    return _workdays(current())


@lru_cache(maxsize=2)
def _workdays(policies: PolicySet) -> Workdays:
    return read_workdays(policies)


def forget() -> None:
    """Read again at the next call: after a local row was written, and in tests."""
    with _lock:
        _state.clear()
