"""Work done ahead and behind: tallies for the days people will ask for, the nightly recount, and the log of both.

None of it is needed for a right figure (`engines/tallies.py` completes what is missing); it makes the first reader of a day
wait less, and it would notice if the kept counts were ever wrong.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connections

from xinqiao.accounts.scope import reporting
from xinqiao.followup.facts import load_owed, load_visits
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import NATION, full_code
from xinqiao.kernel.periods import add_months, end_of_month
from xinqiao.registry.facts import load
from xinqiao.treatment.facts import load_exams

from .declarations import catalogue
from .engines import WHOLE, Area, reference, tallies
from .state import Frame

log = logging.getLogger(__name__)
#: Month ends kept, and other days (somebody asked for them) kept for a week.
MONTHS, OTHER_DAYS = 36, 7


@dataclass(frozen=True, slots=True)
class Kept:
    """What one run did in one county on one day."""

    county: str
    day: date
    villages: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A kept count that a recount from the facts does not confirm."""

    code: str
    day: date
    key: str
    kept: int
    counted: int


def counties_below(code: str = NATION) -> list[str]:
    """Counties (12 digits) where somebody counts."""
    with reporting():
        return tallies.counties(Area.below(code))


def days_kept(today: date, months: int) -> list[date]:
    """Today and the ends of the months before it, newest first."""
    first = today.replace(day=1)
    return [today, *(end_of_month(add_months(first, -n)) for n in range(1, months + 1))]


def keep(*, clock: Clock, code: str = NATION, months: int = 13, anew: bool = False) -> Iterator[Kept]:
    """Count what is not kept yet for today and the month ends, county by county; `anew` counts everything again.

    Afterwards old days and marks that every tally has seen are removed.
    """
    today, declared = clock.today(), catalogue()
    frames = [Frame.at(d, passed_only=declared.passed_only(d)) for d in days_kept(today, months)]
    for county in counties_below(code):
        for frame in frames:
            began = clock.now()
            if anew:
                villages = tallies.keep_county(county, frame)
            else:
                villages = tallies.bring_up_to_date(county, frame)
            if villages:
                log_run("keep", county, frame.on, began, clock.now(), villages)
                yield Kept(county, frame.on, villages)
    tidy(today)


def tidy(today: date) -> None:
    """Forget days nobody keeps and marks that every tally they concern has seen."""
    kept = days_kept(today, MONTHS)
    week = [today - timedelta(days=n) for n in range(OTHER_DAYS)]
    with connections["default"].cursor() as cursor:
        for table in ("indicators_tally", "indicators_tallied"):
            cursor.execute(f"delete from {table} where day <> all(%s)", [[*kept, *week]])  # noqa: S608
        # A count under way may still hold a snapshot older than a mark of this hour.
        cursor.execute(
            """delete from indicators_mark m where m.marked_at < clock_timestamp() - interval '1 hour'
            and not exists (
              select 1 from indicators_tallied b
              left join indicators_tally t on t.day = b.day and t.code = m.code and t.shape = b.shape
              where b.county = left(m.code, 6) || '000000' and b.day >= m.since
                and not pg_visible_in_snapshot(m.xact, coalesce(t.seen, b.seen)))"""
        )


def recount(*, clock: Clock, sample: int = 20, seed: int | None = None) -> list[Difference]:
    """Count a random sample of kept villages again with the plain engine. Differences are logged as errors, written into
    the run log, shown on the county's page, and the kept counts in question thrown away."""
    began = clock.now()
    with reporting(), connections["report"].cursor() as cursor:
        cursor.execute("select day, code from indicators_tally order by day, code")
        rows = cursor.fetchall()
    chosen = random.Random(seed).sample(rows, min(sample, len(rows)))  # noqa: S311 — a sample, not a secret
    found: list[Difference] = []
    for day, code in chosen:
        apart = _differences(day, code)
        if apart and _differences(day, code):  # twice: a fact may have changed in between
            found += apart
            with connections["default"].cursor() as cursor:
                cursor.execute(
                    "delete from indicators_tallied where day = %s and county = %s",
                    [day, full_code(code[:6])],
                )
            log.error(
                "figures: kept counts of %s at %s differ from the facts in %d sets", code, day, len(apart)
            )
            log_run("recount", full_code(code[:6]), day, began, clock.now(), 1, len(apart), apart[0].key)
    log_run("recount", NATION, None, began, clock.now(), len(chosen), len(found))
    return found


def _differences(day: date, code: str) -> list[Difference]:
    """Kept against counted for one village; nothing when the village is waiting to be counted anyway."""
    declared = catalogue()
    frame = Frame.at(day, passed_only=declared.passed_only(day))
    area = Area(codes=(code,))
    with reporting():
        kept = tallies.kept_for(code, frame)
        if kept is None:
            return []
        with connections["report"].cursor() as cursor:
            cursor.execute(
                "select distinct person_id from registry_responsibility where kind = 'counting' and counted_code = %s",
                [code],
            )
            ids = [row[0] for row in cursor.fetchall()]
        right = reference.count(
            declared,
            area,
            frame,
            (),
            load(ids, using="report"),
            load_visits(ids, using="report"),
            load_owed(ids, using="report"),
            load_exams(ids, using="report"),
        )[WHOLE]
    return [Difference(code, day, key, kept[key], n) for key, n in right.items() if kept[key] != n]


def last_differences(counties: Sequence[str]) -> int:
    """Differences that the newest recount found in these counties; 0 is well."""
    with connections["report"].cursor() as cursor:
        cursor.execute(
            """with whole as (select id from indicators_run where kind = 'recount' and place = %s order by id desc limit 2)
            select coalesce(sum(r.differences), 0) from indicators_run r
            where r.kind = 'recount' and r.place = any(%s) and r.id < (select max(id) from whole)
              and r.id > (select case when count(*) = 2 then min(id) else 0 end from whole)""",
            [NATION, list(counties)],
        )
        return int(cursor.fetchone()[0])


def log_run(
    kind: str,
    place: str,
    day: date | None,
    began: datetime,
    ended: datetime,
    villages: int,
    differences: int = 0,
    note: str = "",
) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "insert into indicators_run (kind, place, day, began_at, ended_at, villages, differences, note)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [kind, place, day, began, ended, villages, differences, note],
        )
