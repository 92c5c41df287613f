"""The demo: Helan County with made-up people, shifted so that its published year is the one just past.

Everything goes through the product's own write paths, under the scope of the county office, as an import would. A second
county is made up whole: it follows the community rules of 2016, and neither county sees the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.clocks.actions.anew import settle_all
from xinqiao.followup.actions import NewVisit, record_visits
from xinqiao.followup.choices import EntryMode
from xinqiao.indicators.keeping import keep
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import NATION
from xinqiao.kernel.ids import uuid7
from xinqiao.places.cli import default_folder
from xinqiao.registry.actions import NewPerson, register_people
from xinqiao.synth.generate import generate, places
from xinqiao.synth.model import PersonTruth
from xinqiao.synth.presets import PRESETS
from xinqiao.synth.spec import Spec

from .accounts import ACCOUNTS, COUNTY_ACCOUNT, OTHER_ACCOUNT, accounts_table, is_seeded, make_accounts
from .boundaries import change_borders
from .campaigns import act_together
from .consents import ask_for_consent
from .desk import work_at_the_desk
from .duplicates import find_duplicates
from .ground import OTHER_COUNTY, load_places, open_institutions, set_population, set_targets
from .kept import keep_papers
from .national import work_beside_the_national_system
from .ownview import ask_to_see
from .papers import leave_paper_on_the_desk
from .prevention import examine, let_things_slip
from .record import besides, stand_by
from .reporting import report_cards
from .screening import find_people
from .staff import open_doctors, run_the_office, sign_quarters, who_went
from .tracing import look_for_people
from .transfers import hand_people_over

__all__ = ["ACCOUNTS", "accounts_table", "is_seeded", "seed", "specs", "write_people"]

PRESET = "helan-2020"
SEED = 1
OTHER_PEOPLE = 56
#: People and visits written at a time: enough to be quick, few enough to be light.
PEOPLE_AT_ONCE, VISITS_AT_ONCE = 2000, 4000

_T = TypeVar("_T")
Say = Callable[[str], None]


def specs(today: date) -> tuple[Spec, Spec]:
    """The two counties as they are on the demo's day."""
    preset = PRESETS[PRESET]
    anchor = date(today.year - 1, 12, 31)
    helan = Spec(
        preset.files, SEED, today, preset.division, preset=PRESET, anchor=anchor, tables=default_folder()
    )
    return helan, Spec(OTHER_PEOPLE, SEED, today, OTHER_COUNTY[:6])


def seed(clock: Clock, say: Say = lambda line: None) -> None:
    """Fill an empty database: places, institutions, population, accounts, people, visits. All or nothing."""
    with transaction.atomic():
        users = _fill(clock, say)
        live_on(users, clock)
    # What is counted by the report role is counted on another connection, which sees what is committed.
    with transaction.atomic():
        sign_quarters(users, clock)
        change_borders({name: actor_of(user, clock) for name, user in users.items()}, clock)
    days = sum(1 for _kept in keep(clock=clock))
    say(f"figures counted ahead for {days} county days")


def _fill(clock: Clock, say: Say) -> dict[str, User]:
    helan, other = specs(clock.today())
    known, known_other = places(helan), places(other)
    load_places(clock, known_other)
    institutions = open_institutions(clock, [*known, *known_other])
    set_population(clock, known, helan.anchor or helan.on)
    set_population(clock, known_other, helan.anchor or helan.on)
    set_targets(clock.today())
    users = make_accounts(institutions)
    open_doctors(institutions, users)
    say(f"{len(known) + len(known_other)} places, {len(institutions)} institutions, {len(users)} accounts")
    actors = {name: actor_of(user, clock) for name, user in users.items()}
    for spec, places_of, account in ((helan, known, COUNTY_ACCOUNT), (other, known_other, OTHER_ACCOUNT)):
        people = list(generate(spec, places_of))
        with acting(actors[account]):
            went = who_went(users, clock.today())
            ids = write_people(people, actor=actors[account], clock=clock, went=went)
        say(f"{places_of[0].name}: {len(people)} people, {sum(len(p.visits) for p in people)} visits")
        if spec is helan:
            work_at_the_desk(people, ids, actors, clock)
            stand_by(people, ids, actors, clock)
            keep_papers(people, ids, actors, clock)
            let_things_slip(people, ids, actors, clock)
            leave_paper_on_the_desk(actors, clock)
            run_the_office(people, users, clock)
            work_beside_the_national_system(actors, clock)
    return users


def live_on(users: Mapping[str, User], clock: Clock) -> None:
    """What happens around the files of the two counties: found, reported, agreed, looked for, handed over, filed twice."""
    actors = {name: actor_of(user, clock) for name, user in users.items()}
    with acting(actors[COUNTY_ACCOUNT]):
        ask_for_consent(actors, clock)
        ask_to_see(actors, clock)
        look_for_people(actors, clock)
        act_together(actors, clock)
        find_people(actors, clock)
        find_duplicates(actors, clock)
        report_cards(actors, clock)
    hand_people_over(actors, clock)
    # As every night: clocks that no act opens by itself.
    for _difference in settle_all(NATION, write_down=True):
        pass


def write_people(
    people: Sequence[PersonTruth],
    *,
    actor: Actor,
    clock: Clock,
    went: Mapping[str, tuple[UUID, date]] | None = None,
) -> dict[int, UUID]:
    """Register people and record their visits as an import does; serial → person. Call inside the actor's scope.

    `went`: village → who visits there, from which day on the visits say so.
    """
    doctors = went or {}
    ids: dict[int, UUID] = {}
    for some in _portions(people, PEOPLE_AT_ONCE):
        batch = [NewPerson(op_id=uuid7(), record=person.record | besides(person)) for person in some]
        for person, found in zip(
            some, register_people(actor=actor, clock=clock, batch=batch, source="import"), strict=True
        ):
            ids[person.serial] = found.person_id
    examine(people, ids, actor=actor, clock=clock)
    # A person's visits stay together: what is due is folded once per person and call.
    batch_of: list[NewVisit] = []
    for person in people:
        doctor, since = doctors.get(person.village, (None, clock.today()))
        batch_of += [
            NewVisit(
                op_id=uuid7(),
                person_id=ids[person.serial],
                record=v.record,
                visited_by=doctor if v.visit_date >= since else None,
            )
            for v in person.visits
        ]
        if len(batch_of) >= VISITS_AT_ONCE:
            record_visits(actor=actor, clock=clock, batch=batch_of, entry_mode=EntryMode.IMPORT)
            batch_of = []
    if batch_of:
        record_visits(actor=actor, clock=clock, batch=batch_of, entry_mode=EntryMode.IMPORT)
    return ids


def _portions(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
