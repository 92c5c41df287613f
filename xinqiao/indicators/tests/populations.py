"""Made-up people for the figures: one spec per person, and its rows written as the owner, many at once.

`Spec` holds everything a figure can ask about; `person_specs` is its Hypothesis strategy, `PLAIN` somebody about whom
nothing is special.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.factories.county import NORTH_1, NORTH_2, SOUTH_1, SOUTH_2
from xinqiao.followup.facts import OwedFact, VisitFact
from xinqiao.followup.models import Obligation, Visit
from xinqiao.kernel.ids import uuid7
from xinqiao.places.models import Institution
from xinqiao.registry.facts import Answer, Disorder, Event, Holding, Owner, PersonFact
from xinqiao.registry.models import Consent, Diagnosis, LifeEvent, Person, Responsibility
from xinqiao.registry.models.support import Certificate, Support
from xinqiao.treatment.facts import ExamFact
from xinqiao.treatment.models import Exam

VILLAGES = (NORTH_1, NORTH_2, SOUTH_1, SOUTH_2)
_serial = count(1)
FIRST, LAST = date(2015, 6, 1), date(2017, 12, 31)


@dataclass(frozen=True)
class V:
    """One visit; `minute` is when on its day it was recorded; `counted_risk` what counts while a lowering waits."""

    day: date
    form: str = "2"
    targets: tuple[str, ...] = ("1",)
    risk: int | None = 0
    visit_class: str = "3"
    counted_class: str = ""
    hospital: str = "0"
    adherence: str = "1"
    acts: tuple[tuple[str, int], ...] = ()
    minute: int = 0
    review: str = "0"
    voided: bool = False
    superseded: bool = False
    counted_risk: int | None = None
    lost_reason: str = ""
    death_date: date | None = None
    rehab: tuple[str, ...] = ()
    case_mgmt: bool | None = None


@dataclass(frozen=True)
class Spec:
    """One person. Dated lists are (…, day); `counting` is (code, since, until), `exams` (day, voided),
    `holdings` (kind, since, until, answered yes)."""

    filed_on: date = date(2015, 7, 1)
    counting: tuple[tuple[str, date, date | None], ...] = ((NORTH_1, date(2015, 7, 1), None),)
    events: tuple[tuple[str, date, bool], ...] = ()
    consents: tuple[tuple[str, str, date, int, bool], ...] = (("consent", "1", date(2015, 7, 1), 0, False),)
    diagnoses: tuple[tuple[str, date, int], ...] = (("1", date(2015, 7, 1), 0),)
    visits: tuple[V, ...] = ()
    owed: tuple[tuple[date, str, date | None], ...] = ()
    exams: tuple[tuple[date, bool], ...] = ()
    holdings: tuple[tuple[str, date, date | None, bool], ...] = ()

    def but(self, **changes: Any) -> Spec:
        return replace(self, **changes)


PLAIN = Spec()

days = st.dates(FIRST, LAST)
_kinds = [
    "moved_in",
    "moved_out",
    "lost",
    "found",
    "admitted",
    "discharged",
    "died",
    "excluded",
    "filed",
    "referred",
]
_flags = st.booleans().flatmap(lambda a: st.booleans().map(lambda b: a and b))

visits = st.builds(
    V,
    day=days,
    form=st.sampled_from(["1", "2", "3"]),
    targets=st.sampled_from([(), ("1",), ("2",), ("1", "2")]),
    risk=st.one_of(st.none(), st.integers(0, 5), st.just(0)),
    visit_class=st.sampled_from(["", "1", "2", "3"]),
    counted_class=st.sampled_from(["", "1", "2", "3"]),
    hospital=st.sampled_from(["", "0", "0", "1", "2"]),
    adherence=st.sampled_from(["", "1", "1", "2", "3", "4"]),
    acts=st.dictionaries(st.sampled_from("123456"), st.integers(0, 2), max_size=3).map(
        lambda d: tuple(d.items())
    ),
    minute=st.integers(0, 2),
    review=st.sampled_from(["0", "0", "1", "2"]),
    voided=_flags,
    superseded=_flags,
    counted_risk=st.one_of(st.none(), st.integers(3, 5)),
    lost_reason=st.sampled_from(["", "", "", "3"]),
    death_date=st.one_of(st.none(), st.none(), days),
    rehab=st.sampled_from([(), (), ("1",), ("1", "4")]),
    case_mgmt=st.sampled_from([None, False, True]),
)


@st.composite
def _counting(draw: st.DrawFn) -> tuple[tuple[str, date, date | None], ...]:
    starts = sorted(draw(st.lists(days, min_size=1, max_size=3, unique=True)))
    ends: list[date | None] = [
        *starts[1:],
        draw(st.one_of(st.none(), st.just(starts[-1] + timedelta(days=40)))),
    ]
    return tuple((draw(st.sampled_from(VILLAGES)), a, b) for a, b in zip(starts, ends, strict=True))


person_specs = st.builds(
    Spec,
    filed_on=days,
    counting=_counting(),
    events=st.lists(st.tuples(st.sampled_from(_kinds), days, _flags), max_size=4).map(tuple),
    consents=st.lists(
        st.tuples(
            st.sampled_from([("consent", "1"), ("consent", "1"), ("consent", "0"), ("statutory", "")]),
            days,
            st.integers(0, 1),
            _flags,
        ).map(lambda t: (*t[0], *t[1:])),
        max_size=3,
    ).map(tuple),
    diagnoses=st.lists(st.tuples(st.sampled_from("123456"), days, st.integers(0, 1)), max_size=2).map(tuple),
    visits=st.lists(visits, max_size=7, unique_by=lambda v: (v.day, v.form)).map(tuple),
    owed=st.lists(
        st.tuples(
            days, st.sampled_from(["open", "done", "late", "cancelled", "missed"]), st.one_of(st.none(), days)
        ),
        max_size=3,
    ).map(tuple),
    exams=st.lists(st.tuples(days, _flags), max_size=2, unique_by=lambda e: e[0]).map(tuple),
    holdings=st.lists(
        st.tuples(
            st.sampled_from(["rehab", "doctor", "guardian", "care_group", "certificate", "low_income"]),
            days,
            st.one_of(st.none(), st.integers(1, 400)),
            st.booleans(),
        ).map(lambda h: (h[0], h[1], h[1] + timedelta(days=h[2]) if h[2] else None, h[3])),
        max_size=3,
    ).map(tuple),
)


def at(day: date, minute: int = 0) -> datetime:
    return datetime.combine(day, time(12, minute), tzinfo=ZoneInfo("Asia/Shanghai"))


def write(specs: Sequence[Spec], institution: Institution) -> list[Person]:
    """All rows of all specs, one statement per table."""
    rows: dict[Any, list[Any]] = {
        m: [] for m in (Person, Responsibility, LifeEvent, Consent, Diagnosis, Visit)
    }
    rows |= {m: [] for m in (Obligation, Exam, Support, Certificate)}
    for spec in specs:
        home = spec.counting[-1][0]
        person = Person(
            managing_code=home, op_id=uuid7(), name=f"样例{next(_serial):05}", sex="1", birth_on=date(1980, 1, 1),
            filed_on=spec.filed_on, recorded_at=at(spec.filed_on),
        )  # fmt: skip
        rows[Person].append(person)
        own = {"person": person, "managing_code": home}
        for code, since, until in spec.counting:
            rows[Responsibility].append(
                Responsibility(**own, kind="counting", institution=institution, counted_code=code, valid_from=since,
                               valid_to=until, recorded_at=at(since))
            )  # fmt: skip
        for kind, day, voided in spec.events:
            rows[LifeEvent].append(
                LifeEvent(
                    **own,
                    kind=kind,
                    happened_on=day,
                    recorded_at=at(day),
                    voided_at=at(day) if voided else None,
                )
            )
        for basis, decision, day, minute, voided in spec.consents:
            rows[Consent].append(
                Consent(**own, basis=basis, decision=decision, happened_on=day, recorded_at=at(day, minute),
                        voided_at=at(day) if voided else None)
            )  # fmt: skip
        for category, day, minute in spec.diagnoses:
            rows[Diagnosis].append(
                Diagnosis(**own, icd10="F20", category=category, happened_on=day, recorded_at=at(day, minute))
            )
        for v in spec.visits:
            rows[Visit].append(Visit(
                **own, op_id=uuid7(), visit_date=v.day, form=v.form, targets=list(v.targets), risk=v.risk,
                visit_class=v.visit_class, counted_class=v.counted_class, counted_risk=v.counted_risk, hospital=v.hospital, adherence=v.adherence,
                danger_acts=dict(v.acts), recorded_at=at(v.day, v.minute), review_status=v.review,
                voided_at=at(v.day) if v.voided else None, superseded=v.superseded, class_source="computed",
                entry_mode="full", policy_version="test", lost_reason=v.lost_reason, death_date=v.death_date,
                rehab=list(v.rehab), case_mgmt=v.case_mgmt,
            ))  # fmt: skip
        for index, (due, outcome, closed) in enumerate(spec.owed):
            rows[Obligation].append(
                Obligation(**own, rule="test", period=str(index), opened_on=due, window_from=due, due_on=due,
                           reason="test", clause="test", policy_version="test", outcome=outcome, closed_on=closed)
            )  # fmt: skip
        for day, voided in spec.exams:
            rows[Exam].append(
                Exam(**own, op_id=uuid7(), happened_on=day, consent_by="1", org="样例卫生院", recorded_at=at(day),
                     voided_at=at(day) if voided else None)
            )  # fmt: skip
        for kind, since, until, yes in spec.holdings:
            dates = {"valid_from": since, "valid_to": until, "recorded_at": at(since)}
            if kind == "certificate":
                rows[Certificate].append(Certificate(**own, **dates, kinds=["7"], level="2"))
            else:
                rows[Support].append(Support(**own, **dates, kind=kind, answer="1" if yes else "0"))
    for model, made in rows.items():
        model.objects.bulk_create(made)
    return rows[Person]


def in_memory(spec: Spec) -> tuple[PersonFact, list[VisitFact], list[OwedFact], list[ExamFact]]:
    """The facts of one spec without a database, as the reference engine reads them."""
    person_id = uuid7()
    person = PersonFact(
        id=person_id,
        filed_on=spec.filed_on,
        owners=tuple(Owner(code, since, uuid7(), until) for code, since, until in spec.counting),
        events=tuple(Event(kind, day) for kind, day, voided in spec.events if not voided),
        answers=tuple(
            Answer(b, d, day, at(day, minute)) for b, d, day, minute, voided in spec.consents if not voided
        ),
        holdings=tuple(
            Holding(kind, since, until)
            for kind, since, until, yes in spec.holdings
            if yes or kind == "certificate"
        ),
        disorders=tuple(Disorder(category, day, at(day, minute)) for category, day, minute in spec.diagnoses),
    )
    made = [
        VisitFact(
            person_id=person_id,
            visit_date=v.day,
            contact=not v.lost_reason and v.death_date is None,
            form=v.form,
            targets=v.targets,
            risk=None if v.risk is None else v.risk if v.counted_risk is None else v.counted_risk,
            visit_class=v.counted_class or v.visit_class,
            hospital=v.hospital,
            adherence=v.adherence,
            incidents=dict(v.acts).get("2", 0) > 0 or dict(v.acts).get("3", 0) > 0,
            minor=dict(v.acts).get("1", 0) > 0,
            review_status=v.review,
            rehab=bool(v.rehab),
            case_managed=v.case_mgmt is True,
        )
        for v in spec.visits
        if not v.voided and not v.superseded
    ]
    exams = [ExamFact(person_id, day) for day, voided in spec.exams if not voided]
    return person, made, [OwedFact(person_id, *one) for one in spec.owed], exams
