"""What follow-up publishes for counting: read-only shapes and the SQL that folds them per person.

A visit counts unless it is voided, superseded by an amendment, or returned in review. It reached somebody (`contact`) unless it
reports a loss or a death, and is complete when it then carries a risk level or says the person is in hospital. Of several visits on one day the
one of the highest form code speaks, as everywhere (`rules.order`). Dates in the SQL are those of `indicators.state.Frame`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from xinqiao.registry.facts import Fold

from .models import Obligation, Visit


@dataclass(frozen=True, slots=True)
class VisitFact:
    """One visit that is neither voided nor superseded. `risk` and `visit_class` are the counted ones: what waits for a second
    person counts as the graver."""

    person_id: UUID
    visit_date: date
    contact: bool
    form: str
    targets: tuple[str, ...]
    risk: int | None
    visit_class: str
    hospital: str
    adherence: str
    incidents: bool
    minor: bool
    review_status: str
    rehab: bool = False
    case_managed: bool = False


@dataclass(frozen=True, slots=True)
class OwedFact:
    """One visit owed and what became of it."""

    person_id: UUID
    due_on: date
    outcome: str
    closed_on: date | None


def load_visits(ids: Sequence[UUID] | None = None, *, using: str = "default") -> list[VisitFact]:
    """Visits as rows of plain Python, for the reference engine."""
    scope = {} if ids is None else {"person_id__in": list(ids)}
    result = []
    for v in Visit.objects.using(using).filter(voided_at=None, superseded=False, **scope):
        acts = {key: int(n) for key, n in (v.danger_acts or {}).items()}
        result.append(
            VisitFact(
                person_id=v.person_id,
                visit_date=v.visit_date,
                contact=not v.lost_reason and v.death_date is None,
                form=v.form,
                targets=tuple(v.targets),
                risk=None if v.risk is None else v.risk if v.counted_risk is None else v.counted_risk,
                visit_class=v.counted_class or v.visit_class,
                hospital=v.hospital,
                adherence=v.adherence,
                incidents=acts.get("2", 0) > 0 or acts.get("3", 0) > 0,
                minor=acts.get("1", 0) > 0,
                review_status=v.review_status,
                rehab=bool(v.rehab),
                case_managed=v.case_mgmt is True,
            )
        )
    return result


def load_owed(ids: Sequence[UUID] | None = None, *, using: str = "default") -> list[OwedFact]:
    """Obligations as rows of plain Python, for the reference engine."""
    scope = {} if ids is None else {"person_id__in": list(ids)}
    return [
        OwedFact(o.person_id, o.due_on, o.outcome, o.closed_on)
        for o in Obligation.objects.using(using).filter(**scope)
    ]


#: One row per person. `last` is [day, form, risk, gravity of class, in hospital, adherence] of the last complete visit,
#: `last_risk` and `last_class` [day, form, risk or gravity], `last_stay` [day, form, in hospital]; `months` has bit n
#: set when month n of the year has a complete visit.
VISITS = Fold(
    "visits",
    """count(*) filter (where day >= %(year_start)s)::int as visits_year,
    count(*) filter (where day >= %(month_start)s)::int as visits_month,
    count(*) filter (where complete and day >= %(year_start)s)::int as complete_year,
    count(*) filter (where complete and day > %(rolling_after)s)::int as complete_12m,
    max(array[day - date '2000-01-01', form_code, risk, gravity, (hospital = '1')::int,
              case when adherence = '' then 0 else adherence::int end]) filter (where complete) as last,
    max(array[day - date '2000-01-01', form_code, risk]) filter (where complete and risk >= 0) as last_risk,
    max(array[day - date '2000-01-01', form_code, gravity]) filter (where complete and gravity > 0) as last_class,
    max(array[day - date '2000-01-01', form_code, (hospital = '1')::int]) filter (where contact and hospital <> '') as last_stay,
    max(day) filter (where contact) as last_contact,
    max(day) filter (where complete and day < %(year_start)s) as before_year,
    min(day) filter (where complete and day >= %(year_start)s) as first_day,
    max(day) filter (where complete and day >= %(year_start)s) as last_day,
    bit_or(1 << date_part('month', day)::int) filter (where complete and day >= %(year_start)s) as months,
    bool_or(adherence in ('1', '2') or hospital = '1') filter (where complete and day >= %(year_start)s) as taken_any,
    bool_and(adherence in ('1', '2') or hospital = '1') filter (where complete and day >= %(year_start)s) as taken_every,
    bool_and(adherence = '1' or hospital = '1') filter (where complete and day >= %(year_start)s) as regular_every,
    max(day) filter (where complete and form in ('1', '2') and '1' = any (targets)) as face_strict,
    max(day) filter (where complete and form in ('1', '2') and ('1' = any (targets) or cardinality(targets) = 0)) as face,
    bool_or(incident)
      filter (where day >= %(year_start)s) as incidents,
    bool_or(minor_act) filter (where day >= %(year_start)s) as minor,
    bool_or(rehab) filter (where complete and day >= %(year_start)s) as rehab,
    bool_or(case_managed) filter (where complete and day >= %(year_start)s) as case_managed""",
    """from (
  select f.person_id, f.visit_date as day, f.form, f.targets, f.hospital, f.adherence,
         coalesce((f.danger_acts ->> '2')::int, 0) > 0 or coalesce((f.danger_acts ->> '3')::int, 0) > 0 as incident,
         coalesce((f.danger_acts ->> '1')::int, 0) > 0 as minor_act,
         cardinality(f.rehab) > 0 as rehab, coalesce(f.case_mgmt, false) as case_managed,
         coalesce(nullif(f.form, '')::int, 0) as form_code,
         case when f.risk is null then -1 else coalesce(f.counted_risk, f.risk) end as risk,
         case coalesce(nullif(f.counted_class, ''), f.visit_class) when '1' then 3 when '2' then 2 when '3' then 1
           else 0 end as gravity,
         (f.lost_reason = '' and f.death_date is null) as contact,
         (f.lost_reason = '' and f.death_date is null and (f.risk is not null or f.hospital = '1')) as complete
  from followup_visit f {join}
  where {link}f.voided_at is null and not f.superseded and f.visit_date <= %(on)s
    and (f.review_status = '1' or (f.review_status <> '2' and not %(passed_only)s))
  offset 0 -- keeps the planner from writing these expressions out again in every aggregate
) f""",
)

#: Visits that fell due up to T. One cancelled by its due date was not owed; on time is closed by the due date.
OWED = Fold(
    "owed",
    """count(*) filter (where due_on >= %(month_start)s)::int as due_month,
    count(*) filter (where due_on >= %(month_start)s and on_time)::int as on_time_month,
    count(*)::int as due_year,
    count(*) filter (where on_time)::int as on_time_year""",
    """from (
  select f.person_id, f.due_on, coalesce(f.outcome in ('done', 'late') and f.closed_on <= f.due_on, false) as on_time
  from followup_obligation f {join}
  where {link}f.due_on between %(year_start)s and %(on)s
    and not (f.outcome = 'cancelled' and coalesce(f.closed_on, f.due_on) <= f.due_on)
) f""",
)
