"""What treatment publishes for counting: exams that are not void, as plain rows and as the SQL that folds them per person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from xinqiao.registry.facts import Fold

from .models import Exam


@dataclass(frozen=True, slots=True)
class ExamFact:
    """One exam taken. An offer that was refused is none."""

    person_id: UUID
    happened_on: date


def load_exams(ids: Sequence[UUID] | None = None, *, using: str = "default") -> list[ExamFact]:
    """Exams as rows of plain Python, for the reference engine."""
    rows = Exam.objects.using(using).filter(voided_at=None)
    if ids is not None:
        rows = rows.filter(person_id__in=list(ids))
    return [ExamFact(*row) for row in rows.values_list("person_id", "happened_on")]


#: One row per person: exams of the year up to T, and the day of the last one.
EXAMS = Fold(
    "exams",
    """count(*) filter (where f.happened_on >= %(year_start)s)::int as exams_year,
    max(f.happened_on) as last_exam""",
    "from treatment_exam f {join} where {link}f.voided_at is null and f.happened_on <= %(on)s",
)
