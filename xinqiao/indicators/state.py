"""How one person stands on the report date, as far as figures ask. Every engine fills exactly these columns.

No column is ever null: texts are "" and numbers -1 or 0 where there is nothing to say.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import get_type_hints

from xinqiao.kernel.periods import add_months


@dataclass(frozen=True, slots=True)
class Frame:
    """The report date T and the days from which its periods run (all inclusive but `rolling_after`).

    `window_start`: first day of the month two before T's month (三个月窗口). `rolling_after`: visits later than this day
    fall in the twelve months that end with T. `passed_only`: visits must have passed review (a dated switch).
    """

    on: date
    year_start: date
    half_start: date
    quarter_start: date
    month_start: date
    window_start: date
    rolling_after: date
    passed_only: bool = False

    @classmethod
    def at(cls, on: date, *, passed_only: bool = False) -> Frame:
        month = on.replace(day=1)
        return cls(
            on=on,
            year_start=on.replace(month=1, day=1),
            half_start=on.replace(month=7 if on.month > 6 else 1, day=1),
            quarter_start=on.replace(month=(on.month - 1) // 3 * 3 + 1, day=1),
            month_start=month,
            window_start=add_months(month, -2),
            rolling_after=add_months(on, -12),
            passed_only=passed_only,
        )


@dataclass(frozen=True, slots=True)
class State:
    """One person at T. "Year" is T's calendar year up to T; "complete" is a visit with a risk level, or in hospital."""

    excluded: bool
    died: bool
    died_this_year: bool
    moved_away: bool
    lost_now: bool
    in_hospital: bool
    filed_this_year: bool
    legal: str  # statutory, agreed, refused or unasked
    disorder: str  # 1–6, 9, or "" without a diagnosis
    visits_year: int
    visits_month: int
    complete_year: int
    complete_12m: int
    gaps_kept: bool
    seen_in_window: bool
    last_visit_class: str  # of the last complete visit
    last_class: str  # of the last complete visit that has one
    last_risk: int
    year_risk_assessed: bool
    year_adherence: str
    year_in_hospital: bool
    year_taken_any: bool
    year_taken_every: bool
    year_regular_every: bool
    face_in_year: bool
    face_in_half: bool
    face_in_half_strict: bool
    face_in_quarter: bool
    face_in_quarter_strict: bool
    incident_this_year: bool
    minor_this_year: bool
    due_month: int
    on_time_month: int
    due_year: int
    on_time_year: int
    rehab_this_year: bool  # a complete visit of the year names a rehabilitation measure
    case_this_year: bool  # a complete visit of the year says: under case management
    examined_this_year: bool
    in_rehab: bool  # takes part in community rehabilitation at T; the four below likewise
    with_doctor: bool
    with_subsidy: bool
    in_care_group: bool
    with_certificate: bool
    not_on_time_year: int  # fell due this year by the rule of the class, and was not done by then


#: Name → type of every column, in order.
COLUMNS: dict[str, type] = {f.name: get_type_hints(State)[f.name] for f in fields(State)}
