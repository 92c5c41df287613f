"""`@clause("N3/class/1")` on a test says which clauses it proves; the clause page is written from these marks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])


def clause(*ids: str) -> Callable[[Test], Test]:
    """Mark a test with clause ids. The test itself is left as it is; unknown ids fail the page's own test."""

    def mark(test: Test) -> Test:
        test.__dict__["clauses"] = ids
        return test

    return mark
