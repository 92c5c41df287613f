"""What a township or a county reads: cards that wait for it, and one card whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor, at_place
from xinqiao.kernel.errors import NotFound
from xinqiao.places.queries import served_by

from ..choices import EventKind, Form, Found, State
from ..models import AddressSearch, Card, CardEvent, CardVersion, SharedFacts

SHOWN = 50
#: What the list may be asked for; "unresolved": the station found nothing, which is the county's business.
PARTS = ("sent", "received", "searching", "unresolved", "returned", "filed")
_OPEN = ("sent", "received", "searching")


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """One card on the list; `search`: the newest request for its address; `known`: a file of the same number is in the area."""

    card: Card
    days: int
    search: AddressSearch | None


@dataclass(frozen=True)
class ReceivedList:
    """One part of the list, oldest first; `counts` of all parts."""

    rows: Sequence[ReceivedRow]
    counts: dict[str, int]
    after: str = ""


def received_cards(
    *, actor: Actor, today: date, part: str = "sent", form: str = "", text: str = "", after: str = ""
) -> ReceivedList:
    """Oldest first, as the one that waits longest comes first; filed and returned ones newest first. Four statements."""
    require(actor, Permission.RECEIVE_CARD)
    cards = _here(actor)
    counted = (
        _with_answers(cards)
        .values_list("state")
        .annotate(n=Count("id"), lost=Count("id", filter=_UNRESOLVED))
    )
    found = {state: (n, lost) for state, n, lost in counted}
    counts = {state: n for state, (n, _lost) in found.items()}
    counts["unresolved"] = found.get(State.SEARCHING, (0, 0))[1]
    rows = _with_answers(cards).filter(_UNRESOLVED) if part == "unresolved" else cards.filter(state=part)
    if form:
        rows = rows.filter(form=form)
    if text:
        rows = rows.filter(Q(name__startswith=text) | Q(card_no=text))
    newest = part not in (*_OPEN, "unresolved")
    rows = _from(rows, after, newest)
    order = ("-state_on", "-id") if newest else ("state_on", "id")
    listed = list(
        rows.select_related("hospital")
        .defer("number", "phone", "content", "located_detail")
        .order_by(*order)[: SHOWN + 1]
    )
    shown = listed[:SHOWN]
    searches = searches_of([one.pk for one in shown])
    last = shown[-1] if len(listed) > SHOWN else None
    return ReceivedList(
        [ReceivedRow(one, (today - one.state_on).days, _newest(searches.get(one.pk))) for one in shown],
        counts,
        f"{last.state_on.isoformat()}.{last.pk}" if last else "",
    )


def _newest(found: Sequence[AddressSearch] | None) -> AddressSearch | None:
    return found[-1] if found else None


def waiting(*, actor: Actor) -> int:
    """How many cards wait to be received."""
    return _here(actor).filter(state=State.SENT).count()


def _here(actor: Actor) -> QuerySet[Card]:
    """Cards held by place: what is shared on its way elsewhere is not in the list."""
    return Card.objects.filter(served_by(actor))


#: Nobody is asked any more, and the one who was asked last did not find it: an earlier find turned out wrong.
_UNRESOLVED = Q(state=State.SEARCHING, last_answer__in=[Found.NOT_FOUND, Found.OTHER], asked=False)


def _with_answers(cards: QuerySet[Card]) -> QuerySet[Card]:
    searches = AddressSearch.objects.filter(card_id=OuterRef("pk")).exclude(outcome=Found.NEEDLESS)
    newest = searches.order_by("-asked_at", "-id").values("outcome")[:1]
    return cards.annotate(last_answer=Subquery(newest), asked=Exists(searches.filter(outcome="")))


def _from(rows: QuerySet[Card], after: str, newest: bool) -> QuerySet[Card]:
    day, _dot, key = after.partition(".")
    try:
        on, pk = date.fromisoformat(day), UUID(key)
    except ValueError:
        return rows
    if newest:
        return rows.filter(Q(state_on__lt=on) | Q(state_on=on, pk__lt=pk))
    return rows.filter(Q(state_on__gt=on) | Q(state_on=on, pk__gt=pk))


def searches_of(ids: Sequence[UUID]) -> dict[UUID, list[AddressSearch]]:
    """Requests for addresses by card, in their order."""
    found: dict[UUID, list[AddressSearch]] = {}
    for one in (
        AddressSearch.objects.filter(card_id__in=ids).select_related("station").order_by("asked_at", "id")
    ):
        found.setdefault(one.card_id, []).append(one)
    return found


def passed_by(*, actor: Actor, since: date) -> list[CardEvent]:
    """Cards that the own township or county passed on: when, to where, under which number. Nothing else of them is visible."""
    rows = CardEvent.objects.filter(
        kind=EventKind.PASSED,
        shared_codes__contains=[at_place(actor.place)],
        from_code=actor.place,
        happened_on__gte=since,
    )
    return list(rows.order_by("-happened_on", "-id")[:SHOWN])


@dataclass(frozen=True)
class CardPage:
    """One card with its way: `events`, `versions` (newest first), `searches`, `receipts` of sharing, and the cards of the same person."""

    card: Card
    events: Sequence[CardEvent]
    versions: Sequence[CardVersion]
    searches: Sequence[AddressSearch]
    receipts: Sequence[SharedFacts]
    others: Sequence[Card]

    @property
    def unresolved(self) -> bool:
        asked = [one.outcome for one in self.searches if one.outcome != Found.NEEDLESS]
        return bool(asked) and "" not in asked and asked[-1] in (Found.NOT_FOUND, Found.OTHER)

    @property
    def found(self) -> AddressSearch | None:
        return next((one for one in reversed(self.searches) if one.outcome == Found.FOUND), None)


def received_card(*, actor: Actor, card_id: UUID) -> CardPage:
    """A card held by place; NotFound for others."""
    require(actor, Permission.RECEIVE_CARD)
    card = (
        Card.objects.select_related("hospital", "report", "person")
        .filter(pk=card_id)
        .exclude(state=State.WITHDRAWN)
        .first()
    )
    if card is None or not actor.scope.covers(card.managing_code):
        raise NotFound(code="not_found.card")
    return whole(card)


def whole(card: Card) -> CardPage:
    """The card with everything that the reader sees of it."""
    others = (
        Card.objects.filter(report=card) if card.form == Form.REPORT else Card.objects.filter(discharges=card)
    )
    return CardPage(
        card,
        list(CardEvent.objects.filter(card=card).select_related("institution").order_by("step")),
        list(CardVersion.objects.filter(card=card).order_by("-number")),
        searches_of([card.pk]).get(card.pk, []),
        list(SharedFacts.objects.filter(card_id=card.pk).select_related("receiver").order_by("shared_at")),
        list(others.defer("number", "phone", "content", "located_detail").order_by("recorded_at")),
    )
