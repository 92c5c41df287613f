"""What was merged, what moved with it, what came since; and where a merged file is now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Model

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import NotFound

from ..ledger import COVER, Strategy
from ..models import Merge


@dataclass(frozen=True, slots=True)
class Added:
    """A row that the winner got after merging: it stays with the winner when the two are taken apart."""

    table: str
    row_id: UUID
    recorded_at: datetime
    on: Any


@dataclass(frozen=True, slots=True)
class MergePage:
    """One merge: who, why, how many rows of each table moved, were parked or ended; what came since."""

    merge: Merge
    by: str
    moved: Sequence[tuple[str, dict[str, int]]]
    rows: int
    added: Sequence[Added]


def now_at(person_id: UUID) -> UUID | None:
    """Where a merged file is now, for whoever may see it. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select duplicates_now_at(%s)", [person_id])
        found: UUID | None = cursor.fetchone()[0]
    return found


def find_merge(*, actor: Actor, merge_id: UUID) -> MergePage:
    """NotFound when it, or the file that stayed, is not there or not the actor's."""
    require(actor, Permission.CORRECT_RECORD)
    merge = Merge.objects.select_related("winner").filter(pk=merge_id).first()
    if merge is None:
        raise NotFound(code="not_found.merge")
    with connection.cursor() as cursor:
        cursor.execute("select tab, row_id, what from duplicates_moved_of(%s)", [merge_id])
        ledger = cursor.fetchall()
    counts = Counter((table, what) for table, _row, what in ledger)
    tables = dict.fromkeys(table for table, _row, _what in ledger)
    moved = [(table, {what: n for (name, what), n in counts.items() if name == table}) for table in tables]
    by = User.objects.filter(pk=merge.merged_by).values_list("display_name", flat=True).first() or ""
    added = (
        added_since(merge, {(table, row) for table, row, _what in ledger}) if merge.undone_at is None else []
    )
    return MergePage(merge, by, moved, len(ledger), added)


def added_since(merge: Merge, ledger: set[tuple[str, str]]) -> list[Added]:
    """Facts of the winner that are younger than the merge and not of its ledger. Keys carry their time. What was written about a
    row of the ledger (an amendment, a review) goes back with it and is left out."""
    rows: dict[tuple[str, str], Any] = {}
    for model in _fact_models():
        younger: Any = model._default_manager.filter(person_id=merge.winner_id, id__gt=merge.pk)
        for row in younger:
            rows[model._meta.db_table, str(row.pk)] = row
    rows = {key: row for key, row in rows.items() if key not in ledger}
    with connection.cursor() as cursor:
        cursor.execute("select tab, col, parent from duplicates_hanging()")
        hanging = cursor.fetchall()
    back = set(ledger)
    while more := {
        (table, key)
        for table, key in rows.keys() - back
        for child, column, parent in hanging
        if child == table and (parent, str(getattr(rows[table, key], column, None))) in back
    }:
        back |= more
    found = []
    for table, key in rows.keys() - back:
        row = rows[table, key]
        dated = (getattr(row, name, None) for name in ("visit_date", "happened_on", "valid_from"))
        found.append(Added(table, row.pk, row.recorded_at, next((on for on in dated if on), None)))
    return sorted(found, key=lambda one: (one.recorded_at, str(one.row_id)))


def _fact_models() -> list[type[Model]]:
    """Tables whose rows are facts about the person and move with a merge."""
    moving = {name.partition(".")[0] for name, cover in COVER.items() if cover.strategy is Strategy.MOVE}
    return [
        model
        for model in apps.get_models()
        if model._meta.db_table in moving
        and {"person", "recorded_at"} <= {field.name for field in model._meta.concrete_fields}
    ]


def table_label(table: str) -> str:
    """How a table is called on a page: the words of its panel, or its name."""
    from ..choices import TABLES

    return str(TABLES.get(table, table))
