"""What an office sees of its imports. Everything starts from the rows that row-level security shows."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from xinqiao.kernel.errors import NotFound

from ..models import Batch, Row

WORKER_SILENT_SECONDS = 60
LOST_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the work is, and whether anybody is at work."""

    phase: str = ""
    done: int = 0
    total: int = 0
    seconds_silent: float = 0.0
    worker: bool = False

    @property
    def stuck(self) -> bool:
        """Nobody at work and nothing heard for some seconds; or a worker that fell silent in the middle."""
        return self.seconds_silent > (LOST_SECONDS if self.worker else 5)


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
    """Progress as the second connection told it. Two statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select phase, done, total, extract(epoch from now() - at) from interchange_progress where batch_id = %s",
            [batch.pk],
        )
        told = cursor.fetchone()
    worker = worker_alive()
    if told is None:
        return Standing(seconds_silent=WORKER_SILENT_SECONDS, worker=worker)
    return Standing(told[0], told[1], told[2], float(told[3]), worker)


def worker_alive() -> bool:
    """Whether a background worker was heard of within the last minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from procrastinate_workers where last_heartbeat > now() - make_interval(secs => %s))",
            [WORKER_SILENT_SECONDS],
        )
        return bool(cursor.fetchone()[0])


def people_of(batch: Batch, outcome: str, limit: int = 50) -> list[UUID]:
    """The people a committed batch added or changed, in the order of the file."""
    rows = Row.objects.filter(batch=batch, kind="person", outcome=outcome, skipped=False).order_by("position")
    return [
        person_id for person_id in rows.values_list("person_id", flat=True)[:limit] if person_id is not None
    ]
