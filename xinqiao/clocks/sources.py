"""Where clocks come from: each domain says which clocks its events open and close. Lower never asks upper: upper registers.

A domain reads its own events and tells them as spans; the engine decides due dates, warnings and the chain. Nobody types a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from xinqiao.accounts.permissions import Permission, may
from xinqiao.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Span:
    """One clock as events tell it.

    `code` is a key of `registry/deadlines` ("D5"); `subject` the card, clue, transfer or person it is about; (code, kind of
    the source, subject, period) names it. `place` is the 12-digit node where the work lies (it becomes `managing_code`),
    `shared` who else may see the row. `pauses` are half-open [from, to) days on which the clock stands still; an open pause has
    None. `void`: the start was taken back, or the act is not owed any more; then `ended_on` is the day on which that became so,
    None when it should never have run. `due_on`: the last day, where the events name it themselves; else the limit decides.
    """

    code: str
    subject: UUID
    started_on: date
    place: str
    period: str = ""
    person_id: UUID | None = None
    shared: tuple[str, ...] = ()
    ended_on: date | None = None
    void: bool = False
    due_on: date | None = None
    pauses: tuple[tuple[date, date | None], ...] = ()


class Named(str):
    """Words for a subject that stands for somebody else's key: a question about a clue, a hand-over of a person. `key`: under
    which the look at the name is written, so that it is found with the person's other looks."""

    key: UUID | None

    def __new__(cls, words: str, key: UUID | None) -> Named:
        made = super().__new__(cls, words)
        made.key = key
        return made


@dataclass(frozen=True, slots=True)
class Source:
    """One domain's clocks.

    `spans(subjects)` reads the domain's own events for these subjects, in few statements (None = all in scope); `address(subject)`
    is the page of a subject, which who holds one of `opens` may open (empty: whoever sees the clock). `names(subjects)`, if given,
    says about whom or what a subject is to whoever may see it (one statement under row-level security; those the actor does not
    see are left out); people in the registry need none. `of_people`: these words name somebody, so that reading them is a look.
    """

    kind: str
    codes: frozenset[str]
    spans: Callable[[Sequence[UUID] | None], Iterable[Span]]
    address: Callable[[UUID], str]
    names: Callable[[Sequence[UUID]], Mapping[UUID, str]] | None = None
    opens: frozenset[Permission] = frozenset()
    of_people: bool = True

    def seen(self, subject: UUID, words: str, person_id: UUID | None) -> UUID | None:
        """Under which key the look at these words is written; None when they name nobody."""
        if not self.of_people:
            return None
        return person_id or getattr(words, "key", None) or subject

    def page_for(self, actor: Actor, subject: UUID) -> str:
        """The address of the subject's page; "" when this actor's role does not open such pages."""
        if self.opens and not any(may(actor, one) for one in self.opens):
            return ""
        return self.address(subject)


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Called once by each domain in its AppConfig.ready; a second registration of the kind replaces the first."""
    _sources[source.kind] = source


def source_of(kind: str) -> Source:
    """KeyError for a kind nobody registered."""
    return _sources[kind]


def sources() -> tuple[Source, ...]:
    """All of them, by kind."""
    return tuple(_sources[kind] for kind in sorted(_sources))
