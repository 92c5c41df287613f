"""What is kept of a workbook's shape beside its rows: sheets, headings, columns, and what was noticed on reading."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from django.utils.translation import gettext as _

from .choices import RowKind
from .excel.headings import Sheet
from .excel.sheets import Table, Workbook

KINDS: dict[Sheet, RowKind] = {"people": RowKind.PERSON, "visits": RowKind.VISIT}


@dataclass(slots=True)
class SheetShape:
    """One recognised sheet. `columns`: column key → [letters, heading as written]."""

    sheet: Sheet
    name: str
    heading_row: int
    columns: dict[str, list[str]]
    rows: int
    notices: list[str] = field(default_factory=list)

    def column_of(self, key: str) -> tuple[str, str]:
        """Letters and heading of the column a problem speaks of; of its field when the problem names a part of it."""
        if key in self.columns:
            letters, written = self.columns[key]
            return letters, written
        stem = key.split(".", 1)[0]
        for known, (letters, written) in self.columns.items():
            if known.split(".", 1)[0] == stem:
                return letters, written
        return "", ""


@dataclass(slots=True)
class Layout:
    """The whole workbook."""

    sheets: list[SheetShape]
    notices: list[str] = field(default_factory=list)

    def dump(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> Layout:
        raw = json.loads(text)
        return cls([SheetShape(**sheet) for sheet in raw["sheets"]], raw["notices"])


def layout_of(workbook: Workbook) -> Layout:
    """The shape of a workbook, with every oddity said in a sentence."""
    notices = []
    if workbook.ignored:
        notices.append(
            _("没有认出、未读取的工作表：%(names)s")
            % {"names": "、".join(f"“{name}”" for name in workbook.ignored[:8])}
        )
    if not workbook.sees_hidden:
        notices.append(_("旧版 .xls 文件无法辨认隐藏的行和列，所有行都已读取"))
    return Layout([_shape(table) for table in workbook.tables], notices)


def _shape(table: Table) -> SheetShape:
    notices = []
    if table.hidden_sheet:
        notices.append(_("这张工作表是隐藏的，也已读取"))
    if table.hidden_rows:
        notices.append(
            _("其中 %(count)s 行是隐藏的，也已读取；不需要的请跳过或在原表中删除")
            % {"count": table.hidden_rows}
        )
    if table.hidden_columns:
        notices.append(_("隐藏的列也已读取：%(names)s") % {"names": "、".join(table.hidden_columns[:10])})
    if table.unknown:
        notices.append(
            _("没有认出、不会导入的列：%(names)s")
            % {"names": "、".join(f"“{name[:30]}”" for name in table.unknown[:12])}
        )
    if table.repeated:
        notices.append(_("标题重复、只取最左一列：%(names)s") % {"names": "、".join(table.repeated[:8])})
    if table.example_rows:
        notices.append(_("%(count)s 行示例未作为数据") % {"count": table.example_rows})
    if table.foot_rows:
        notices.append(_("末尾 %(count)s 行合计或说明未作为数据") % {"count": table.foot_rows})
    columns = {key: [column.letters, column.written[:60]] for key, column in table.columns.items()}
    return SheetShape(table.sheet, table.name[:60], table.heading_row, columns, len(table.lines), notices)
