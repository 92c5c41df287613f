"""Storing what was folded: a few statements for any number of persons; rows that stayed the same are not touched."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from xinqiao.kernel.clock import Clock
from xinqiao.kernel.ids import uuid7

from ..models import Confirmation
from ..rules import (
    ObligationFact,
)
from .folding import Folded, Wanted, contact, in_hospital
from .history import History, KnownVisit

RULE = "visit"


def save(
    folded: Mapping[UUID, Folded],
    *,
    clock: Clock,
    new: Container[UUID] = (),
    reasons: Mapping[UUID, str] | None = None,
) -> None:
    """Write derived values of visits (but for those in `new`, just inserted with them), confirmations that are wanted
    with the reason given for them, obligations and standing."""
    rewrite([visit for item in folded.values() for visit in item.changed if visit.id not in new])
    confirm(
        [wanted for item in folded.values() for wanted in item.wanted],
        folded,
        clock=clock,
        reasons=reasons or {},
    )
    write(folded.values(), clock=clock)


def rewrite(visits: Sequence[KnownVisit]) -> None:
    """Store changed derived values of visits, in one statement; none when nothing changed."""
    if not visits:
        return
    rows = [
        {
            "id": str(v.id),
            "counted_class": v.counted_class,
            "counted_risk": v.counted_risk,
            "timing": v.timing,
            "due_on": _iso(v.due_on),
        }
        for v in visits
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "update followup_visit v set counted_class = x.counted_class, counted_risk = x.counted_risk,"
            " timing = x.timing, due_on = x.due_on from jsonb_to_recordset(%s::jsonb)"
            " as x(id uuid, counted_class text, counted_risk smallint, timing text, due_on date) where v.id = x.id",
            [json.dumps(rows)],
        )


def confirm(
    wanted: Sequence[Wanted], folded: Mapping[UUID, Folded], *, clock: Clock, reasons: Mapping[UUID, str]
) -> None:
    """Open the confirmations that are wanted and not there yet. They belong to the author of the visit."""
    if not wanted:
        return
    now = clock.now()
    Confirmation.objects.bulk_create(
        Confirmation(
            person_id=item.visit.person_id,
            managing_code=folded[item.visit.person_id].history.managing_code,
            shared_codes=folded[item.visit.person_id].history.shared_codes,
            recorded_at=now,
            recorded_by=item.visit.recorded_by,
            visit_id=item.visit.id,
            kind=item.kind,
            from_value=item.from_value,
            to_value=item.to_value,
            reason=reasons.get(item.visit.id, ""),
        )
        for item in wanted
    )


# Reads the obligation as it stood before the statement: a date somebody planned is kept when the facts are folded again.
_WRITE = """
with incoming as (
  select * from jsonb_to_recordset(%s::jsonb) as x(
    id uuid, person_id uuid, managing_code text, shared_codes text[], period text, opened_on date, window_from date,
    due_on date, norm_deadline date, planned_on date, reason text, clause text, outcome text, closed_on date, visit_id uuid)
), gone as (
  update followup_obligation o set outcome = 'cancelled', closed_on = %s, visit_id = null
  where o.person_id = any(%s) and o.outcome <> 'cancelled' and o.rule = %s
    and not exists (select 1 from incoming i where i.person_id = o.person_id and i.period = o.period)
), written as (
  insert into followup_obligation as o (id, person_id, managing_code, shared_codes, rule, period, opened_on, window_from,
    due_on, norm_deadline, planned_on, reason, clause, policy_version, outcome, closed_on, visit_id)
  select id, person_id, managing_code, shared_codes, %s, period, opened_on, window_from, due_on, norm_deadline, planned_on,
    reason, clause, %s, outcome, closed_on, visit_id from incoming
  on conflict (person_id, rule, period) do update set managing_code = excluded.managing_code,
    shared_codes = excluded.shared_codes, opened_on = excluded.opened_on, window_from = excluded.window_from,
    due_on = excluded.due_on, norm_deadline = excluded.norm_deadline,
    planned_on = coalesce(o.planned_on, excluded.planned_on), reason = excluded.reason, clause = excluded.clause,
    policy_version = excluded.policy_version, outcome = excluded.outcome, closed_on = excluded.closed_on,
    visit_id = excluded.visit_id
  where (o.managing_code, o.shared_codes, o.opened_on, o.window_from, o.due_on, o.norm_deadline, o.reason, o.clause,
         o.outcome, o.closed_on, o.visit_id)
    is distinct from (excluded.managing_code, excluded.shared_codes, excluded.opened_on, excluded.window_from,
         excluded.due_on, excluded.norm_deadline, excluded.reason, excluded.clause, excluded.outcome, excluded.closed_on,
         excluded.visit_id)
)
insert into followup_standing (id, person_id, managing_code, shared_codes, state, in_hospital, last_visit_id, last_visit_on,
  last_face_on, visit_class, risk, adherence, past_incident, due_on, norm_deadline, planned_on, attempts_since,
  pending_confirmation, filed_on, counted_year, visits_year, exam_on, exam_refused_on, unstable_since, referred_on, away_on,
  loss_to_verify, refused, guardianship, worker_ids, worker_named)
select s.id, s.person_id, s.managing_code, s.shared_codes, s.state, s.in_hospital, s.last_visit_id, s.last_visit_on,
  s.last_face_on, s.visit_class, s.risk, s.adherence, s.past_incident, s.due_on, s.norm_deadline,
  coalesce((select o.planned_on from followup_obligation o
            where o.person_id = s.person_id and o.rule = %s and o.period = s.period), s.planned_on),
  s.attempts_since, s.pending_confirmation, s.filed_on, s.counted_year, s.visits_year, s.exam_on, s.exam_refused_on,
  s.unstable_since, s.referred_on, s.away_on, s.loss_to_verify, s.refused, s.guardianship, s.worker_ids, s.worker_named
from jsonb_to_recordset(%s::jsonb) as s(id uuid, person_id uuid, managing_code text, shared_codes text[], state text,
  in_hospital boolean, last_visit_id uuid, last_visit_on date, last_face_on date, visit_class text, risk smallint,
  adherence text, past_incident boolean, due_on date, norm_deadline date, planned_on date, period text,
  attempts_since smallint, pending_confirmation boolean, filed_on date, counted_year smallint, visits_year smallint,
  exam_on date, exam_refused_on date, unstable_since date, referred_on date, away_on date, loss_to_verify boolean,
  refused boolean, guardianship text, worker_ids uuid[], worker_named boolean)
on conflict (person_id) do update set managing_code = excluded.managing_code, shared_codes = excluded.shared_codes,
  state = excluded.state, in_hospital = excluded.in_hospital, last_visit_id = excluded.last_visit_id,
  last_visit_on = excluded.last_visit_on, last_face_on = excluded.last_face_on, visit_class = excluded.visit_class,
  risk = excluded.risk, adherence = excluded.adherence, past_incident = excluded.past_incident, due_on = excluded.due_on,
  norm_deadline = excluded.norm_deadline, planned_on = excluded.planned_on, attempts_since = excluded.attempts_since,
  pending_confirmation = excluded.pending_confirmation, filed_on = excluded.filed_on,
  counted_year = excluded.counted_year, visits_year = excluded.visits_year, exam_on = excluded.exam_on,
  exam_refused_on = excluded.exam_refused_on, unstable_since = excluded.unstable_since,
  referred_on = excluded.referred_on, away_on = excluded.away_on, loss_to_verify = excluded.loss_to_verify,
  refused = excluded.refused, guardianship = excluded.guardianship, worker_ids = excluded.worker_ids,
  worker_named = excluded.worker_named
"""


def write(folded: Iterable[Folded], *, clock: Clock) -> None:
    """Store obligations and standing of these persons in one statement. Rows that stayed the same are not touched."""
    obligations: list[dict[str, Any]] = []
    standings: list[dict[str, Any]] = []
    ids: list[UUID] = []
    version = ""
    for item in folded:
        history, version = item.history, item.version
        ids.append(history.person_id)
        base = {
            "person_id": str(history.person_id),
            "managing_code": history.managing_code,
            "shared_codes": history.shared_codes,
        }
        planned = _planned(history)
        obligations += [_obligation_row(base, fact, planned) for fact in item.obligations]
        standings.append(_standing_row(base, item, planned))
    if not standings:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            [json.dumps(obligations), clock.today(), ids, RULE, RULE, version, RULE, json.dumps(standings)],
        )


def _planned(history: History) -> dict[str, date]:
    """What was agreed at the visit that opened a period."""
    return {
        f"visit:{v.visit_date.isoformat()}": v.planned_on
        for v in history.visits
        if v.planned_on and contact(v)
    }


def _obligation_row(
    base: dict[str, Any], fact: ObligationFact, planned: Mapping[str, date]
) -> dict[str, Any]:
    served = fact.visit_key.partition(":")[2]
    return {
        **base,
        "id": str(uuid7()),
        "period": fact.period_key,
        "opened_on": _iso(fact.opened_on),
        "window_from": _iso(fact.window_start),
        "due_on": _iso(fact.due_on),
        "norm_deadline": _iso(fact.norm_deadline),
        "planned_on": _iso(planned.get(fact.period_key)),
        "reason": fact.situation,
        "clause": fact.clause,
        "outcome": "late" if fact.outcome == "done" and fact.timing == "late" else fact.outcome,
        "closed_on": _iso(fact.closed_on),
        "visit_id": served or None,
    }


def _standing_row(base: dict[str, Any], item: Folded, planned: Mapping[str, date]) -> dict[str, Any]:
    history, due = item.history, item.open
    reached = [v for v in history.visits if contact(v)]
    last = reached[-1] if reached else None
    faces = [v.visit_date for v in reached if v.form in ("1", "2") and (not v.targets or "1" in v.targets)]
    classed = [v.counted_class for v in reached if v.counted_class]
    risks = [v.counted_risk for v in reached if v.counted_risk is not None]
    taking = [v.adherence for v in reached if v.adherence]
    return {
        **base,
        "id": str(uuid7()),
        "state": item.state,
        "in_hospital": in_hospital(history),
        "last_visit_id": str(last.id) if last else None,
        "last_visit_on": _iso(last.visit_date if last else None),
        "last_face_on": _iso(faces[-1] if faces else None),
        "visit_class": classed[-1] if classed else "",
        "risk": risks[-1] if risks else None,
        "adherence": taking[-1] if taking else "",
        "past_incident": history.past_incident,
        "due_on": _iso(due.due_on if due else None),
        "norm_deadline": _iso(due.norm_deadline if due else None),
        "planned_on": _iso(planned.get(due.period_key) if due else None),
        "period": due.period_key if due else "",
        "attempts_since": len({day for day in history.attempts if last is None or day > last.visit_date}),
        "pending_confirmation": item.pending,
        **_for_lists(item, reached),
    }


def _admissions(history: History) -> Iterator[date]:
    """Days on which a stay began. Visits entered newest first each tell an admission: only a stay's first counts, so that
    the order of entry makes no difference; what somebody recorded as an admission counts always.
    """
    inside = False
    for event in history.events:
        if event.kind == "admitted":
            if event.visit_id is None or not inside:
                yield event.happened_on
            inside = True
        elif event.kind == "discharged":
            inside = False


def _for_lists(item: Folded, reached: Sequence[KnownVisit]) -> dict[str, Any]:
    """What only the preventing lists ask."""
    history = item.history
    complete = [v.visit_date for v in reached if v.complete]
    year = complete[-1].year if complete else None
    seen = [v.visit_date for v in reached if v.form in ("1", "2")]
    away = max(history.away, default=None)
    since: date | None = None
    for visit in reached:
        if visit.counted_class == "1":
            since = since or visit.visit_date
        elif visit.counted_class:
            since = None
    referred = [v.visit_date for v in reached if v.referred == "2"]
    referred += [e.happened_on for e in history.events if e.kind == "referred"]
    referred += _admissions(history)
    last = reached[-1].visit_date if reached else None
    waiting = any(
        "lost_to_verify" in v.flags and v.review_status != "2" and (last is None or last < v.visit_date)
        for v in history.visits
    )
    return {
        "filed_on": _iso(history.filed_on),
        "counted_year": year,
        "visits_year": sum(1 for day in complete if day.year == year),
        "exam_on": _iso(max(history.exams, default=None)),
        "exam_refused_on": _iso(max(history.exam_refusals, default=None)),
        "unstable_since": _iso(since),
        "referred_on": _iso(max(referred, default=None)),
        "away_on": _iso(away if away and (not seen or seen[-1] < away) else None),
        "loss_to_verify": waiting and item.state == "registered",
        "refused": bool(history.consents) and not history.consents[-1][1],
        "guardianship": "0"
        if history.no_guardian or not history.guardians
        else "1"
        if any(history.guardians)
        else "2",
        "worker_ids": [str(one) for one in sorted(set(history.worker_ids))],
        "worker_named": history.worker_named,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
