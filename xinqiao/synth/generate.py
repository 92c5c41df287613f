"""The generator: `generate(spec)` gives people one after another, each with the whole record of visits."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from datetime import date
from itertools import accumulate
from random import Random

from xinqiao.kernel.periods import add_months
from xinqiao.kernel.terms import Level

from .course import DAY, Course, Episode, Walk, death_notice, loss_notice
from .model import ABSENT, DEAD, LOST, MANAGED, NEW, REFUSED, PersonTruth
from .people import household, household_size, person
from .places import Place, places_of
from .presets import PRESETS, Pin
from .spec import Spec
from .truth import standing

_TRIES = 400
# Outcomes of files in an ordinary county, per thousand.
_FATES = ((MANAGED, 862), (DEAD, 98), (REFUSED, 16), (ABSENT, 10), (LOST, 8), (NEW, 6))


def places(spec: Spec) -> list[Place]:
    """The divisions of the made-up county, with residents that fit the number of people."""
    residents = PRESETS[spec.preset].residents if spec.preset else None
    return places_of(spec, residents)


def generate(spec: Spec, known: list[Place] | None = None) -> Iterator[PersonTruth]:
    """All people of `spec`, in a fixed order; the same spec gives the same people. `known` saves reading the places."""
    villages = [place for place in known or places(spec) if place.level is Level.VILLAGE]
    sums = list(accumulate(place.share for place in villages))
    pins = PRESETS[spec.preset].pins(Random(f"pins/{spec.seed}")) if spec.preset else None
    anchor = (spec.anchor or spec.on) if pins else spec.on
    later = _later(spec, anchor) if pins else 0
    total = len(pins) + later if pins else spec.people
    serial = number = 0
    while serial < total:
        number += 1
        rng = Random(f"{spec.seed}/{number}")
        home = household(rng, number, villages[min(bisect(sums, rng.random() * sums[-1]), len(villages) - 1)])
        for _ in range(min(household_size(rng), total - serial)):
            serial += 1
            pinned = pins is not None and serial <= len(pins)
            if pins is None:
                pin = _drawn(rng)
                filed_on = _filed_on(rng, pin, spec.on, whole_years=False)
            elif pinned:
                pin = pins[serial - 1]
                filed_on = _filed_on(rng, pin, anchor, whole_years=True)
            else:
                pin = Pin(MANAGED)
                filed_on = anchor + rng.randint(1, max(1, (spec.on - anchor).days - 3)) * DAY
            made = person(rng, serial, home, filed_on=filed_on, fate=pin.fate, lawful=pin.fate != REFUSED)
            if pinned:
                _live_pinned(spec, made, pin, anchor)
            else:
                _live(Random(f"{spec.seed}/life/{serial}"), spec, made, spec.on)
            yield made


def _later(spec: Spec, anchor: date) -> int:
    """People filed after the anchor: as many a year as in the published one."""
    return round(PRESETS[spec.preset].new_a_year * (spec.on - anchor).days / 365)


def _drawn(rng: Random) -> Pin:
    fate = rng.choices([name for name, _ in _FATES], [share for _, share in _FATES])[0]
    return Pin(fate, this_year=fate == NEW or (fate == MANAGED and rng.random() < 0.06))


def _filed_on(rng: Random, pin: Pin, on: date, *, whole_years: bool) -> date:
    """When the file was made, seen from `on`. `whole_years`: `on` ends a year, and files of that year are counted."""
    new_year = date(on.year, 1, 1)
    if pin.fate == NEW:
        return on - rng.randint(3, 24) * DAY
    if pin.this_year:
        # Early enough for a first visit in the year; before March the year before serves as well.
        last = min(on - 60 * DAY, date(on.year, 10, 20))
        first = new_year if last > new_year else on - 330 * DAY
        return first + rng.randint(0, (last - first).days) * DAY
    # The register grew over ten years, fastest at its beginning.
    back = 1 + round(3580 * rng.random() ** 0.7)
    return new_year - back * DAY if whole_years else on - max(120, back) * DAY


# ── an ordinary life ────────────────────────────────────────────────────────────────────────────────────────────────
def _live(rng: Random, spec: Spec, made: PersonTruth, until: date) -> None:
    start = add_months(until, -12 * spec.years)
    if made.fate == MANAGED:
        course = _course(rng)
        course.late = 0.0 if rng.random() < 0.93 else 0.35
        course.episodes = _episodes(
            rng, max(start, made.filed_on), until, 0.07 if course.usual == "3" else 0.16
        )
        course.episodes += _now(rng, until)
        made.visits = list(Walk(rng, made, course, start).run(until))
    elif made.fate == ABSENT:
        left = until - rng.randint(370, 700) * DAY
        made.visits = list(Walk(rng, made, _course(rng, adherence="3"), start).run(min(left, until)))
    elif made.fate == LOST:
        _lose(rng, made, _course(rng, adherence="3"), start, until - rng.randint(5, 500) * DAY)
    elif made.fate == DEAD:
        _die(rng, made, start, until)


def _course(rng: Random, adherence: str = "") -> Course:
    return Course(
        usual="3" if rng.random() < 0.89 else "2",
        adherence=adherence or rng.choices(("1", "2", "3", "4"), (79, 12, 7, 2))[0],
        phone=rng.choice((0.05, 0.12, 0.2, 0.35)),
    )


def _episodes(rng: Random, first: date, last: date, a_year: float, calm: bool = False) -> list[Episode]:
    days = (last - first).days
    if days < 1:
        return []
    found = []
    expected = a_year * days / 365
    count = int(expected) + (rng.random() < expected % 1)
    for _ in range(count):
        days_in = rng.randint(20, 95) if rng.random() < 0.45 else 0
        found.append(Episode(first + rng.randint(1, days) * DAY, days_in, calm))
    return found


def _now(rng: Random, until: date) -> list[Episode]:
    """On any day a few are unstable at home, and a few more in hospital."""
    draw = rng.random()
    if draw < 0.012:
        return [Episode(until - rng.randint(0, 13) * DAY)]
    if draw < 0.026:
        back = rng.randint(12, 80)
        return [Episode(until - back * DAY, back + rng.randint(10, 60))]
    return []


def _lose(rng: Random, made: PersonTruth, course: Course, start: date, lost_on: date) -> None:
    made.lost_on = max(lost_on, made.filed_on + 20 * DAY)
    made.visits = list(Walk(rng, made, course, start).run(made.lost_on - 1 * DAY))
    made.visits.append(loss_notice(rng, made, made.lost_on))


def _die(rng: Random, made: PersonTruth, start: date, until: date) -> None:
    # Most of the dead died long before the visits that are kept here; their closing record is all there is.
    first = made.filed_on + 30 * DAY
    last = until - 2 * DAY
    first = min(first, last)
    died_on = first + round((last - first).days * rng.random() ** 0.9) * DAY
    told_on = min(until, died_on + rng.randint(1, 20) * DAY)
    made.died_on = died_on
    made.visits = list(Walk(rng, made, _course(rng), start).run(died_on - DAY)) if died_on > start else []
    made.visits.append(death_notice(rng, made, died_on, told_on))


# ── a life that must come out as wanted ─────────────────────────────────────────────────────────────────────────────
def _live_pinned(spec: Spec, made: PersonTruth, pin: Pin, anchor: date) -> None:
    """Draw again until the person stands as wanted on the anchor day; then life goes on."""
    start = add_months(anchor, -12 * spec.years) + DAY
    for attempt in range(_TRIES):
        rng = Random(f"{spec.seed}/life/{made.serial}/{attempt}")
        made.visits, made.died_on, made.lost_on = [], None, None
        walk = None
        if pin.fate == MANAGED:
            course = _pinned_course(rng, made, pin, anchor)
            walk = Walk(rng, made, course, start)
            made.visits = list(walk.run(anchor))
        elif pin.fate == DEAD:
            _die(rng, made, start, anchor)
        elif pin.fate == LOST:
            _lose(rng, made, _course(rng, adherence="3"), start, anchor - rng.randint(40, 500) * DAY)
        elif pin.fate == ABSENT:
            last = date(anchor.year - 1, rng.randint(2, 11), 28)
            made.visits = list(Walk(rng, made, _course(rng, adherence="3"), start).run(last))
        if _comes_out(made, pin, anchor):
            if spec.on > anchor:
                _go_on(rng, spec, made, pin, walk, anchor)
            return
    raise RuntimeError(f"no life found for file {made.serial}: {pin}")


def _comes_out(made: PersonTruth, pin: Pin, anchor: date) -> bool:
    now = standing(made, anchor)
    if pin.fate == DEAD:
        return now.dead
    if pin.fate == LOST:
        return now.lost and not now.med and not now.face_half and not _drugs_told(made)
    if pin.fate != MANAGED:
        return not now.managed and not now.lost and not now.face_half and not _drugs_told(made)
    if not now.managed or now.in_hospital != pin.in_hospital:
        return False
    return (
        now.med is (pin.in_hospital or pin.adherence in ("1", "2"))
        and now.regmed is (pin.in_hospital or pin.adherence == "1")
        and now.face_half is pin.face_half
        and now.face_quarter is pin.face_quarter
        and now.std is pin.std
        and now.recent is pin.recent
        and now.stable is (not pin.in_hospital and pin.recent and not pin.unstable)
        and (pin.in_hospital or (now.last_class == "1") is pin.unstable)
    )


def _drugs_told(made: PersonTruth) -> bool:
    """Whether any last answer on drugs, of whatever year, would count somebody as medicated."""
    told = [v.record["adherence"] for v in made.visits if "adherence" in v.record]
    return bool(told) and told[-1] in ("1", "2")


def _pinned_course(rng: Random, made: PersonTruth, pin: Pin, anchor: date) -> Course:
    course = _course(rng, adherence=pin.adherence)
    year = anchor.year
    course.calm = not pin.unstable and not pin.in_hospital
    relapse_until = date(year, 6, 30)
    first = max(add_months(anchor, -12), made.filed_on)
    if course.calm and first < relapse_until:
        course.episodes = _episodes(rng, first, relapse_until, 0.05, calm=True)
    if pin.unstable:
        course.episodes.append(Episode(anchor - rng.randint(0, 12) * DAY))
    if pin.in_hospital:
        admitted = (
            date(year, 10, 1) + rng.randint(2, 70) * DAY
            if pin.face_quarter
            else date(year, 8, 1) + rng.randint(0, 55) * DAY
        )
        stay = (anchor - admitted).days + rng.randint(12, 60)
        course.episodes.append(Episode(admitted, stay))
    if not pin.face_half:
        course.phone_only.append((date(year, 7, 1), anchor))
    elif not pin.face_quarter:
        course.phone_only.append((date(year, 10, 1), anchor))
    if not pin.recent:
        course.quiet.append((date(year, 10, 1), anchor))
        course.usual = "3"
    if not pin.std:
        opened = date(year, rng.randint(2, 4), 1)
        course.quiet.append((opened, opened + rng.randint(122, 150) * DAY))
    return course


# ── after the anchor ────────────────────────────────────────────────────────────────────────────────────────────────
def _go_on(rng: Random, spec: Spec, made: PersonTruth, pin: Pin, walk: Walk | None, anchor: date) -> None:
    """From the anchor to `spec.on`: visits, relapses, a few deaths and losses, some people found again."""
    until = spec.on
    years = (until - anchor).days / 365
    if pin.fate in (DEAD, REFUSED):
        return
    if walk is None:
        back = rng.random()
        if back > {LOST: 0.4 * years, ABSENT: 0.6 * years}.get(pin.fate, 1.0):
            return
        found = (
            anchor + rng.randint(5, max(6, (until - anchor).days)) * DAY
            if pin.fate != NEW
            else anchor - 20 * DAY
        )
        course = _course(rng)
        walk = Walk(rng, made, course, max(anchor + DAY, found))
        walk.next_on = max(anchor + rng.randint(1, 12) * DAY, found)
        made.lost_on = None
    course = walk.course
    course.calm = False
    course.quiet, course.phone_only = [], []
    course.late = 0.0 if rng.random() < 0.94 else 0.3
    course.episodes = [*course.episodes, *_episodes(rng, anchor, until, 0.06)]
    # What happened up to the anchor stays as it is.
    course.episodes += [episode for episode in _now(rng, until) if episode.on > anchor]
    fate = rng.random()
    end = anchor + rng.randint(20, max(21, (until - anchor).days - 15)) * DAY
    if fate < 0.011 * years and end < until:
        made.visits += walk.run(end - DAY)
        told_on = min(until, end + rng.randint(1, 15) * DAY)
        made.visits.append(death_notice(rng, made, end, told_on))
        made.died_on = end
    elif fate < 0.018 * years and end < until:
        made.visits += walk.run(end - DAY)
        made.visits.append(loss_notice(rng, made, end))
        made.lost_on = end
    else:
        made.visits += walk.run(until)


__all__ = ["generate", "places"]
