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
        # One of the two is parked: nobody sees it but through the merge.
        merges = Merge.objects.filter(undone_at=None).select_related("winner").order_by("-merged_at")
        done = list(merges[: SHOWN + 1])
        names = places.short_names(one.winner.managing_code for one in done)
        return Listed([], done[:SHOWN], names, merges.count() if len(done) > SHOWN else len(done))
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
