"""The daily acts that are measured: each gives the requests of one act, prepared so that only the act itself is timed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from benchmarks.client import Client, Form
from tests.factories.records import person_record, unstable_visit, visit_record

Act = Callable[[], None]


@dataclass(frozen=True)
class Ids:
    """What to open: people of one township, people of one county, a village, a name to search, as the fill left them."""

    township: list[str]
    county: list[str]
    village: str
    names: list[str]


def form_values(record: dict[str, Any]) -> dict[str, Any]:
    """A visit record as the page's form would send it."""
    from xinqiao.followup.forms import values_of

    dates = {"visit_date", "last_discharge", "planned_on", "death_date"}
    return values_of({k: date.fromisoformat(v) if k in dates else v for k, v in record.items()})


def lists(client: Client) -> Iterator[Act]:
    """Today's list, first page."""
    while True:
        yield lambda: client.get("/followup/today/") and None


def searches(client: Client, ids: Ids) -> Iterator[Act]:
    """Search by the first two characters of a name."""
    form = client.form("/people/", having="q")
    for name in ids.names * 50:
        yield lambda name=name: client.post(form, {"q": name[:2]}, expect=(200,)) and None


def records(client: Client, ids: Ids) -> Iterator[Act]:
    """Open a person's page."""
    for one in ids.township * 50:
        yield lambda one=one: client.get(f"/people/{one}/") and None


def people(client: Client, ids: Ids, today: date) -> Iterator[Act]:
    """Make a file: the POST that saves it, with every check inside."""
    asked = client.form("/people/new/", having="step")
    serial = int(time.time()) % 400
    for number in range(10_000):
        birth = date(1950, 1, 1) + timedelta(days=random.randrange(20_000))
        sex = "12"[number % 2]
        record = person_record(
            _name(number), ids.village, filed_on=today, serial=serial + number, sex=sex, birth_on=birth
        )
        record["onset_on"], record["diagnosed_on"] = "2021", "2021-04-20"
        record["guardian_phone"] = (
            f"19902{serial + number:06d}"  # one phone for all would be asked about as one family's
        )
        record["first_antipsychotic_on"] = "2021-05-01"
        values = {k: v for k, v in record.items() if k != "past_danger"} | {
            "past_danger": "7",
            "step": "save",
        }
        form = Form("/people/new/", "post", {"csrfmiddlewaretoken": asked.values["csrfmiddlewaretoken"]})
        from xinqiao.kernel.ids import uuid7

        yield lambda form=form, values=values: client.post(form, values | {"op_id": str(uuid7())}) and None


def _name(number: int) -> str:
    """A different name of three characters for each number."""
    return "测" + chr(0x4E00 + number % 2000) + chr(0x5200 + number // 2000)


def visits(client: Client, ids: Ids, today: date, count: int) -> Iterator[Act]:
    """Record a visit on the whole form: the POST that saves it."""
    prepared = [
        (client.form(f"/followup/record/{one}/", having="op_id"), n)
        for n, one in enumerate(ids.county[:count])
    ]
    for form, number in prepared:
        make = unstable_visit if number % 10 == 0 else visit_record
        values = {"ending": "1", **form_values(make(today))}
        yield lambda form=form, values=values: client.post(form, values) and None


def figures(client: Client) -> Iterator[Act]:
    """The county's figures of today, all townships."""
    while True:
        yield lambda: client.get("/figures/") and None


def workbooks(client: Client, today: date) -> Iterator[Act]:
    """All visits of the county as a workbook."""
    form = client.form("/import/visits/", having="first")
    asked = {"first": "2000-01-01", "last": today.isoformat(), "purpose": "check", "place": ""}
    while True:
        yield lambda: client.post(form, asked, expect=(200,)) and None
