"""Parts of one person's page, each brought by the domain that knows it. The project gathers them (`config.panels`).

A domain's `panels.py` lists `PANELS`, and may list `TIMELINE`: functions that give the page's timeline its entries,
and `FLAGS`: functions that say what to know before a visit.
`person` is the row of the registry; both are called inside the request's scope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Panel:
    """One tab. `label` may be lazy; `permission` None for everybody who may open the page; `render` gives its HTML and is
    only called for the tab that is open."""

    key: str
    label: Any
    order: int
    permission: Any
    render: Callable[[HttpRequest, Any], str]


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the timeline. `kind` is visit, warning or empty; `body` opens in place; `rank` orders entries of one
    day (higher first)."""

    on: date
    title: str
    kind: str = ""
    badges: Markup | str = ""
    by: str = ""
    body: Markup | str = ""
    rank: int = 0


Provider = Callable[[HttpRequest, Any], Iterable[Item]]
#: (words, kind) of what somebody should know before a visit.
Flagger = Callable[[HttpRequest, Any], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What all domains bring."""

    panels: Sequence[Panel]
    timeline: Sequence[Provider]
    flags: Sequence[Flagger] = ()
