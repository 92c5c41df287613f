"""Who read: also the card and the clue a file came from, before there was a file."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from tests.factories.county import NORTH_1, County
from xinqiao.accounts.scope import acting
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.queries import reads_of
from xinqiao.reporting import actions as reporting
from xinqiao.reporting.models import Card
from xinqiao.reporting.tests.cards import MISSING, card_record
from xinqiao.screening import actions as screening
from xinqiao.screening.tests.conftest import clue_record


def test_the_persons_read_log_begins_before_the_file(
    county: County, clock: FixedClock, signed_in: Callable[[str], Client]
) -> None:
    hospital, township = county.actors["hospital"], county.actors["township"]
    with acting(hospital):
        new = reporting.NewCard(uuid7(), "F03", card_record("安心", NORTH_1, serial=1))
        card = reporting.send_card(actor=hospital, clock=clock, new=new)
        other = reporting.NewCard(uuid7(), "F03", card_record("安另", NORTH_1, serial=2))
        reporting.send_card(actor=hospital, clock=clock, new=other)
    with acting(township):
        reporting.receive_card(actor=township, clock=clock, card_id=card.pk, op_id=uuid7())
        clue = screening.record_clue(
            actor=township,
            clock=clock,
            new=screening.NewClue(uuid7(), clue_record(NORTH_1, "5", name="安心之")),
        ).clue_id
    signed_in("hospital").get(reverse("reporting:own-card", args=[card.pk]))
    signed_in("village").get(reverse("screening:clue", args=[clue]))
    signed_in("hospital").get(reverse("reporting:own-card", args=[Card.objects.get(name="安另").pk]))
    with acting(township):
        made = reporting.NewFile(uuid7(), card.pk, MISSING)
        person = reporting.file_card(actor=township, clock=clock, new=made)
        screening.close_clue(
            actor=township, clock=clock, clue_id=clue, reason="known", on=clock.today(), person_id=person.pk
        )
        looks = [(one.role, one.kind) for one in reads_of(actor=township, person_id=person.pk).looks]
    assert looks.count(("hospital_doctor", "page")) == 1
    assert looks.count(("village_doctor", "page")) == 1
    other_township = county.actors["other_township"]
    with acting(other_township):
        assert reads_of(actor=other_township, person_id=person.pk).looks == []
