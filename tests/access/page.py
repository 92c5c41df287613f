"""What the register of addresses says of one address, and of one record that somebody may open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PUBLIC, SIGNED_IN, NOBODY = "public", "signed in", "nobody outside the demo"


@dataclass(frozen=True)
class Page:
    """Who may open an address (a permission, PUBLIC, SIGNED_IN or NOBODY), which record it is about, and how it is asked."""

    who: Any
    subject: str = ""
    method: str = "get"


@dataclass(frozen=True)
class Case:
    """One record under one address: `key` stands in the address (a tuple for several), `opens` are the accounts of the
    small county that may open it; to everybody else it must look like one that is not there. `statuses` when an opener
    may get something else than a page (a file that is not ready, an act that comes too late)."""

    name: str
    key: Any
    opens: frozenset[str]
    data: Mapping[str, Any] = field(default_factory=dict)
    statuses: frozenset[int] = frozenset({200, 302, 409, 422})
    missing: Any = None
