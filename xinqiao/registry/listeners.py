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


_answer_listeners: list[Listener] = []


def subscribe_answers(listener: Listener) -> None:
    """For a domain that only wants to hear of answers to the offer of service that matter beyond the file: a refusal, a
    withdrawal, what follows them, a voided one. An agreement at filing is not told, so filing costs nothing more."""
    if listener not in _answer_listeners:
        _answer_listeners.append(listener)


def answers_given(actor: Actor | None, clock: Clock, person_ids: Sequence[UUID]) -> None:
    """Tell everybody that answers of these people were added or voided."""
    if person_ids:
        for listener in _answer_listeners:
            listener(actor, clock, person_ids)
