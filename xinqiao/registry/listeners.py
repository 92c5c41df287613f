"""How a domain above the registry hears that facts about people changed. Lower never asks upper: upper subscribes.

Listeners run inside the same transaction as the change, so that what is derived is never older than its facts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock

Listener = Callable[[Actor | None, Clock, Sequence[UUID]], None]
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Called once by each interested domain when Django starts."""
    if listener not in _listeners:
        _listeners.append(listener)


def facts_changed(actor: Actor | None, clock: Clock, person_ids: Sequence[UUID]) -> None:
    """Tell everybody that facts about these people were added or voided."""
    for listener in _listeners:
        listener(actor, clock, person_ids)
