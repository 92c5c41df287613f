"""Bringing a workbook: read it, keep its rows sealed, forget the file."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.registry import bulk
from xinqiao.registry.fields import keyed_hash

from ..choices import OPEN, BatchState, RowKind
from ..excel.limits import Limits
from ..excel.sheets import read_workbook
from ..layout import KINDS, layout_of
from ..models import Batch, Row

CHUNK = 2_000
KEPT_DAYS = 14


def limits() -> Limits:
    """The deployment's limits."""
    return Limits(**getattr(settings, "XINQIAO_IMPORT_LIMITS", {}))


@transaction.atomic
def bring_workbook(*, actor: Actor, clock: Clock, data: bytes, name: str) -> Batch:
    """Stage one workbook for the actor's office. Invalid with one problem (field `file`) when it is refused.

    Statements: one for the batch, one per 2,000 rows, one for the trail, one to look for forgotten imports. Neither the file nor its name is kept.
    """
    require(actor, Permission.IMPORT_REGISTER)
    workbook = read_workbook(data, limits())
    layout = layout_of(workbook)
    now = clock.now()
    kinds = {KINDS[table.sheet] for table in workbook.tables}
    words = "、".join(str(kind.label) for kind in RowKind if kind in kinds)
    batch = Batch.objects.create(
        managing_code=actor.place,
        created_at=now,
        created_by=actor.user_id,
        label=_("%(what)s %(when)s") % {"what": words, "when": now.strftime("%Y-%m-%d %H:%M")},
        name_hash=keyed_hash("id", name or "?"),
        content_hash=keyed_hash("id", hashlib.sha256(data).hexdigest()),
        size_bytes=len(data),
        state=BatchState.UPLOADED,
        state_at=now,
        layout=layout.dump(),
    )
    rows: list[dict[str, Any]] = []
    position = 0
    for index, table in enumerate(workbook.tables):
        for line in table.lines:
            position += 1
            rows.append(
                {
                    "managing_code": actor.place,
                    "batch_id": batch.pk,
                    "position": position,
                    "sheet": index,
                    "number": line.number,
                    "kind": KINDS[table.sheet].value,
                    "hidden": line.hidden,
                    "payload": json.dumps({"cells": line.cells}, ensure_ascii=False),
                }
            )
            if len(rows) == CHUNK:
                bulk.insert_values(Row, rows)
                rows = []
    bulk.insert_values(Row, rows)
    _forget_stale(now)
    audit.record(
        actor=actor,
        clock=clock,
        action="import_upload",
        object_type="import",
        object_id=batch.pk,
        place=actor.place,
        detail={"rows": position, "sheets": len(workbook.tables)},
    )
    return batch


def _forget_stale(now: datetime) -> None:
    """Imports of this office that nobody came back to: what their workbooks held is wiped. At most two statements."""
    stale = Batch.objects.filter(state__in=OPEN, state_at__lt=now - timedelta(days=KEPT_DAYS))
    ids = list(stale.values_list("id", flat=True))
    if ids:
        Row.objects.filter(batch__in=ids).update(payload="")
        Batch.objects.filter(pk__in=ids).update(state=BatchState.ABANDONED, state_at=now)
