"""The demo county through the product's own write paths: the figures are the published ones."""

from __future__ import annotations

from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from config import demo
from xinqiao.accounts.models import User
from xinqiao.followup.models import Confirmation, Standing, Visit, VisitAttempt
from xinqiao.kernel.clock import FixedClock
from xinqiao.registry.models import Person
from xinqiao.synth.generate import generate
from xinqiao.synth.truth import Tally

TODAY = date(2026, 11, 21)


@pytest.mark.django_db
def test_the_demo_is_the_published_county_and_its_truth_is_what_the_product_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XINQIAO_TODAY", TODAY.isoformat())
    call_command("demo_seed", stdout=(said := StringIO()))
    print(said.getvalue())
    helan, other = demo.specs(TODAY)
    people = [*generate(helan), *generate(other)]
    assert Person.objects.count() == len(people)
    _standing_agrees(people, helan.on)
    again = StringIO()
    call_command("demo_seed", stdout=again)
    assert "already" in again.getvalue()
    assert Person.objects.count() == len(people)
    table = StringIO()
    call_command("demo_accounts", stdout=table)
    lines = table.getvalue().splitlines()
    assert len(lines) == 1 + len(demo.ACCOUNTS) == 1 + User.objects.filter(is_demo=True).count()
    assert all(account.password in table.getvalue() for account in demo.ACCOUNTS)
    assert Confirmation.objects.filter(state="pending").exists()
    assert VisitAttempt.objects.count() >= 3


def _standing_agrees(people: list, today: date) -> None:
    tally = Tally(today)
    for person in people:
        tally.add(person, ["all"])
    states = Counter(Standing.objects.values_list("state", flat=True))
    counts = tally.counts["all"]
    assert states["dead"] == counts["DEAD"]
    assert states["lost"] == counts["LOST"]
    assert states["registered"] == counts["REG"] - counts["LOST"]
    typed = Visit.objects.exclude(entry_mode="import").count()
    assert Visit.objects.count() == tally.visits + typed


def test_the_clock_of_the_demo_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    helan, _ = demo.specs(FixedClock(date(2026, 3, 1)).today())
    assert helan.anchor == date(2025, 12, 31)
