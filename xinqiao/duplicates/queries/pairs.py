"""Pairs that may be one person: a list in the order of likeliness, and one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.ids import read_uuid
from xinqiao.places import queries as places

from ..choices import PairKind, PairState
from ..models import Hunt, Merge, Pair

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """`state` of PairState, `kind` of PairKind or empty for all."""

    state: str = PairState.OPEN
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A portion of the list, likeliest first; how many there are in all; the id after which the next portion begins."""

    pairs: Sequence[Pair]
    merges: Sequence[Merge]
    places: dict[str, str]
    count: int
    after: str = ""


def pairs_list(*, actor: Actor, filters: Filters, after: str = "") -> Listed:
    """Five statements at most. Both people are joined: who lies outside the scope takes the pair along."""
    require(actor, Permission.CORRECT_RECORD)
    wanted = Pair.objects.filter(state=filters.state)
    if filters.kind in PairKind.values:
        wanted = wanted.filter(kind=filters.kind)
    if filters.state == PairState.MERGED:
        return _merged(after)
    # Says nothing but that both are joined, in the count too: row-level security hides whom the actor may not see.
    page = both = wanted.filter(first__managing_code__gt="", second__managing_code__gt="")
    key = read_uuid(after)
    if key is not None and (last := Pair.objects.filter(pk=key).first()) is not None:
        page = page.filter(Q(score__lt=last.score) | Q(score=last.score, id__gt=last.pk))
    rows = list(page.select_related("first", "second").order_by("-score", "id")[: SHOWN + 1])
    more, rows = len(rows) > SHOWN, rows[:SHOWN]
    count = both.count() if more or after else len(rows)
    names = places.short_names(
        code for pair in rows for code in (pair.first.managing_code, pair.second.managing_code)
    )
    return Listed(rows, [], names, count, str(rows[-1].pk) if more else "")


def _merged(after: str) -> Listed:
    """Merges that stand, newest first. One of the two people is parked: nobody sees that file but through the merge."""
    page = merges = Merge.objects.filter(undone_at=None)
    key = read_uuid(after)
    if key is not None and (last := Merge.objects.filter(pk=key).first()) is not None:
        page = page.filter(Q(merged_at__lt=last.merged_at) | Q(merged_at=last.merged_at, id__lt=last.pk))
    done = list(page.select_related("winner").order_by("-merged_at", "-id")[: SHOWN + 1])
    more, done = len(done) > SHOWN, done[:SHOWN]
    count = merges.count() if more or after else len(done)
    names = places.short_names(one.winner.managing_code for one in done)
    return Listed([], done, names, count, str(done[-1].pk) if more else "")


def find_pair(*, actor: Actor, pair_id: UUID, lock: bool = False) -> Pair:
    """The pair with both people; NotFound when it, or one of the two, is not there or not the actor's. One statement."""
    require(actor, Permission.CORRECT_RECORD)
    rows = Pair.objects.select_related("first", "second")
    if lock:
        rows = rows.select_for_update(of=("self",))
    pair = rows.filter(pk=pair_id).first()
    if pair is None:
        raise NotFound(code="not_found.pair")
    return pair


def last_hunt(*, actor: Actor) -> Hunt | None:
    """The newest search of the actor's own place."""
    require(actor, Permission.CORRECT_RECORD)
    return Hunt.objects.filter(managing_code=actor.place).order_by("-started_at").first()
