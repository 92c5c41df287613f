"""What other domains keep as clocks of their own (visits owed, entering elsewhere, yearly exams) stands in the inbox as one
line each. The domains above tell how many; the inbox copies nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from xinqiao.accounts.permissions import Permission, may
from xinqiao.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Summary:
    """One line: what it is, how many are overdue and how many run out today, and where they are listed."""

    label: str
    overdue: int
    today: int
    href: str
    note: str = ""


#: Counts for the actor on a day in one statement whose work does not grow with the country; None when there is nothing to say.
Provider = Callable[[Actor, date], Summary | None]
_providers: dict[str, tuple[Permission, Provider]] = {}


def provide(key: str, permission: Permission, provider: Provider) -> None:
    """Called once by each domain in its AppConfig.ready. Asked only for who holds the permission."""
    _providers[key] = (permission, provider)


def summaries(actor: Actor, today: date) -> list[Summary]:
    """The lines for this actor, those with something overdue first."""
    lines = [read(actor, today) for permission, read in _providers.values() if may(actor, permission)]
    return sorted((line for line in lines if line), key=lambda line: (not line.overdue, not line.today))
