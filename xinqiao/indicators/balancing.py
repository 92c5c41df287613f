"""The balance of every county checked by a command and every night: what does not add up is an error in the log."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import NATION, level_of
from xinqiao.kernel.periods import add_months
from xinqiao.kernel.terms import Level

from .engines import Area
from .keeping import counties_below, log_run
from .queries.balances import balanced
from .queries.tables import direct_children

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """One place in one month; without `faults` it balances."""

    code: str
    name: str
    month: date
    opening: int
    closing: int
    faults: tuple[str, ...]


def check(*, clock: Clock, code: str = NATION, months: Sequence[date] | None = None) -> Iterator[Checked]:
    """Every county at or above `code` with the townships below it (a township by its villages), this month and the last."""
    today = clock.today()
    first = today.replace(day=1)
    places = counties_below(code) if level_of(code) <= Level.COUNTY else [code]
    for place in places:
        for month in months or [add_months(first, -1), first]:
            began = clock.now()
            made = balanced(Area.below(place), direct_children(place), place, month, today)
            kinds = Counter(fault.kind for fault in made.faults)
            for kind, times in sorted(kinds.items()):
                where = next(fault.code for fault in made.faults if fault.kind == kind)
                log.error(
                    "balance: %s in %s: %d do not add up (%s), first %s", place, f"{month:%Y-%m}", times, kind, where
                )  # fmt: skip
            log_run(
                "balance", place, made.to, began, clock.now(), len(made.children), len(made.faults),
                ",".join(sorted(kinds)),
            )  # fmt: skip
            whole = made.whole
            yield Checked(
                place, whole.name, month, whole.opening, whole.closing, tuple(f.sentence for f in made.faults)
            )
