"""What is under way about a file and would lose its way when the file went up in another. Domains above know; each registers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

Ask = Callable[[Collection[UUID]], bool]
_ask: list[Ask] = []


def register(ask: Ask) -> None:
    """`ask` answers whether something is under way about any of these people that has to end before they are merged."""
    if ask not in _ask:
        _ask.append(ask)


def under_way(person_ids: Collection[UUID]) -> bool:
    """Whether anything is. One statement for each domain that registered."""
    return any(ask(person_ids) for ask in _ask)
