"""What a hospital reads: its institution, its cards and drafts, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import county_of
from xinqiao.kernel.errors import NotFound
from xinqiao.places.models import Institution

from ..choices import State
from ..models import Card, CardDraft, CardEvent

SHOWN = 100


def own_institution(actor: Actor) -> Institution:
    """The hospital of an account; NotFound for an account without one."""
    found = Institution.objects.filter(pk=actor.institution_id).first() if actor.institution_id else None
    if found is None:
        raise NotFound(code="not_found.institution")
    return found


def reporting_county(hospital: Institution) -> str:
    """报告地区."""
    return county_of(hospital.place)


def same_person(card: Card) -> QuerySet[Card]:
    """Other cards of the same hospital and form about the same person: the same number, or name, sex, birth and phone together."""
    rows = Card.objects.filter(hospital_id=card.hospital_id, form=card.form).exclude(pk=card.pk)
    rows = rows.exclude(state=State.WITHDRAWN)
    if card.number_hash is not None:
        return rows.filter(number_hash=card.number_hash)
    return rows.filter(name=card.name, sex=card.sex, birth_on=card.birth_on, phone_hash=card.phone_hash)


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One card on the hospital's list. `last`: the newest step the receiving side took, with who took it."""

    card: Card
    last: CardEvent | None


@dataclass(frozen=True)
class OwnList:
    """The hospital's cards: `counts` by state, drafts apart."""

    rows: Sequence[OwnRow]
    counts: dict[str, int]
    drafts: Sequence[CardDraft] = field(default_factory=tuple)
    after: str = ""

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def own_cards(
    *, actor: Actor, form: str, state: str = "", text: str = "", after: UUID | None = None
) -> OwnList:
    """Newest first. Four statements whatever the number of rows."""
    require(actor, Permission.REPORT_CARD)
    cards = Card.objects.filter(hospital_id=actor.institution_id, form=form)
    counts = dict(cards.values_list("state").annotate(n=Count("id")))
    if state:
        cards = cards.filter(state=state)
    if text:
        cards = cards.filter(Q(name__startswith=text) | Q(card_no=text))
    if after is not None:
        cards = cards.filter(pk__lt=after)
    found = list(cards.defer("number", "phone", "content", "located_detail").order_by("-id")[: SHOWN + 1])
    shown = found[:SHOWN]
    last = _last_steps([one.pk for one in shown])
    drafts = (
        CardDraft.objects.filter(hospital_id=actor.institution_id, form=form, ended_at=None)
        .defer("body")
        .order_by("-saved_at")
    )
    return OwnList(
        [OwnRow(one, last.get(one.pk)) for one in shown],
        counts,
        list(drafts[:SHOWN]) if not state and not text and after is None else [],
        str(shown[-1].pk) if len(found) > SHOWN else "",
    )


def _last_steps(ids: Sequence[UUID]) -> dict[UUID, CardEvent]:
    rows = CardEvent.objects.filter(card_id__in=ids).select_related("institution").order_by("card_id", "step")
    return {one.card_id: one for one in rows}


def own_card(*, actor: Actor, card_id: UUID) -> Card:
    """One card of the own hospital, with its content."""
    require(actor, Permission.REPORT_CARD)
    found = (
        Card.objects.select_related("hospital", "report")
        .filter(pk=card_id, hospital_id=actor.institution_id)
        .first()
    )
    if found is None:
        raise NotFound(code="not_found.card")
    return found


def own_draft(*, actor: Actor, draft_id: UUID) -> CardDraft:
    """One draft of the own hospital that was neither sent nor thrown away."""
    require(actor, Permission.REPORT_CARD)
    found = CardDraft.objects.filter(pk=draft_id, hospital_id=actor.institution_id, ended_at=None).first()
    if found is None:
        raise NotFound(code="not_found.card_draft")
    return found


def waiting_days(card: Card, today: date) -> int:
    """How long a card has been where it is."""
    return (today - card.state_on).days
