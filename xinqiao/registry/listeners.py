"""How a domain above the registry hears that facts about people changed. Lower never asks upper: upper subscribes.

Listeners run inside the same transaction as the change, so that what is derived is never older than its facts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock

Listener = Callable[[Actor | None, Clock, Sequence[UUID]], None]
_listeners: list[Listener] = []
_besides: list[Listener] = []
_opened: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Called once by each interested domain when Django starts."""
    if listener not in _listeners:
        _listeners.append(listener)


def subscribe_besides(listener: Listener) -> None:
    """For a domain to which an ordinary visit, an exam and a new file that agreed to the service say nothing: it is not called
    for these, so that they cost nothing more."""
    if listener not in _besides:
        _besides.append(listener)


def subscribe_opened(listener: Listener) -> None:
    """For a domain to which a new file owes something from its first day. Told of files typed in, never of an imported
    register."""
    if listener not in _opened:
        _opened.append(listener)


def files_opened(actor: Actor | None, clock: Clock, person_ids: Sequence[UUID]) -> None:
    """Tell those who wait for new files, after everybody was told that there are facts."""
    if person_ids:
        for listener in _opened:
            listener(actor, clock, person_ids)


def facts_changed(
    actor: Actor | None, clock: Clock, person_ids: Sequence[UUID], *, ordinary: Collection[UUID] = ()
) -> None:
    """Tell everybody that facts about these people were added or voided; of `ordinary` people these say nothing unusual."""
    for listener in _listeners:
        listener(actor, clock, person_ids)
    tell_besides(actor, clock, [one for one in person_ids if one not in ordinary])


def tell_besides(actor: Actor | None, clock: Clock, person_ids: Sequence[UUID]) -> None:
    """Tell only those who subscribed besides: the caller told the others itself."""
    if person_ids:
        for listener in _besides:
            listener(actor, clock, person_ids)
