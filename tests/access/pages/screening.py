"""Addresses of clues, re-diagnosis, sweeps and rounds."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories.county import NORTH, NORTH_1
from xinqiao.accounts.permissions import Permission
from xinqiao.accounts.scope import acting
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.screening import actions
from xinqiao.screening.models import RoundPerson, SweepVillage
from xinqiao.screening.tests.conftest import answer_record, clue_record

from ..page import Case, Page

_P = Permission
PAGES: dict[str, Page] = {
    "screening:list": Page(_P.RECORD_CLUE),
    "screening:book": Page(_P.REVIEW_CLUE),
    "screening:new": Page(_P.RECORD_CLUE),
    "screening:clue": Page(_P.RECORD_CLUE, "clue"),
    "screening:correct": Page(_P.RECORD_CLUE, "clue"),
    "screening:unmask": Page(_P.RECORD_CLUE, "clue", "post"),
    "screening:judge": Page(_P.REVIEW_CLUE, "clue", "post"),
    "screening:act": Page(_P.RECORD_CLUE, "clue", "post"),
    "screening:close": Page(_P.REVIEW_CLUE, "clue", "post"),
    "screening:again": Page(_P.REVIEW_CLUE, "clue", "post"),
    "screening:ask-registered": Page(_P.REVIEW_CLUE, "clue", "post"),
    "screening:send": Page(_P.REVIEW_CLUE, "clue"),
    "screening:file": Page(_P.REVIEW_CLUE, "clue"),
    "screening:link": Page(_P.REVIEW_CLUE, "clue", "post"),
    "screening:queue": Page(_P.DIAGNOSE),
    "screening:review": Page(_P.DIAGNOSE, "review"),
    "screening:answer": Page(_P.DIAGNOSE, "review", "post"),
    "screening:return": Page(_P.DIAGNOSE, "review", "post"),
    "screening:withdraw": Page(_P.REVIEW_CLUE, "review", "post"),
    "screening:brought": Page(_P.RECORD_CLUE, "review", "post"),
    "screening:corrected": Page(_P.REVIEW_CLUE, "review", "post"),
    "screening:person-review": Page(_P.REVIEW_CLUE, "person"),
    "screening:sweeps": Page(_P.RECORD_CLUE),
    "screening:open-sweep": Page(_P.REVIEW_CLUE, method="post"),
    "screening:sweep": Page(_P.RECORD_CLUE, "sweep"),
    "screening:close-sweep": Page(_P.REVIEW_CLUE, "sweep", "post"),
    "screening:village": Page(_P.RECORD_CLUE, "sweep village"),
    "screening:rounds": Page(_P.REVIEW_CLUE),
    "screening:new-round": Page(_P.REVIEW_CLUE),
    "screening:round": Page(_P.REVIEW_CLUE, "round"),
    "screening:round-add": Page(_P.REVIEW_CLUE, "round"),
    "screening:close-round": Page(_P.REVIEW_CLUE, "round", "post"),
    "screening:round-result": Page(_P.REVIEW_CLUE, "round person"),
}
TODAY = date(2026, 11, 21)
SEES = frozenset({"village", "township", "township_2", "county"})
WORKS = frozenset({"township", "township_2", "county"})


def cases(world: Any) -> list[Case]:
    """A clue of the north that waits for the hospital, one that is confirmed, questions about a person and about nobody who
    was brought, a sweep, a round with that person on its list."""
    actor, clock = world.county.actors["township"], FixedClock(TODAY)
    hospital = world.county.institutions["hospital"].pk
    person = world.things["north"]["person"]
    with acting(actor):
        sent, taken_back, confirmed, plain = (
            actions.record_clue(
                actor=actor,
                clock=clock,
                new=actions.NewClue(uuid7(), clue_record(NORTH_1, "5", name=f"安北{sign}")),
            ).clue_id
            for sign in "子丑寅卯"
        )
        asked, withdrawn = (
            actions.ask_about_clue(
                actor=actor,
                clock=clock,
                clue_id=one,
                new=actions.NewReview(uuid7(), hospital, asked_on=TODAY),
            ).pk
            for one in (sent, taken_back)
        )
        paper = actions.ask_about_clue(
            actor=actor, clock=clock, clue_id=confirmed,
            new=actions.NewReview(uuid7(), None, "安北某院", asked_on=TODAY),
        ).pk  # fmt: skip
        actions.answer_review(actor=actor, clock=clock, review_id=paper, record=answer_record())
        again = actions.ask_about_person(
            actor=actor, clock=clock, person_id=person,
            new=actions.NewReview(uuid7(), None, "安北某院", purpose="doubt", asked_on=TODAY),
        ).pk  # fmt: skip
        actions.answer_review(
            actor=actor, clock=clock, review_id=again, record=answer_record("exclude", "correct")
        )
        sweep = actions.open_sweep(actor=actor, clock=clock, year=2026, quarter=4).pk
        one = actions.plan_round(
            actor=actor, clock=clock, new=actions.NewRound(uuid7(), NORTH, TODAY, "某院", "沈医师")
        ).pk
        actions.add_to_round(actor=actor, clock=clock, round_id=one, purpose="advice", people=[person])
        village = SweepVillage.objects.get(sweep=sweep, managing_code=NORTH_1).pk
        on_list = RoundPerson.objects.get(round=one).pk
    hospital_too = WORKS | {"hospital"}
    return [
        *(Case(f"screening:{name}", plain, SEES) for name in ("clue", "correct", "unmask", "act")),
        *(Case(f"screening:{name}", plain, WORKS) for name in ("judge", "close", "ask-registered", "send")),
        Case("screening:again", plain, WORKS, statuses=frozenset({302, 409, 422})),
        Case("screening:file", confirmed, WORKS),
        Case("screening:link", confirmed, WORKS, {"person": str(person)}),
        Case("screening:review", asked, SEES | {"hospital"}),
        Case("screening:review", again, SEES),
        Case("screening:answer", asked, hospital_too, statuses=frozenset({422, 403})),
        Case("screening:return", asked, frozenset({"hospital"})),
        Case("screening:brought", asked, SEES),
        Case("screening:corrected", again, WORKS, statuses=frozenset({302, 409})),
        Case("screening:withdraw", withdrawn, WORKS),
        Case("screening:person-review", person, WORKS),
        Case("screening:sweep", sweep, SEES | {"village_2"}),
        Case("screening:village", village, SEES),
        Case("screening:close-sweep", sweep, WORKS),
        *(Case(f"screening:{name}", one, WORKS) for name in ("round", "round-add", "close-round")),
        Case("screening:round-result", on_list, WORKS),
    ]
