"""What upper domains know that keeps an account or an institution from being closed. Upper tells lower: it registers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

#: Account ids → how many people each is still responsible for (only those above 0).
Burdens = Callable[[Sequence[UUID]], dict[UUID, int]]
_accounts: list[Burdens] = []
_institutions: list[Burdens] = []


def watch_accounts(burdens: Burdens) -> None:
    """Called once when Django starts, by the domain that knows who is responsible for whom."""
    if burdens not in _accounts:
        _accounts.append(burdens)


def watch_institutions(burdens: Burdens) -> None:
    """The same for institutions."""
    if burdens not in _institutions:
        _institutions.append(burdens)


def burdens_of(user_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Account → how many people it is responsible for now; only those above 0. Counts, never who."""
    return _sum(_accounts, user_ids)


def burdens_of_institutions(ids: Sequence[UUID]) -> dict[UUID, int]:
    """Institution → how many people it counts or answers for now; only those above 0."""
    return _sum(_institutions, ids)


def _sum(sources: list[Burdens], ids: Sequence[UUID]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for source in sources if ids else ():
        for key, count in source(ids).items():
            found[key] = found.get(key, 0) + count
    return found
