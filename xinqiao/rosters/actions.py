"""Making a printed register or a workbook of a list: checked, written into the read log and the trail, choice remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.words import sentence

from . import queries
from .columns import Column, column
from .lists import List
from .models import Layout

audit.register_actions({"print_ledger": "打印花名册或台账", "download_ledger": "导出花名册或台账"})

__all__ = ["Ledger", "Order", "make_ledger"]

MOST_COLUMNS = 20
PURPOSES: dict[str, str] = {
    "visit": sentence("安排随访"),
    "inspection": sentence("迎接检查"),
    "meeting": sentence("小组例会"),
    "supervision": sentence("督导核对"),
    "archive": sentence("归档"),
    "other": sentence("其他"),
}


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks for: `columns` by key, `whole` with full numbers, `purpose` a key of PURPOSES."""

    columns: tuple[str, ...]
    title: str = ""
    filler: str = ""
    reviewer: str = ""
    place: str = ""
    by_village: bool = False
    whole: bool = False
    purpose: str = ""
    purpose_note: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The register as it goes onto paper: rows are (managing code, values in words)."""

    source: List
    title: str
    columns: list[Column]
    rows: list[tuple[str, list[Any]]]
    total: int
    order: Order

    @property
    def left_out(self) -> int:
        """How many people did not fit."""
        return self.total - len(self.rows)


def make_ledger(*, actor: Actor, clock: Clock, key: str, order: Order, kind: str) -> Ledger:
    """The rows of a list for paper (`kind` print) or a workbook (download), whole up to a limit.

    One row of the read log names everybody on it; the trail says which list, which columns and what for. Numbers are whole
    only with the permission to unmask. Invalid with a sentence per field.
    """
    require(actor, Permission.EXPORT_LIST)
    wanted = queries.list_for(actor, key)
    columns = _check(order)
    if order.whole:
        require(actor, Permission.UNMASK)
    limit = queries.MOST_ON_PAPER if kind == "print" else queries.MOST_IN_BOOK
    title = order.title.strip() or str(wanted.title)
    with transaction.atomic():
        ids, rows, total = queries.ledger_rows(
            actor=actor, today=clock.today(), wanted=wanted, place=order.place, columns=columns, whole=order.whole,
            limit=limit,
        )  # fmt: skip
        purpose = order.purpose_note.strip()[:40] or PURPOSES.get(order.purpose) or wanted.key
        audit.read(actor=actor, clock=clock, kind=kind, person_ids=ids, purpose=purpose)
        audit.record(
            actor=actor, clock=clock, action="print_ledger" if kind == "print" else "download_ledger",
            object_type="list", object_id=None, place=order.place or actor.place,
            detail={
                "list": wanted.key, "columns": [one.key for one in columns], "people": len(ids),
                "whole": order.whole, "purpose": order.purpose,
            },
        )  # fmt: skip
        Layout.objects.update_or_create(
            user_id=actor.user_id,
            key=wanted.key,
            defaults={
                "columns": [one.key for one in columns],
                "title": order.title.strip()[:60],
                "filler": order.filler.strip()[:30],
                "reviewer": order.reviewer.strip()[:30],
                "by_village": order.by_village,
                "saved_at": clock.now(),
            },
        )
    return Ledger(wanted, title, columns, rows, total, order)


def _check(order: Order) -> list[Column]:
    problems = []
    columns = [one for one in map(column, dict.fromkeys(order.columns)) if one is not None]
    unknown = [key for key in order.columns if column(key) is None]
    if unknown:
        problems.append(
            Problem(
                "columns",
                "unknown",
                sentence("没有“%(unknown)s”这一列。", unknown=unknown[0][:30]),
                unknown[0][:30],
            )
        )
    elif not columns:
        problems.append(Problem("columns", "missing", sentence("还没有选列，至少选一列。")))
    elif len(columns) > MOST_COLUMNS:
        text = sentence(
            "选了 %(columns)s 列，一页纸最多 %(most_columns)s 列，请去掉几列。",
            columns=len(columns),
            most_columns=MOST_COLUMNS,
        )
        problems.append(Problem("columns", "too_many", text, str(len(columns))))
    for key, label, longest in (("title", "标题", 60), ("filler", "填表人", 30), ("reviewer", "审核人", 30)):
        if len(getattr(order, key).strip()) > longest:
            problems.append(
                Problem(
                    key,
                    "too_long",
                    sentence("“%(label)s”最多 %(longest)s 个字。", label=label, longest=longest),
                )
            )
    if order.whole and not _sensitive(columns):
        problems.append(
            Problem("whole", "nothing", sentence("所选的列没有证件号码、电话或住址，不用显示完整号码。"))
        )
    if order.whole and order.purpose not in PURPOSES:
        problems.append(
            Problem("purpose", "missing", sentence("显示完整号码要选用途；会写入每个人的查阅记录。"))
        )
    if order.purpose == "other" and not order.purpose_note.strip():
        problems.append(Problem("purpose_note", "missing", sentence("用途选“其他”时，请写一句话。")))
    if problems:
        raise Invalid(problems)
    return columns


def _sensitive(columns: Sequence[Column]) -> bool:
    return any(one.sensitive for one in columns)
