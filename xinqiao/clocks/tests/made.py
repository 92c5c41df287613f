"""Made-up domains for the tests of clocks: their spans are what the test says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

from xinqiao.accounts.permissions import Permission
from xinqiao.clocks import sources
from xinqiao.clocks.sources import Source, Span

KIND = "madeup"
#: Another whose pages only who receives cards opens, and whose subjects are no people.
CLOSED = "closed"


class Events:
    """Spans told, and words for subjects."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.words: dict[UUID, str] = {}
        #: What reading everything finds, when somebody has written since.
        self.before: list[Span] | None = None

    def read(self, subjects: Sequence[UUID] | None) -> list[Span]:
        """As a domain reads its events."""
        if subjects is None:
            return self.spans if self.before is None else self.before
        return [span for span in self.spans if span.subject in subjects]

    def names(self, subjects: Sequence[UUID]) -> Mapping[UUID, str]:
        """As a domain says about whom its subjects are."""
        return {one: self.words[one] for one in subjects if one in self.words}


@contextmanager
def made_up() -> Iterator[Events]:
    """Inside, the domain is registered; afterwards everything is as before."""
    made = Events()
    before = dict(sources._sources)
    codes = frozenset({"D1", "D5", "D7", "D17", "D18"})
    sources.register(Source(KIND, codes, made.read, lambda subject: f"/cards/{subject}/", made.names))
    sources.register(
        Source(
            CLOSED, codes, lambda subjects: [], lambda subject: f"/closed/{subject}/", made.names,
            opens=frozenset({Permission.RECEIVE_CARD}), of_people=False,
        )
    )  # fmt: skip
    try:
        yield made
    finally:
        sources._sources.clear()
        sources._sources.update(before)
