"""Which clocks a card's events open and close: D1–D7 of the deadlines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

from django.urls import reverse

from xinqiao.clocks.sources import Named, Source, Span
from xinqiao.kernel.actor import at_place, of_institution
from xinqiao.kernel.codes import county_of, township_of

from .choices import Entry, Form
from .choices.printed import MISTAKEN
from .models import Card, CardDraft, CardEvent
from .rules import Step, arrivals, reported_on

KIND = "card"
CODES = frozenset({"D1", "D2", "D3", "D4", "D5", "D6", "D7"})


def spans(subjects: Sequence[UUID] | None) -> Iterable[Span]:
    """Of cards and of drafts, three statements. A draft's clock goes on as the card's: both have the same key."""
    cards, drafts = Card.objects.all(), CardDraft.objects.filter(card_id=None)
    events = CardEvent.objects.order_by("card_id", "step")
    if subjects is not None:
        cards, drafts = cards.filter(pk__in=subjects), drafts.filter(pk__in=subjects)
        events = events.filter(card_id__in=subjects)
    steps: dict[UUID, list[CardEvent]] = {}
    for event in events:
        steps.setdefault(event.card_id, []).append(event)
    sent: set[UUID] = set()
    for card in cards.defer("number", "phone", "content"):
        sent.add(card.pk)
        yield from _of_card(card, steps.get(card.pk, []))
    for draft in drafts.defer("body"):
        if draft.pk not in sent and not draft.sent:
            yield from _of_draft(draft)


def _of_draft(draft: CardDraft) -> Iterator[Span]:
    shared, thrown = (of_institution(draft.hospital_id),), draft.ended_at is not None
    if draft.form == Form.REPORT and draft.dx_on and draft.own_diagnosis:
        yield Span("D1", draft.pk, draft.dx_on, draft.county, shared=shared, void=thrown)
    if draft.form == Form.DISCHARGE and draft.discharged_on:
        yield Span("D4", draft.pk, draft.discharged_on, draft.county, shared=shared, void=thrown)


def _of_card(card: Card, events: list[CardEvent]) -> Iterator[Span]:
    steps = [Step(one.kind, one.happened_on, one.to_code) for one in events]
    shared = _shared(card, steps)
    first, gone = reported_on(steps), _taken_back_for_good(events)
    if card.entry == Entry.PAPER:
        if card.paper_on is not None and card.form == Form.REPORT:
            yield Span("D2", card.pk, card.dx_on, card.county, shared=shared, ended_on=card.paper_on)
        if card.paper_on is not None:
            yield Span("D3", card.pk, card.paper_on, card.county, shared=shared, ended_on=first)
    elif card.form == Form.REPORT and card.own_diagnosis:
        yield Span(
            "D1", card.pk, card.dx_on, card.county, shared=shared, ended_on=first or gone, void=first is None and gone is not None
        )  # fmt: skip
    if card.form == Form.DISCHARGE and card.discharged_on is not None:
        ended = card.paper_on or first
        yield Span(
            "D4", card.pk, card.discharged_on, card.county, shared=shared, ended_on=ended or gone,
            void=ended is None and gone is not None,
        )  # fmt: skip
    yield from _receiving(card, steps, shared)


def _taken_back_for_good(events: Sequence[CardEvent]) -> date | None:
    """The day on which the hospital said that there is nothing to report."""
    last = events[-1] if events else None
    return (
        last.happened_on if last is not None and (last.kind, last.reason) == ("withdrawn", MISTAKEN) else None
    )


def _receiving(card: Card, steps: list[Step], shared: tuple[str, ...]) -> Iterator[Span]:
    """D5 for every arrival, D6 for every receipt, D7 from the moment an address is known to be unknown."""
    for one in arrivals(steps):
        yield Span(
            "D5", card.pk, one.on, one.place, period=str(one.number), shared=shared, ended_on=one.answered_on,
            void=one.by == "withdrawn",
        )  # fmt: skip
    place, count = "", 0
    for number, step in enumerate(steps):
        if step.to_code and step.kind in ("sent", "entered", "passed"):
            place = step.to_code
        if step.kind == "received":
            count += 1
            after = steps[number + 1 :]
            end = next((later for later in after if later.kind in _LEAVES), None)
            done = end is not None and end.kind in ("filed", "joined", "taken")
            yield Span(
                "D6", card.pk, step.on, place, period=str(count), shared=shared,
                ended_on=end.on if end is not None else None, void=end is not None and not done,
            )  # fmt: skip
    for number, step in enumerate(steps):
        if step.kind == "fault":
            ended = _asked(steps[number + 1 :])
            yield Span(
                "D7",
                card.pk,
                step.on,
                _place_at(steps, number),
                period=str(number),
                shared=shared,
                ended_on=ended,
            )


_LEAVES = frozenset({"filed", "joined", "taken", "returned", "passed"})


def _asked(after: Sequence[Step]) -> date | None:
    """When the search for the address was begun, or became needless."""
    ends = {"asked", "located", *_LEAVES}
    return next((step.on for step in after if step.kind in ends), None)


def _place_at(steps: Sequence[Step], number: int) -> str:
    return next(step.to_code for step in reversed(steps[: number + 1]) if step.to_code)


def _shared(card: Card, steps: Iterable[Step]) -> tuple[str, ...]:
    """The hospital, and everybody on the card's way: whoever takes the next step settles all its clocks."""
    keys = {of_institution(card.hospital_id)} if card.hospital_id else set()
    for step in steps:
        if step.kind in ("sent", "entered", "passed"):
            keys |= {at_place(township_of(step.to_code)), at_place(county_of(step.to_code))}
    return tuple(sorted(keys))


def address(subject: UUID) -> str:
    """The page of a card, for whoever may open it."""
    return reverse("reporting:open", args=[subject])


def names(subjects: Sequence[UUID]) -> dict[UUID, str]:
    """Whom a card is about, for whoever sees the card."""
    found = dict(CardDraft.objects.filter(pk__in=subjects, ended_at=None).values_list("pk", "name"))
    rows = Card.objects.filter(pk__in=subjects).values_list("pk", "name", "person_id")
    return found | {pk: Named(name, person) for pk, name, person in rows}


SOURCE = Source(kind=KIND, codes=CODES, spans=spans, address=address, names=names)
