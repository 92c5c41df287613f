"""What a list is, and the register of all lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinqiao.accounts.permissions import Permission
from xinqiao.kernel.actor import Actor

#: Headings under which lists stand, in order.
GROUPS = ("deadline", "condition", "duty", "entry")


@dataclass(frozen=True, slots=True)
class Act:
    """The next act for a row: its words and the name of the page, whose only argument is the person."""

    label: Any
    url_name: str
    permission: Permission


@dataclass(frozen=True, slots=True)
class List:
    """One list.

    `condition` is SQL over `s` (the standing of a person) that may use the parameters of `queries.Frame`: today,
    month_start, month_end, quarter_start, year_start, year_end, year, quarter. `order` gives a text key, smallest first.
    `why` says in a sentence what it is good for and `source` where that comes from. `columns` are keys of the column
    register shown beside name, village, class and risk. `attention` puts it among what needs a decision today; `work` names
    the page where such decisions are made, when there is one. `count` may give the number more cheaply than the condition:
    a scalar expression whose `{where}` is the place, on `s`.
    """

    key: str
    title: Any
    why: Any
    source: Any
    group: str
    condition: str
    order: str = "''"
    columns: tuple[str, ...] = ()
    act: Act | None = None
    permission: Permission = Permission.VIEW_RECORDS
    attention: bool = False
    work: str = ""
    count: str = ""
    #: More parameters for the condition, as they hold for somebody on a day (settings of a county, a clock).
    given: Callable[[Actor, date], Mapping[str, Any]] | None = None
    #: False for the register itself: it is no list of something to prevent.
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Count:
    """How many people stand on a list now."""

    list: List
    number: int


_lists: dict[str, List] = {}


def register(*lists: List) -> None:
    """Add lists; each domain does so once when Django starts. The same key again replaces."""
    for one in lists:
        if one.group not in GROUPS:
            raise ValueError(f"unknown group: {one.group}")
        _lists[one.key] = one


def all_lists() -> list[List]:
    """All lists in the order of their groups, then of registration."""
    return sorted(_lists.values(), key=lambda one: GROUPS.index(one.group))


def find_list(key: str) -> List | None:
    return _lists.get(key)
