"""Whether the background workers are at work, for pages that show how far something has come."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

#: Procrastinate's workers tell every 10 seconds that they live and take one for dead after 30 (its defaults).
WORKER_SILENT_SECONDS = 30


def worker_alive() -> bool:
    """Whether any worker was heard of lately. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from procrastinate_workers where last_heartbeat > now() - make_interval(secs => %s))",
            [WORKER_SILENT_SECONDS],
        )
        return bool(cursor.fetchone()[0])


def attended(key: str, value: UUID) -> bool:
    """Whether a job whose argument `key` is `value` is under way, or waits while some worker lives. One statement.

    Jobs keep the state "doing" when their worker is killed, so the worker's own sign of life decides.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select exists (
                select 1 from procrastinate_jobs job join procrastinate_workers worker
                    on worker.id = job.worker_id or job.status = 'todo'
                where job.status in ('todo', 'doing') and job.args ->> %(key)s = %(value)s
                    and worker.last_heartbeat > now() - make_interval(secs => %(silent)s)
            )
            """,
            {"silent": WORKER_SILENT_SECONDS, "key": key, "value": str(value)},
        )
        return bool(cursor.fetchone()[0])


def queued(key: str, value: UUID) -> bool:
    """Whether a job whose argument `key` is `value` waits for a worker, living or not. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from procrastinate_jobs where status = 'todo' and args ->> %s = %s)",
            [key, str(value)],
        )
        return bool(cursor.fetchone()[0])
