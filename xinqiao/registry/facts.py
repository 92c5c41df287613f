"""What the registry publishes for counting: read-only shapes and the SQL that finds them at a date.

Facts are taken as known now (late entries included, voided ones left out) with `happened_on` up to the report date.
The SQL pieces are common table expressions; `%(on)s` is the report date, `people` the people under count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from .models import Consent, Diagnosis, LifeEvent, Person, Responsibility
from .models.support import CarePlacement, Certificate, Support


@dataclass(frozen=True, slots=True)
class Owner:
    """From `since` on (until a later row) the person counts at `code`. `order` breaks ties. `until` is the end as written down,
    `reason` why the row began ("boundary": the borders changed)."""

    code: str
    since: date
    order: UUID
    until: date | None = None
    reason: str = ""
    now: str | None = None

    @property
    def code_now(self) -> str:
        """The place under the borders of now."""
        return self.now or self.code


@dataclass(frozen=True, slots=True)
class Event:
    """A life event that is not voided."""

    kind: str
    happened_on: date


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to the offer of service, or (basis "statutory") the legal basis that needs none."""

    basis: str
    decision: str
    happened_on: date
    recorded_at: datetime
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Disorder:
    """A diagnosis: category 1–6, or 9."""

    category: str
    happened_on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Holding:
    """Something a person has or takes part in from `since` to before `until`: a `SupportKind` answered yes, a disability
    certificate ("certificate"), or a place in a care group ("care_group")."""

    kind: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class PersonFact:
    """One person with all that is known, whatever the date."""

    id: UUID
    filed_on: date
    owners: tuple[Owner, ...] = ()
    events: tuple[Event, ...] = ()
    answers: tuple[Answer, ...] = ()
    disorders: tuple[Disorder, ...] = field(default=())
    holdings: tuple[Holding, ...] = field(default=())


def load(ids: Sequence[UUID] | None = None, *, using: str = "default") -> list[PersonFact]:
    """People with their facts, as rows of plain Python, for the reference engine. Eight statements."""
    people = Person.objects.using(using)
    scope = {}
    if ids is not None:
        people = people.filter(id__in=ids)
        scope = {"person_id__in": list(ids)}
    owners: dict[UUID, list[Owner]] = {}
    for row in Responsibility.objects.using(using).filter(kind="counting", voided_at=None, **scope):
        one_owner = Owner(row.counted_code, row.valid_from, row.id, row.valid_to, row.reason, row.counted_now)
        owners.setdefault(row.person_id, []).append(one_owner)
    events: dict[UUID, list[Event]] = {}
    for event in LifeEvent.objects.using(using).filter(voided_at=None, **scope):
        events.setdefault(event.person_id, []).append(Event(event.kind, event.happened_on))
    answers: dict[UUID, list[Answer]] = {}
    for consent in Consent.objects.using(using).filter(voided_at=None, **scope):
        one = Answer(
            consent.basis, consent.decision, consent.happened_on, consent.recorded_at, consent.withdrawn
        )
        answers.setdefault(consent.person_id, []).append(one)
    disorders: dict[UUID, list[Disorder]] = {}
    for diagnosis in Diagnosis.objects.using(using).filter(voided_at=None, **scope):
        found = Disorder(diagnosis.category, diagnosis.happened_on, diagnosis.recorded_at)
        disorders.setdefault(diagnosis.person_id, []).append(found)
    holdings: dict[UUID, list[Holding]] = {}
    for support in Support.objects.using(using).filter(answer="1", voided_at=None, **scope):
        one_held = Holding(support.kind, support.valid_from, support.valid_to)
        holdings.setdefault(support.person_id, []).append(one_held)
    for model, kind in ((Certificate, "certificate"), (CarePlacement, "care_group")):
        for held in model.objects.using(using).filter(voided_at=None, **scope):
            holdings.setdefault(held.person_id, []).append(Holding(kind, held.valid_from, held.valid_to))
    return [
        PersonFact(
            id=person.id,
            filed_on=person.filed_on,
            owners=tuple(owners.get(person.id, ())),
            events=tuple(events.get(person.id, ())),
            answers=tuple(answers.get(person.id, ())),
            disorders=tuple(disorders.get(person.id, ())),
            holdings=tuple(holdings.get(person.id, ())),
        )
        for person in people.only("id", "filed_on")
    ]


@dataclass(frozen=True, slots=True)
class Fold:
    """One row per person out of many: aggregate `columns` over `source`, whose rows carry `person_id` under the alias f.

    Two plans, because no planner guesses well over fresh tables: person by person through the index (few people), or all
    at once by hashing (many). `{join}` and `{link}` in `source` are where the people come in.
    """

    name: str
    columns: str
    source: str

    def at_once(self) -> str:
        """As a common table expression over the table expression `people`."""
        source = self.source.format(join="join people using (person_id)", link="")
        return (
            f"{self.name} as materialized (select f.person_id, {self.columns} {source} group by f.person_id)"
        )

    def one_by_one(self) -> str:
        """As a lateral join for the person `p`; always one row."""
        source = self.source.format(join="", link="f.person_id = p.person_id and ")
        return f"cross join lateral (select {self.columns} {source}) {self.name}"


_COUNTING = "r.kind = 'counting' and r.voided_at is null and r.valid_from <= %(on)s"
_NEWER = """from registry_responsibility n
      where n.person_id = r.person_id and n.kind = 'counting' and n.voided_at is null and n.valid_from <= %(on)s"""
_NEWEST = {
    False: f"r.id = (select n.id {_NEWER} order by n.valid_from desc, n.id desc limit 1)",
    True: f"""not exists (select 1 {_NEWER}
      and (n.valid_from > r.valid_from or (n.valid_from = r.valid_from and n.id > r.id)))""",
}


def people_sql(area: str, *, many: bool, code: str = "r.counted_code") -> str:
    """People who count inside an area at T: (person_id, code, filed_on). `area` is a condition on r.counted_code, or on
    `code` where that is the place under the borders of now.

    The newest counting row up to T decides, also when it has ended and no other began: who died or left stays with the
    place that counted last.
    """
    return f"""people as materialized (
  select r.person_id, {code} as code, p.filed_on
  from registry_responsibility r join registry_person p on p.id = r.person_id and p.filed_on <= %(on)s
  where {_COUNTING} and {area} and {_NEWEST[many]}
)"""  # noqa: S608 — pieces of this file only


LIFE = Fold(
    "life",
    """bool_or(f.kind = 'excluded') as excluded,
         max(f.happened_on) filter (where f.kind = 'died') as died_on,
         max(f.happened_on) filter (where f.kind = 'moved_out') as out_on,
         max(f.happened_on) filter (where f.kind = 'moved_in') as in_on,
         max(f.happened_on) filter (where f.kind = 'lost') as lost_on,
         max(f.happened_on) filter (where f.kind = 'found') as found_on,
         max(f.happened_on) filter (where f.kind = 'admitted') as admitted_on,
         max(f.happened_on) filter (where f.kind = 'discharged') as discharged_on""",
    "from registry_lifeevent f {join} where {link}f.voided_at is null and f.happened_on <= %(on)s",
)

#: `answer` is [day, moment, 1 when refused] of the newest answer; a tie in both is a refusal.
CONSENT = Fold(
    "consent",
    """bool_or(f.basis = 'statutory') as statutory,
         max(array[f.happened_on - date '2000-01-01', (date_part('epoch', f.recorded_at) * 1e6)::bigint,
                   (f.decision = '0')::int]) filter (where f.basis = 'consent') as answer""",
    "from registry_consent f {join} where {link}f.voided_at is null and f.happened_on <= %(on)s",
)

#: `newest` is [day, moment, category] of the newest diagnosis; a tie goes to the higher code.
DIAGNOSIS = Fold(
    "diagnosis",
    """max(array[f.happened_on - date '2000-01-01', (date_part('epoch', f.recorded_at) * 1e6)::bigint,
                   f.category::int]) as newest""",
    "from registry_diagnosis f {join} where {link}f.voided_at is null and f.happened_on <= %(on)s",
)

#: What somebody has or takes part in at T (see `Holding`).
HOLDINGS = Fold(
    "holdings",
    """bool_or(kind = 'rehab') as in_rehab,
         bool_or(kind = 'doctor') as with_doctor,
         bool_or(kind = 'guardian') as with_subsidy,
         bool_or(kind = 'care_group') as in_care_group,
         bool_or(kind = 'certificate') as with_certificate""",
    """from (
  select f.person_id, f.kind from registry_support f {join}
  where {link}f.voided_at is null and f.answer = '1' and f.valid_from <= %(on)s and (f.valid_to is null or f.valid_to > %(on)s)
  union all
  select f.person_id, 'certificate' from registry_certificate f {join}
  where {link}f.voided_at is null and f.valid_from <= %(on)s and (f.valid_to is null or f.valid_to > %(on)s)
  union all
  select f.person_id, 'care_group' from registry_careplacement f {join}
  where {link}f.voided_at is null and f.valid_from <= %(on)s and (f.valid_to is null or f.valid_to > %(on)s)
) f""",
)
