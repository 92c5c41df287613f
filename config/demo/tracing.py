"""Looking for people: somebody found again, one of high risk who is away, and this month's asking for those who are lost.
Those who are searched or wait for the township come from the tries and reports of the desks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import Q

from xinqiao.accounts.scope import acting
from xinqiao.followup.actions import NewAttempt, NewVisit, record_attempt, record_visits
from xinqiao.followup.choices import AttemptOutcome, EntryMode
from xinqiao.followup.models import Standing
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock, FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.synth.clinical import answers
from xinqiao.synth.drugs import regimen
from xinqiao.tracing.actions import Loss, NewAsked, NewTold, confirm_loss, record_asked, tell
from xinqiao.tracing.models import Search

HEAD, COUNTY = "ligang1", "xian"


def look_for_people(actors: Mapping[str, Actor], clock: Clock) -> None:
    """Everything of tracing that the desks have not brought."""
    head, today = actors[HEAD], clock.today()
    with acting(head):
        calm = _standing(head).filter(
            visit_class="3", last_visit_on__lt=today - timedelta(days=75), filed_on__lt=date(2025, 1, 1)
        )
        for person_id in calm.order_by("person_id").values_list("person_id", flat=True)[:1]:
            _lost_and_found(head, person_id, today)
        grave = _standing(head).filter(Q(risk__gte=3) | Q(visit_class="1"))
        for person_id in grave.order_by("-risk", "person_id").values_list("person_id", flat=True)[:1]:
            _try(head, person_id, today - timedelta(days=1), AttemptOutcome.AWAY)
    with acting(actors[COUNTY]):
        _ask_for_the_lost(actors[COUNTY], clock)


def _standing(actor: Actor) -> Any:
    lo, hi = actor.scope.lo, actor.scope.hi
    return Standing.objects.filter(
        managing_code__gte=lo, managing_code__lt=hi, state="registered", in_hospital=False, searched_since=None,
        refused=False,
    )  # fmt: skip


def _try(actor: Actor, person_id: UUID, day: date, outcome: str) -> None:
    attempt = NewAttempt(uuid7(), person_id, day, "3", outcome)
    record_attempt(actor=actor, clock=FixedClock(day), attempt=attempt)


def _lost_and_found(actor: Actor, person_id: UUID, today: date) -> None:
    for back in (62, 50, 35):
        _try(actor, person_id, today - timedelta(days=back), AttemptOutcome.NO_ANSWER)
    lost = FixedClock(today - timedelta(days=33))
    search = Search.objects.get(person_id=person_id)
    confirm_loss(actor=actor, clock=lost, search_id=search.pk, loss=Loss("4", lost.today()))
    for receiver, name in (("group", "立岗镇综治中心"), ("office", "贺兰县精防办")):
        new = NewTold(uuid7(), search.pk, receiver, "paper", lost.today(), name)
        tell(actor=actor, clock=lost, new=new)
    asked = FixedClock(today - timedelta(days=20))
    new_asked = NewAsked(
        uuid7(),
        search.pk,
        "relatives",
        "clue",
        asked.today(),
        "表哥说在银川一处工地，换了号码",
        actor.display_name,
    )
    record_asked(actor=actor, clock=asked, new=new_asked)
    rng = Random("found again")  # noqa: S311 - made-up people, no secrets
    found = today - timedelta(days=9)
    record = {
        "visit_date": found,
        "form": "3",
        "targets": ["1", "2"],
        "doctor": actor.display_name,
        "visit_class": "3",
    }
    record_visits(
        actor=actor, clock=FixedClock(found), entry_mode=EntryMode.FULL,
        batch=[
            NewVisit(
                uuid7(), person_id, record | answers(rng, "3", "1", regimen(rng, "1")), visited_by=actor.user_id
            )
        ],
    )  # fmt: skip


def _ask_for_the_lost(actor: Actor, clock: Clock) -> None:
    """Half of those who are lost were asked for this month."""
    today = clock.today()
    searches = list(Search.objects.filter(stage="lost").order_by("pk"))
    kinds = ("police", "committee", "neighbours", "relatives")
    for number, search in enumerate(searches[: (len(searches) + 1) // 2]):
        day = max(today.replace(day=1), today - timedelta(days=2 + number))
        new = NewAsked(uuid7(), search.pk, kinds[number % len(kinds)], "nothing", day, "", "帮扶小组")
        record_asked(actor=actor, clock=clock, new=new)
