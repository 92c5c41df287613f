"""How a domain above follow-up hears that somebody was missed, said to be away, lost, met again, or met while a hand-over is
under way. Lower never asks upper.

Told only about people for whom it can matter, so that an ordinary visit costs nothing more. Listeners run inside the same
transaction, after what follows from the facts was written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from xinqiao.kernel.clock import Clock

from .actions.folding import Folded, contact

Listener = Callable[[Clock, Mapping[UUID, Folded]], None]
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Called once by each interested domain when Django starts."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(folded: Mapping[UUID, Folded], *, clock: Clock) -> None:
    """Tell everybody about those who are lost, looked for, handed over, reported lost, or missed since they were last met."""
    found = {person_id: item for person_id, item in folded.items() if _matters(item)}
    if found:
        for listener in _listeners:
            listener(clock, found)


def _matters(item: Folded) -> bool:
    history = item.history
    if history.searched_since is not None or history.handed_since is not None or item.state == "lost":
        return True
    met = [visit.visit_date for visit in history.visits if contact(visit)]
    last = met[-1] if met else None
    return any(last is None or day > last for day in history.attempts) or any(
        visit.lost_reason and (last is None or visit.visit_date > last) for visit in history.visits
    )
