"""Exams of one person, as its page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import NotFound
from xinqiao.registry.together import read_together

from .models import Exam, ExamRefusal


@dataclass(frozen=True, slots=True)
class Exams:
    """Everything about a person's exams, newest first; void rows too (the page says so)."""

    taken: list[Exam]
    refused: list[ExamRefusal]

    @property
    def last(self) -> Exam | None:
        """The newest that stands."""
        return next((one for one in self.taken if one.voided_at is None), None)


def exams_of(*, actor: Actor, person_id: UUID) -> Exams:
    """One statement."""
    require(actor, Permission.VIEW_RECORDS)
    by = ("happened_on", "recorded_at")
    taken, refused = read_together((Exam, ExamRefusal), person_id, order=[by, by])
    return Exams(taken, refused)


def find_exam(*, actor: Actor, exam_id: UUID) -> Exam | ExamRefusal:
    """The row with its person; NotFound when it is not there or not the actor's."""
    require(actor, Permission.VIEW_RECORDS)
    for table in (Exam, ExamRefusal):
        found: Exam | ExamRefusal | None = (
            table._default_manager.select_related("person").filter(pk=exam_id).first()
        )
        if found is not None:
            return found
    raise NotFound(code="not_found.exam")
