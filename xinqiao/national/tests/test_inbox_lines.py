"""The lines that follow-up and entering elsewhere put into the inbox of clocks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.factories.county import NORTH, NORTH_2, County
from tests.factories.people import make_person
from xinqiao.accounts.scope import acting
from xinqiao.followup.inbox import exams, visits
from xinqiao.national.inbox import entering
from xinqiao.policy import current

TODAY = date(2026, 11, 21)


def test_each_line_costs_one_statement(county: County, count_sql: Callable[[], Any]) -> None:
    make_person(NORTH_2, county.institutions[NORTH])
    current()
    for key in ("county", "township", "village"):
        actor = county.actors[key]
        with acting(actor), count_sql() as sql:
            visits(actor, TODAY)
            exams(actor, TODAY)
        assert len(sql.captured_queries_after) == 2, key
    with acting(county.actors["county"]), count_sql() as sql:
        entering(county.actors["county"], TODAY)
    assert len(sql.captured_queries_after) == 2  # the county's setting, and the count


def test_exams_are_spoken_of_only_towards_the_end_of_the_year(county: County) -> None:
    with acting(county.actors["county"]):
        assert exams(county.actors["county"], date(2026, 6, 1)) is None


def test_the_inbox_links_to_the_lists_that_have_them_one_by_one(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    shown = signed_in("township").get(reverse("clocks:inbox")).content.decode()
    assert reverse("followup:today") in shown
    assert reverse("national:list") in shown
