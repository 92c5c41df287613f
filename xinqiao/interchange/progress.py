"""How far the work on a batch has come, told on a connection of its own.

The check and the commit are one transaction each, so nothing they write is seen before they end. The second connection
writes counts only, at most twice a second, and its failure never fails the work.
"""

from __future__ import annotations

import logging
import time
from types import TracebackType
from uuid import UUID

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger("xinqiao.interchange")

_WRITE = """
insert into interchange_progress (batch_id, phase, done, total, at) values (%s, %s, %s, %s, now())
on conflict (batch_id) do update set phase = excluded.phase, done = excluded.done, total = excluded.total, at = excluded.at
"""
EVERY_SECONDS = 0.5


class Progress:
    """`with Progress(batch_id, "check", total) as progress: progress.step(100)`."""

    def __init__(self, batch_id: UUID, phase: str, total: int) -> None:
        self.batch_id, self.phase, self.total = batch_id, phase, total
        self.done = 0
        self._told = 0.0
        self._connection: BaseDatabaseWrapper | None = None

    def __enter__(self) -> Progress:
        self._tell()
        return self

    def step(self, rows: int) -> None:
        """That many more rows are through."""
        self.done = min(self.done + rows, self.total)
        if time.monotonic() - self._told >= EVERY_SECONDS:
            self._tell()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tell()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _tell(self) -> None:
        self._told = time.monotonic()
        try:
            if self._connection is None:
                self._connection = connections.create_connection("default")
            with self._connection.cursor() as cursor:
                cursor.execute(_WRITE, [self.batch_id, self.phase, self.done, self.total])
        except (DatabaseError, OSError) as error:
            log.warning("progress not told batch=%s error=%s", self.batch_id, type(error).__name__)
            self._connection = None
