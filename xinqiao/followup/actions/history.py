"""Everything about some persons that decides what is due, read in two statements however many they are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import connection

from xinqiao.kernel.errors import NotFound
from xinqiao.registry.facts import Answer
from xinqiao.registry.rules.life import place_in_day
from xinqiao.registry.rules.service import turns
from xinqiao.registry.wordings import service_follows

from ..choices import MISSES


@dataclass(slots=True)
class KnownVisit:
    """The answers of one visit that later decisions need. Neither void nor superseded. `confirmations`: kind → state."""

    id: UUID
    op_id: UUID
    person_id: UUID
    visit_date: date
    form: str
    proposed_class: str
    visit_class: str
    counted_class: str
    risk: int | None
    counted_risk: int | None
    hospital: str
    last_discharge: date | None
    lost_reason: str
    death_date: date | None
    referred: str
    adherence: str
    danger_acts: dict[str, int]
    targets: list[str]
    complete: bool
    entry_mode: str
    review_status: str
    planned_on: date | None
    due_on: date | None
    timing: str
    recorded_by: UUID | None
    flags: list[str] = field(default_factory=list)
    superseded: bool = False
    voided: bool = False
    confirmations: dict[str, str] = field(default_factory=dict)

    @property
    def order(self) -> tuple[date, str]:
        """One person has at most one visit per date and form, so this orders them whatever was entered first."""
        return self.visit_date, self.form


_VISIT_COLUMNS = tuple(
    name for name in KnownVisit.__dataclass_fields__ if name not in ("danger_acts", "voided", "confirmations")
)


@dataclass(slots=True)
class Event:
    """One step in the life of the file."""

    kind: str
    happened_on: date
    reason: str
    visit_id: UUID | None

    @property
    def order(self) -> tuple[date, int]:
        """By day, and within one day as the registry orders it: whichever was entered first."""
        return self.happened_on, place_in_day(self.kind)


@dataclass(slots=True)
class History:
    """One person: fixed facts, life events and visits in order, dates of tries that met nobody.

    `visits` are those that stand; `ended` are void or superseded ones, only as far as they were asked for by op_id.
    """

    person_id: UUID
    managing_code: str
    shared_codes: list[str]
    birth_on: date
    filed_on: date
    past_danger: dict[str, int]
    disorder: str = ""
    events: list[Event] = field(default_factory=list)
    visits: list[KnownVisit] = field(default_factory=list)
    ended: list[KnownVisit] = field(default_factory=list)
    attempts: list[date] = field(default_factory=list)
    #: Answers to the offer of service and notices by law, and what follows: (day, whether visits are arranged from then on).
    answers: list[Answer] = field(default_factory=list)
    consents: list[tuple[date, bool]] = field(default_factory=list)
    #: What the lists ask besides: tries that heard "away", exams, exams refused, accounts and names that answer for the
    #: person, and for each present guardian whether there is a phone.
    away: list[date] = field(default_factory=list)
    exams: list[date] = field(default_factory=list)
    exam_refusals: list[date] = field(default_factory=list)
    worker_ids: list[UUID] = field(default_factory=list)
    worker_named: bool = False
    guardians: list[bool] = field(default_factory=list)
    no_guardian: bool = False
    #: Since when somebody is looked for (see `actions.searching`).
    searched_since: date | None = None
    #: Since when a hand-over is under way (see `actions.searching`).
    handed_since: date | None = None

    @property
    def died_on(self) -> date | None:
        """Day of death, when a death is on record."""
        return max((e.happened_on for e in self.events if e.kind == "died"), default=None)

    @property
    def past_incident(self) -> bool:
        """Whether 肇事 or 肇祸 was ever recorded."""
        counts = [self.past_danger, *(visit.danger_acts for visit in self.visits)]
        return any(int(acts.get(code) or 0) > 0 for acts in counts for code in ("2", "3"))

    def before(self, order: tuple[date, str]) -> list[KnownVisit]:
        """Visits that come before this place in the order."""
        return [visit for visit in self.visits if visit.order < order]

    def risk_before(self, order: tuple[date, str]) -> int | None:
        """The level of danger that counted before a visit."""
        known = [v.counted_risk for v in self.before(order) if v.counted_risk is not None]
        return known[-1] if known else None


def load(
    person_ids: Iterable[UUID], *, op_ids: Sequence[UUID] = (), lock: bool = True
) -> dict[UUID, History]:
    """Histories by person, the persons locked in the order of their ids; besides what stands, visits of these `op_ids`.
    NotFound when a person is not there or not yours."""
    wanted = sorted(set(person_ids))
    if not wanted:
        return {}
    found: dict[UUID, History] = {}
    by_id: dict[UUID, KnownVisit] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PERSONS_LOCKED if lock else _PERSONS, [wanted])
        for person_id, place, shared, birth_on, filed_on, past_danger, alone in cursor.fetchall():
            found[person_id] = History(
                person_id, place, shared, birth_on, filed_on, json.loads(past_danger), no_guardian=alone
            )
        if len(found) != len(wanted):
            raise NotFound()
        cursor.execute(_VISITS, [wanted, list(op_ids)])
        for danger_acts, voided, *plain in cursor.fetchall():
            answers = dict(zip(_VISIT_COLUMNS, plain, strict=True))
            visit = KnownVisit(**answers, danger_acts=json.loads(danger_acts), voided=voided)
            by_id[visit.id] = visit
            history = found[visit.person_id]
            (history.ended if visit.superseded or visit.voided else history.visits).append(visit)
        cursor.execute(_FACTS, {"ids": wanted})
        for person_id, what, code, day, reason, visit_id in cursor.fetchall():
            history = found[person_id]
            if what == "event":
                history.events.append(Event(code, day, reason, visit_id))
            elif what == "disorder":
                history.disorder = code
            elif what == "attempt":
                if code in MISSES:
                    history.attempts.append(day)
                if code == "away":
                    history.away.append(day)
            elif what == "consent":
                known_at = datetime.fromtimestamp(int(reason) / 1_000_000, UTC)
                history.answers.append(Answer("consent" if code else "statutory", code, day, known_at))
            elif what == "exam":
                (history.exams if code == "taken" else history.exam_refusals).append(day)
            elif what == "duty":
                if visit_id is not None:
                    history.worker_ids.append(visit_id)
                history.worker_named = history.worker_named or code != ""
            elif what == "guardian":
                history.guardians.append(code == "1")
            elif what == "searched":
                history.searched_since = day
            elif what == "handed":
                history.handed_since = day
            elif visit_id in by_id:
                by_id[visit_id].confirmations[code] = reason
    for history in found.values():
        history.visits.sort(key=lambda visit: visit.order)
        history.events.sort(key=lambda event: event.order)
        history.attempts.sort()
        history.consents = _turns(history)
    return found


def _turns(history: History) -> list[tuple[date, bool]]:
    """When visits are arranged: the registry's rule, with the rule of the place where the law reported without consent."""
    if all(one.basis == "consent" for one in history.answers):
        return turns(history.answers)
    return turns(history.answers, lambda day: service_follows(day, history.managing_code))


# Plain SQL: this is read at every write, and building it anew each time costs more than running it.
_PERSONS = """
  select id, managing_code, shared_codes, birth_on, filed_on, past_danger, no_guardian from registry_person
  where id = any(%s) order by id
"""
_PERSONS_LOCKED = _PERSONS + " for update"
_VISITS = f"""
  select danger_acts, voided_at is not null, {", ".join(_VISIT_COLUMNS)} from followup_visit
  where person_id = any(%s) and ((voided_at is null and not superseded) or op_id = any(%s))
"""  # noqa: S608 (names of our own columns)
_FACTS = """
  select person_id, 'event', kind, happened_on, reason, visit_id from registry_lifeevent
  where person_id = any(%(ids)s) and voided_at is null
  union all
  select person_id, 'disorder', category, happened_on, '', null from registry_diagnosis
  where person_id = any(%(ids)s) and voided_at is null
  union all
  select person_id, 'consent', decision, happened_on,
         (extract(epoch from recorded_at) * 1000000)::bigint::text, null from registry_consent
  where person_id = any(%(ids)s) and voided_at is null
  union all
  select person_id, 'attempt', outcome, happened_on, '', null from followup_visitattempt
  where person_id = any(%(ids)s) and voided_at is null
  union all
  select person_id, 'exam', 'taken', happened_on, '', null from treatment_exam
  where person_id = any(%(ids)s) and voided_at is null
  union all
  select person_id, 'exam', 'refused', happened_on, '', null from treatment_examrefusal
  where person_id = any(%(ids)s) and voided_at is null
  union all
  select person_id, 'duty', worker_name, valid_from, '', worker_id from registry_responsibility
  where person_id = any(%(ids)s) and kind = 'responsible' and valid_to is null and voided_at is null
  union all
  select person_id, 'guardian', case when phone_hash is null then '0' else '1' end, valid_from, '', null
  from registry_guardian where person_id = any(%(ids)s) and valid_to is null and voided_at is null
  union all
  select person_id, 'searched', '', searched_since, '', null from followup_standing
  where person_id = any(%(ids)s) and searched_since is not null
  union all
  select person_id, 'handed', '', handed_since, '', null from followup_standing
  where person_id = any(%(ids)s) and handed_since is not null
  union all
  select person_id, 'confirmation', kind, null, state, visit_id from followup_confirmation
  where person_id = any(%(ids)s) and voided_at is null
  order by 4
"""
