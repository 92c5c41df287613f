"""Putting rows right before the commit: a cell typed anew, a row left out or taken back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, NotFound, Problem

from ..choices import BatchState, Outcome
from ..excel.headings import by_key
from ..excel.text import LONGEST
from ..layout import Layout
from ..models import Row
from .check import held, judge_again
from .judge import cells_of

MOST_AT_ONCE = 5_000


@transaction.atomic
def fix_cell(*, actor: Actor, clock: Clock, batch_id: UUID, row_id: UUID, column: str, typed: str) -> Row:
    """Type one cell of a staged row anew and judge the row, and those it is related to, again.

    NotFound for a row that is not in the batch, Invalid for a column its sheet does not have.
    """
    require(actor, Permission.IMPORT_REGISTER)
    batch = held(batch_id, BatchState.CHECKED)
    row = Row.objects.filter(batch=batch, pk=row_id).first()
    if row is None:
        raise NotFound()
    sheet = Layout.load(batch.layout).sheets[row.sheet].sheet
    if column not in by_key(sheet):
        raise Invalid([Problem("column", "unknown", _("没有这一列"), column[:40])])
    payload = json.loads(row.payload)
    cells = cells_of(row)
    cells[column] = typed[:LONGEST]
    if not typed.strip():
        cells.pop(column)
    row.payload = json.dumps({**payload, "cells": cells}, ensure_ascii=False)
    judge_again(batch, [row], actor=actor, clock=clock)
    _trail(actor, clock, "import_fix", batch.pk, 1)
    return Row.objects.get(pk=row.pk)


@transaction.atomic
def skip_rows(
    *, actor: Actor, clock: Clock, batch_id: UUID, row_ids: Sequence[UUID], skip: bool = True
) -> int:
    """Leave rows out of the import (or take them back). Rows that share a person with them are judged again."""
    require(actor, Permission.IMPORT_REGISTER)
    batch = held(batch_id, BatchState.CHECKED)
    rows = list(Row.objects.filter(batch=batch, pk__in=row_ids[:MOST_AT_ONCE]))
    if not rows:
        raise NotFound()
    Row.objects.filter(pk__in=[row.pk for row in rows]).update(skipped=skip)
    for row in rows:
        row.skipped = skip
    judge_again(batch, rows, actor=actor, clock=clock)
    _trail(actor, clock, "import_skip" if skip else "import_unskip", batch.pk, len(rows))
    return len(rows)


def rows_of_group(batch_id: UUID, code: str, field: str) -> list[UUID]:
    """The rows, up to 5,000, that have one kind of problem."""
    wanted = [{"code": code, "field": field, "flag": False}]
    rows = Row.objects.filter(
        batch=batch_id, outcome=Outcome.PROBLEM, skipped=False, problems__contains=wanted
    )
    return list(rows.order_by("position").values_list("id", flat=True)[:MOST_AT_ONCE])


def _trail(actor: Actor, clock: Clock, action: str, batch_id: UUID, rows: int) -> None:
    audit.record(
        actor=actor,
        clock=clock,
        action=action,
        object_type="import",
        object_id=batch_id,
        place=actor.place,
        detail={"rows": rows},
    )
