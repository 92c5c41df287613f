"""The plain engine: one person at a time, one question at a time. Slow, and what every other engine is held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from xinqiao.followup.facts import OwedFact, VisitFact
from xinqiao.kernel.codes import full_code
from xinqiao.kernel.periods import month_gap
from xinqiao.registry.facts import PersonFact
from xinqiao.registry.rules.service import Standing, service_on
from xinqiao.treatment.facts import ExamFact

from ..declarations import Catalogue
from ..language import Value, evaluate
from ..state import Frame, State
from . import WHOLE, Area, Cells


def place_on(person: PersonFact, day: date, *, now: bool = False) -> str | None:
    """Where the person counts on a day: the newest counting row that had begun, whether or not it has ended; `now` gives that
    place under the borders of today."""
    begun = [owner for owner in person.owners if owner.since <= day]
    if person.filed_on > day or not begun:
        return None
    newest = max(begun, key=lambda owner: (owner.since, owner.order))
    return newest.code_now if now else newest.code


def state_of(
    person: PersonFact,
    visits: Sequence[VisitFact],
    owed: Sequence[OwedFact],
    frame: Frame,
    exams: Sequence[ExamFact] = (),
) -> State:
    """How the person stands on `frame.on`. `visits`, `owed` and `exams` are this person's own."""
    visits = [v for v in visits if v.visit_date <= frame.on and _counts(v, frame)]
    complete = [v for v in visits if is_complete(v)]
    this_year = [v for v in complete if v.visit_date >= frame.year_start]
    last = max(complete, key=_order, default=None)
    year_last = max(this_year, key=_order, default=None)
    assessed = max((v for v in complete if v.risk is not None), key=_order, default=None)
    classed = max((v for v in complete if v.visit_class), key=_order, default=None)
    faces = [v for v in complete if v.form in ("1", "2") and (not v.targets or "1" in v.targets)]
    strict = [v for v in faces if v.targets]
    died_on = _last(person, frame, "died")
    due = [o for o in owed if frame.year_start <= o.due_on <= frame.on and _was_owed(o)]
    return State(
        excluded=_last(person, frame, "excluded") is not None,
        died=died_on is not None,
        died_this_year=died_on is not None and died_on >= frame.year_start,
        moved_away=_holds(_last(person, frame, "moved_out"), _last(person, frame, "moved_in")),
        lost_now=_lost(person, visits, frame),
        in_hospital=_in_hospital(person, visits, frame),
        filed_this_year=person.filed_on >= frame.year_start,
        legal=_legal(person, frame),
        disorder=_disorder(person, frame),
        visits_year=sum(v.visit_date >= frame.year_start for v in visits),
        visits_month=sum(v.visit_date >= frame.month_start for v in visits),
        complete_year=len(this_year),
        complete_12m=sum(v.visit_date > frame.rolling_after for v in complete),
        gaps_kept=_gaps_kept(person, complete, frame),
        seen_in_window=last is not None and last.visit_date >= frame.window_start,
        last_visit_class=last.visit_class if last else "",
        last_class=classed.visit_class if classed else "",
        last_risk=-1 if assessed is None or assessed.risk is None else assessed.risk,
        year_risk_assessed=year_last is not None and year_last.risk is not None,
        year_adherence=year_last.adherence if year_last else "",
        year_in_hospital=year_last is not None and year_last.hospital == "1",
        year_taken_any=any(_taken(v) for v in this_year),
        year_taken_every=bool(this_year) and all(_taken(v) for v in this_year),
        year_regular_every=bool(this_year)
        and all(v.adherence == "1" or v.hospital == "1" for v in this_year),
        face_in_year=any(v.visit_date >= frame.year_start for v in faces),
        face_in_half=any(v.visit_date >= frame.half_start for v in faces),
        face_in_half_strict=any(v.visit_date >= frame.half_start for v in strict),
        face_in_quarter=any(v.visit_date >= frame.quarter_start for v in faces),
        face_in_quarter_strict=any(v.visit_date >= frame.quarter_start for v in strict),
        incident_this_year=any(v.incidents for v in visits if v.visit_date >= frame.year_start),
        minor_this_year=any(v.minor for v in visits if v.visit_date >= frame.year_start),
        rehab_this_year=any(v.rehab for v in this_year),
        case_this_year=any(v.case_managed for v in this_year),
        examined_this_year=any(frame.year_start <= e.happened_on <= frame.on for e in exams),
        in_rehab=_has(person, "rehab", frame),
        with_doctor=_has(person, "doctor", frame),
        with_subsidy=_has(person, "guardian", frame),
        in_care_group=_has(person, "care_group", frame),
        with_certificate=_has(person, "certificate", frame),
        due_month=sum(o.due_on >= frame.month_start for o in due),
        on_time_month=sum(o.due_on >= frame.month_start and _on_time(o) for o in due),
        due_year=len(due),
        on_time_year=sum(_on_time(o) for o in due),
        not_on_time_year=sum(not _on_time(o) for o in due),
    )


def count(
    declared: Catalogue,
    area: Area,
    frame: Frame,
    cuts: Sequence[int],
    people: Iterable[PersonFact],
    visits: Iterable[VisitFact],
    owed: Iterable[OwedFact],
    exams: Iterable[ExamFact] = (),
    *,
    now: bool = False,
) -> Cells:
    """All counted sets for the area and for the places below it named by the first `cuts` digits of the code."""
    visits_of: dict[UUID, list[VisitFact]] = defaultdict(list)
    for visit in visits:
        visits_of[visit.person_id].append(visit)
    owed_of: dict[UUID, list[OwedFact]] = defaultdict(list)
    for one in owed:
        owed_of[one.person_id].append(one)
    exams_of: dict[UUID, list[ExamFact]] = defaultdict(list)
    for exam in exams:
        exams_of[exam.person_id].append(exam)
    cells: Cells = {WHOLE: {s.key: 0 for s in declared.counted}}
    for person in people:
        code = place_on(person, frame.on, now=now)
        if code is None or not area.holds(code):
            continue
        state = state_of(person, visits_of[person.id], owed_of[person.id], frame, exams_of[person.id])
        for cell in (WHOLE, *((cut, full_code(code[:cut])) for cut in cuts)):
            numbers = cells.setdefault(cell, {s.key: 0 for s in declared.counted})
            for one_set in declared.counted:
                if belongs(declared, one_set.key, state):
                    numbers[one_set.key] += getattr(state, one_set.column) if one_set.column else 1
    return cells


def belongs(declared: Catalogue, key: str, state: State) -> bool:
    """Whether somebody in this state is in the set."""
    who = declared.sets[key].who
    if who is None:
        raise ValueError(f"{key} does not count persons")

    def look_up(name: str) -> Value:
        if name in declared.sets and not declared.sets[name].column:
            return belongs(declared, name, state)
        value: Value = getattr(state, name)
        return value

    return evaluate(who, look_up)


def is_complete(visit: VisitFact) -> bool:
    """A visit that reached somebody and has a risk level or says the person is in hospital."""
    return visit.contact and (visit.risk is not None or visit.hospital == "1")


def _counts(visit: VisitFact, frame: Frame) -> bool:
    return visit.review_status == "1" if frame.passed_only else visit.review_status != "2"


def _has(person: PersonFact, kind: str, frame: Frame) -> bool:
    """Whether something of this kind holds at T: begun by T and not ended by T."""
    return any(
        h.kind == kind and h.since <= frame.on and (h.until is None or h.until > frame.on)
        for h in person.holdings
    )


def _order(visit: VisitFact) -> tuple[date, str]:
    """The later day speaks; of one day there is one visit of each form, and the highest form code speaks."""
    return visit.visit_date, visit.form


def _taken(visit: VisitFact) -> bool:
    return visit.adherence in ("1", "2") or visit.hospital == "1"


def _last(person: PersonFact, frame: Frame, kind: str) -> date | None:
    return max(
        (e.happened_on for e in person.events if e.kind == kind and e.happened_on <= frame.on), default=None
    )


def _holds(began: date | None, ended: date | None) -> bool:
    """Whether what began still holds; of one day the end comes last (lost, then found; moved out, then in)."""
    return began is not None and (ended is None or ended < began)


def _lost(person: PersonFact, visits: Sequence[VisitFact], frame: Frame) -> bool:
    """Lost until found or moved in, or visited on a later day."""
    lost_on = _last(person, frame, "lost")
    events = [_last(person, frame, "found"), _last(person, frame, "moved_in")]
    visited = any(lost_on is not None and v.contact and v.visit_date > lost_on for v in visits)
    return _holds(lost_on, max((day for day in events if day), default=None)) and not visited


def _in_hospital(person: PersonFact, visits: Sequence[VisitFact], frame: Frame) -> bool:
    """The newest word on it: an admission or discharge, or a visit's answer. On one day the event outweighs the visit, and the
    discharge the admission."""
    admitted, discharged = _last(person, frame, "admitted"), _last(person, frame, "discharged")
    event_day = max((d for d in (admitted, discharged) if d), default=None)
    answers = [v for v in visits if v.contact and v.hospital]
    answer = max(answers, key=_order, default=None)
    if event_day is not None and (answer is None or event_day >= answer.visit_date):
        return admitted is not None and (discharged is None or discharged < admitted)
    return answer is not None and answer.hospital == "1"


_LEGAL = {
    Standing.STATUTORY: "statutory",
    Standing.UNASKED: "unasked",
    Standing.LIMITED: "refused",
    Standing.FULL: "agreed",
}


def _legal(person: PersonFact, frame: Frame) -> str:
    """As the registry's own rule says it; a notice by law counts as a basis whatever was answered (decisions, 0004)."""
    service = service_on(person.answers, frame.on)
    return _LEGAL[service.standing]


def _disorder(person: PersonFact, frame: Frame) -> str:
    known = [d for d in person.disorders if d.happened_on <= frame.on]
    return max(known, key=lambda d: (d.happened_on, d.recorded_at, d.category)).category if known else ""


def _gaps_kept(person: PersonFact, complete: Sequence[VisitFact], frame: Frame) -> bool:
    """Month gaps of at most 3 from the last complete visit before the year (none: from filing) through the year to T."""
    days = sorted(v.visit_date for v in complete)
    year = [d for d in days if d >= frame.year_start]
    if not year:
        return False
    before = [d for d in days if d < frame.year_start]
    chain = [before[-1] if before else person.filed_on, *year]
    return all(month_gap(a, b) <= 3 for a, b in zip(chain, [*chain[1:], frame.on], strict=True))


def _was_owed(owed: OwedFact) -> bool:
    return owed.outcome != "cancelled" or (owed.closed_on is not None and owed.closed_on > owed.due_on)


def _on_time(owed: OwedFact) -> bool:
    return owed.outcome in ("done", "late") and owed.closed_on is not None and owed.closed_on <= owed.due_on
