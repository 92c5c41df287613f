"""What an office sees of its imports. Everything starts from the rows that row-level security shows."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from xinqiao.kernel.errors import NotFound
from xinqiao.web.background import attended, worker_alive

from ..models import Batch, Row


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the work is, whether a worker lives, and whether nobody is at this batch."""

    phase: str = ""
    done: int = 0
    total: int = 0
    worker: bool = False
    stuck: bool = False


def batch_of(batch_id: UUID) -> Batch:
    """The batch, or NotFound when it is not there or not the actor's."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise NotFound()
    return batch


def recent(limit: int = 30) -> list[Batch]:
    """The office's imports, newest first."""
    return list(Batch.objects.defer("layout").order_by("-created_at", "-id")[:limit])


def same_file(batch: Batch) -> Batch | None:
    """An earlier import of the very same file that was committed."""
    others = Batch.objects.filter(content_hash=batch.content_hash, state="done").exclude(pk=batch.pk)
    return others.defer("layout").order_by("-committed_at").first()


def standing_of(batch: Batch) -> Standing:
    """Progress as the second connection told it. Three statements."""
    with connection.cursor() as cursor:
        cursor.execute("select phase, done, total from interchange_progress where batch_id = %s", [batch.pk])
        phase, done, total = cursor.fetchone() or ("", 0, 0)
    return Standing(phase, done, total, worker=worker_alive(), stuck=not attended("batch_id", batch.pk))


def people_of(batch: Batch, outcome: str, limit: int = 50) -> list[UUID]:
    """The people a committed batch added or changed, in the order of the file."""
    rows = Row.objects.filter(batch=batch, kind="person", outcome=outcome, skipped=False).order_by("position")
    return [
        person_id for person_id in rows.values_list("person_id", flat=True)[:limit] if person_id is not None
    ]
