"""Rebuilds what follows from the facts: which class and level count, timing, what is due, how a person stands.

Everything here is a pure fold over a person's history and then two or three statements for any number of persons, so
that an import of thousands takes the same path as one visit, and a fact entered late cannot misdate anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from uuid import UUID

from xinqiao.accounts.scope import as_system
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import bounds, full_code, significant
from xinqiao.places.models import Division
from xinqiao.registry.models import Person

from .. import listeners
from .derived import save
from .folding import Folded, fold_all
from .history import History, load

CHUNK = 2_000


def on_facts_changed(actor: Actor | None, clock: Clock, person_ids: Sequence[UUID]) -> None:
    """The registry's listener."""
    refold(person_ids, clock=clock)


def refold(person_ids: Iterable[UUID], *, clock: Clock) -> None:
    """Read, fold and write again everything derived about these persons, in chunks. NotFound for one not yours."""
    ids = iter(sorted(set(person_ids)))
    while chunk := list(islice(ids, CHUNK)):
        settle(load(chunk), clock=clock)


def refold_place(place: str, *, clock: Clock) -> Iterator[int]:
    """Everybody below a place, `CHUNK` people in a transaction, so that nobody's visit waits for a county; yields how many
    people each chunk had."""
    for code in _counties(place):
        last: UUID | None = None
        while True:
            with as_system(code):
                some = Person.objects.order_by("pk").values_list("pk", flat=True)
                ids = list((some.filter(pk__gt=last) if last else some)[:CHUNK])
                settle(load(ids), clock=clock)
            if not ids:
                break
            yield len(ids)
            last = ids[-1]


def _counties(place: str) -> list[str]:
    if len(significant(place)) >= 6:
        return [place]
    lo, hi = bounds(place)
    codes = Division.objects.filter(code__gte=lo, code__lt=hi).values_list("code", flat=True)
    return sorted({full_code(code[:6]) for code in codes if code[4:6] != "00"})


def settle(histories: Mapping[UUID, History], *, clock: Clock) -> dict[UUID, Folded]:
    """Fold these histories and write what follows."""
    folded = fold_all(histories)
    save(folded, clock=clock)
    listeners.tell(folded, clock=clock)
    return folded
