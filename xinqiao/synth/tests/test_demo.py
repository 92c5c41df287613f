"""The demo county through the product's own write paths: the figures are the published ones."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Q

from config import demo
from xinqiao.accounts.models import User
from xinqiao.accounts.scope import reporting
from xinqiao.accounts.sessions import actor_of
from xinqiao.campaigns.models import Campaign
from xinqiao.clocks.actions.anew import settle_all
from xinqiao.clocks.models import Clock as Deadline
from xinqiao.duplicates.models import Pair
from xinqiao.followup.models import Confirmation, Standing, Visit, VisitAttempt
from xinqiao.indicators.engines import Area, sql
from xinqiao.indicators.state import Frame
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.codes import NATION, ancestors, significant
from xinqiao.kernel.terms import Role
from xinqiao.ownview.models import ViewRequest
from xinqiao.registry.models import Identifier, Person, Responsibility
from xinqiao.reporting.models import AddressSearch, Card
from xinqiao.screening.models import Clue, Rediagnosis, SweepVillage
from xinqiao.synth.generate import generate
from xinqiao.synth.model import PersonTruth
from xinqiao.synth.truth import Tally, standing
from xinqiao.tracing.models import Search
from xinqiao.transfers.models import Listing, Transfer

TODAY = date(2026, 11, 21)


@pytest.mark.django_db
def test_the_demo_is_the_published_county_and_its_truth_is_what_the_product_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XINQIAO_TODAY", TODAY.isoformat())
    live_on, change_borders = demo.live_on, demo.change_borders
    # First the county as the generator knows it; what its people live through afterwards comes below.
    with monkeypatch.context() as still:
        still.setattr(demo, "live_on", lambda users, clock: None)
        still.setattr(demo, "change_borders", lambda actors, clock: None)
        call_command("demo_seed", stdout=StringIO())
    helan, other = demo.specs(TODAY)
    people = [*generate(helan), *generate(other)]
    assert Person.objects.count() == len(people)
    _standing_agrees(people, helan.on)
    mine = [person for person in people if person.village.startswith("640122")]
    _figures_agree(mine, date(2025, 12, 31))
    # Today has visits typed at the desk on top; yesterday is what the generator knows.
    _figures_agree(mine, TODAY - timedelta(days=1))
    again = StringIO()
    call_command("demo_seed", stdout=again)
    assert "already" in again.getvalue()
    assert Person.objects.count() == len(people)
    table = StringIO()
    call_command("demo_accounts", stdout=table)
    lines = table.getvalue().splitlines()
    assert len(lines) == 1 + len(demo.ACCOUNTS)
    printed = User.objects.filter(is_demo=True, username__in=[one.username for one in demo.ACCOUNTS])
    assert printed.count() == len(demo.ACCOUNTS)
    # Nobody is left without a worker: every township hospital has somebody in charge, printed or not.
    led = Responsibility.objects.filter(kind="responsible", valid_to=None, voided_at=None)
    assert led.exists()
    assert not led.filter(worker=None, worker_name="").exists()
    assert all(account.password in table.getvalue() for account in demo.ACCOUNTS)
    assert Confirmation.objects.filter(state="pending").exists()
    assert VisitAttempt.objects.count() >= 3
    users = {user.username: user for user in User.objects.filter(is_demo=True)}
    clock = FixedClock(TODAY)
    live_on(users, clock)
    change_borders({name: actor_of(user, clock) for name, user in users.items()}, clock)
    _lived()


def _lived() -> None:
    """Every list of the life of a file has somebody on it, the register balances, and every clock is what its events say."""
    for model in (
        Clue,
        SweepVillage,
        Rediagnosis,
        Card,
        AddressSearch,
        Search,
        Campaign,
        Transfer,
        Listing,
        Pair,
        ViewRequest,
    ):
        assert model._default_manager.exists(), model.__name__
    assert {one.state for one in Card.objects.all()} >= {"sent", "received", "returned", "searching", "filed"}
    counting = Responsibility.objects.filter(kind="counting", valid_to=None, voided_at=None)
    registered = Standing.objects.filter(state__in=["registered", "lost"]).values_list("person_id", flat=True)
    alive = Person.objects.filter(pk__in=list(registered)).exclude(managing_code="0" * 12)
    assert Counter(counting.values_list("person_id", flat=True)) >= Counter(
        alive.values_list("pk", flat=True)
    )
    assert Deadline.objects.filter(outcome="open").count() > 20
    assert list(settle_all(NATION, write_down=False)) == []


#: Count of the truth → set of the product's declarations.
SETS = {
    "CUM": "cum", "DEAD": "dead", "REG": "reg", "MAN": "man", "STD": "std", "MED": "med", "REGMED": "regmed", "HOME": "home",
    "IN_HOSPITAL": "in_hospital_now", "STABLE": "stable_class23", "FACE_HALF": "face_half", "FACE_QUARTER": "face_quarter",
    "LOST": "lost", "NOT_MANAGED": "unmanaged", "SZ": "sz", "SZ_MED": "sz_med", "SZ_REGMED": "sz_regmed",
}  # fmt: skip


MOVED_BY_A_VISIT = {"STD", "STABLE", "FACE_HALF", "FACE_QUARTER", "MED", "REGMED", "SZ_MED", "SZ_REGMED"}


def _figures_agree(people: list[PersonTruth], day: date) -> None:
    """Every count of the truth in the county, its townships and villages, as the product's counting finds it."""
    tally = Tally(day)
    for person in people:
        tally.add(person, ancestors(person.village)[:3])
    touched = list(
        Visit.objects.filter(visit_date__lte=day)
        .filter(~Q(entry_mode="import") | Q(review_status="2"))
        .values_list("managing_code", flat=True)
    )
    with reporting():
        cells = sql.count(Area.below("640122000000"), Frame.at(day), (6, 9, 12))
    for code, counted in tally.counts.items():
        digits = len(significant(code))
        numbers = cells[(digits, code)]
        more = {
            name: numbers[key] - counted[name] for name, key in SETS.items() if numbers[key] != counted[name]
        }
        # The demo's desks typed visits of their own and review returned a few: nothing else may differ.
        most = sum(1 for place in touched if place.startswith(significant(code)))
        assert set(more) <= MOVED_BY_A_VISIT, code
        assert all(abs(number) <= most for number in more.values()), (code, more)
    if day == date(2025, 12, 31):
        assert not touched
        county = tally.counts["640122000000"]
        expected = {
            "REG": 1223,
            "MAN": 1171,
            "STABLE": 1103,
            "HOME": 1125,
            "FACE_HALF": 1163,
            "MED": 1115,
            "REGMED": 1003,
        }
        assert {name: county[name] for name in expected} == expected


def _standing_agrees(people: list[PersonTruth], today: date) -> None:
    tally = Tally(today)
    for person in people:
        tally.add(person, ["all"])
    states = Counter(Standing.objects.values_list("state", flat=True))
    counts = tally.counts["all"]
    assert states["dead"] == counts["DEAD"]
    assert states["lost"] == counts["LOST"]
    assert states["registered"] == counts["REG"] - counts["LOST"]
    typed = Visit.objects.exclude(entry_mode="import")
    assert Visit.objects.count() == tally.visits + typed.count()
    # What is due next, for everybody who was not visited at the desk today and lives under the national intervals.
    # A visit that review returned counts no longer; the demo returns a few.
    returned = set(Visit.objects.filter(review_status="2").values_list("person_id", flat=True))
    assert len(returned) < 20
    today_at_desk = returned | set(typed.values_list("person_id", flat=True))
    due = {
        number: (person_id, due_on)
        for number, person_id, due_on in (
            (one.number, one.person_id, one.person.standing.due_on)
            for one in Identifier.objects.select_related("person__standing")
        )
    }
    national = [
        p
        for p in people
        if p.village.startswith("640122") and p.lawful and due[p.id_no][0] not in today_at_desk
    ]
    assert len(national) > 1200
    expected = {p.id_no: standing(p, today).due_on for p in national}
    assert {number: due[number][1] for number in expected} == expected


def test_no_made_up_people_go_into_a_real_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.env.mode", lambda: "production")
    with pytest.raises(CommandError, match="not a demo"):
        call_command("demo_seed")


def test_the_published_year_is_the_one_before_the_demos_day() -> None:
    assert (
        demo.specs(date(2026, 3, 1))[0].anchor == demo.specs(date(2026, 1, 1))[0].anchor == date(2025, 12, 31)
    )


def test_every_role_with_a_page_has_an_account() -> None:
    assert {account.role for account in demo.ACCOUNTS} == set(Role)
    assert len({account.username for account in demo.ACCOUNTS}) == len(demo.ACCOUNTS)
