"""What is wrong in a batch, as the pages and the list of problems name it: groups of problems, then their rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from xinqiao.kernel.words import from_json, told
from xinqiao.registry.rules.check import FLAG_LABELS

from ..actions.relate import RELATIONS
from ..choices import Outcome
from ..excel.headings import by_key
from ..excel.problem_book import AnswerRow, AnswerSheet
from ..layout import Layout, SheetShape
from ..models import Batch, Row

PAGE = 20
_GROUPS = """
select p->>'code', p->>'field', count(distinct r.id)
from interchange_row r, jsonb_array_elements(r.problems) p
where r.batch_id = %s and not r.skipped and (p->>'flag')::boolean = %s and (r.outcome = 'problem') <> %s
group by 1, 2 order by 3 desc, 1, 2
"""
#: Problems that go away when another row is put right: listed last.
CONSEQUENCES = ("ambiguous_person", "person_row")
#: What a kind of problem is called above its rows; `%(label)s` is the column.
TITLES: dict[str, str] = {
    "missing": "“%(label)s”没有填写",
    "lost_digits": "“%(label)s”存成了数字，末几位已丢失",
    "number": "“%(label)s”存成了数字，末几位已丢失",
    "checksum": "“%(label)s”校验不符",
    "shape": "“%(label)s”位数或字符不对",
    "birth": "“%(label)s”中的出生日期不对",
    "wrong_value": "“%(label)s”无法识别",
    "code": "“%(label)s”不在可选范围内",
    "cell_error": "“%(label)s”的单元格显示错误",
    "formula": "“%(label)s”是没有结果的公式",
    "future": "“%(label)s”晚于今天",
    "early": "“%(label)s”太早",
    "twice": "同一文件中证件号码重复",
    "twice.visit_date": "同一人同一天的随访重复",
    "same_row": "与另一行完全相同的随访，只计一次",
    "unknown_person": "随访对应的人不在名册上",
    "person_row": "随访对应的名册行有问题或被跳过",
    "other_name": "姓名与号码不符",
    "ambiguous_person": "号码对应不止一人",
    "outside": "不在本县管理范围",
    "village_unknown": "村名没有找到",
    "village_ambiguous": "村名不止一处",
    "unserved": "还没有机构服务这个村",
    "id_elsewhere": "证件号码已在其他机构建档",
    "id_other_name": "证件号码登记的是另一个姓名",
    "exclusive": "“%(label)s”的选项互相矛盾",
    "contradiction": "“%(label)s”与其他答案矛盾",
}


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of problem and how many rows have it."""

    code: str
    field: str
    title: str
    rows: int


@dataclass(frozen=True, slots=True)
class Line:
    """One problem of one row, with its place in the workbook and what was typed there. `column` is the key to fix it by
    ("" when it is put right elsewhere); `who` is the name the row gives."""

    row_id: UUID
    position: int
    sheet: str
    number: int
    letters: str
    heading: str
    column: str
    typed: str
    message: str
    hidden: bool
    choices: tuple[str, ...] = ()
    who: str = ""


def groups(batch: Batch, *, flags: bool = False) -> list[Group]:
    """Kinds of problems (or of things kept and marked), most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, [batch.pk, flags, flags])
        found = cursor.fetchall()
    layout = Layout.load(batch.layout)
    if flags:
        return [Group(code, name, _flag_title(code, name, layout), n) for code, name, n in found]
    kinds = [Group(code, name, title_of(code, name, layout), n) for code, name, n in found]
    return sorted(
        kinds,
        key=lambda group: (group.code in CONSEQUENCES, (group.code, group.field) == ("twice", "visit_date")),
    )


def title_of(code: str, name: str, layout: Layout) -> str:
    """The heading above the rows of one kind of problem."""
    label = next((written for s in layout.sheets if (written := s.column_of(name)[1])), "")
    for sheet in layout.sheets:
        if not label and (heading := by_key(sheet.sheet).get(name)):
            label = heading.title
    if f"{code}.{name}" in TITLES:
        return _(TITLES[f"{code}.{name}"])
    if code in TITLES:
        return _(TITLES[code]) % {"label": label or name}
    return _("“%(label)s”需要改正") % {"label": label} if label else _("需要改正")


def _flag_title(code: str, name: str, layout: Layout) -> str:
    words = {
        "not_recomputed": _("没有精神症状程度：保留原分类，未复算"),
        "zero_risk": _("有危险行为而评为 0 级：保留并标明"),
        "too_mild": _("危险性 3 级及以上而分类不是不稳定：保留并标明"),
        "before_filing": _("随访早于建档日期：保留并标明"),
        "after_death": _("随访晚于死亡日期：保留并标明"),
        "dropped": _("失访或死亡的记录中多填的项目：略去"),
        "missing": _("用药情况没有填写"),
        "needs_tries": _("“连续3次未访到”没有三次未访记录：按待核失访保存"),
        "alike": _("可能与已有档案是同一人"),
    }
    return words.get(code) or FLAG_LABELS.get(code) or title_of(code, name, layout)


def lines_of(batch: Batch, code: str, name: str, *, after: int = 0, limit: int = PAGE) -> list[Line]:
    """Rows with one kind of problem, in the order of the file."""
    wanted = [{"code": code, "field": name, "flag": False}]
    rows = Row.objects.filter(
        batch=batch, outcome=Outcome.PROBLEM, skipped=False, problems__contains=wanted, position__gt=after
    ).order_by("position")[:limit]
    layout = Layout.load(batch.layout)
    found = []
    for row in rows:
        found += [
            line
            for problem, line in _lines(row, layout)
            if problem["code"] == code and problem["field"] == name
        ][:1]
    return found


def alike_lines(batch: Batch, *, limit: int = PAGE) -> list[Line]:
    """The first new people who may have a file already, in the order of the file."""
    rows = Row.objects.filter(
        batch=batch, outcome=Outcome.NEW, skipped=False, problems__contains=[{"code": "alike", "flag": True}]
    ).order_by("position")[:limit]
    layout = Layout.load(batch.layout)
    return [
        line
        for row in rows
        for problem, line in _lines(row, layout, flags=True)
        if problem["code"] == "alike"
    ]


def all_lines(batch: Batch, most: int) -> Iterator[Line]:
    """Every problem in the order of the file, at most so many."""
    layout = Layout.load(batch.layout)
    told = 0
    rows = Row.objects.filter(batch=batch, outcome=Outcome.PROBLEM, skipped=False).order_by("position")
    for row in rows.iterator(chunk_size=1_000):
        for _problem, line in _lines(row, layout):
            yield line
            told += 1
            if told == most:
                return


def answer_sheets(batch: Batch, most: int) -> list[AnswerSheet]:
    """The rows with problems as they came, up to so many problems, sheet by sheet."""
    layout = Layout.load(batch.layout)
    sheets = [
        AnswerSheet(
            shape.name,
            [
                (key, written)
                for key, (_letters, written) in sorted(
                    shape.columns.items(), key=lambda item: (len(item[1][0]), item[1][0])
                )
            ],
            [],
        )
        for shape in layout.sheets
    ]
    told = 0
    rows = Row.objects.filter(batch=batch, outcome=Outcome.PROBLEM, skipped=False).order_by("position")
    for row in rows.iterator(chunk_size=1_000):
        problems = [(line.column, line.message) for _problem, line in _lines(row, layout)]
        told += len(problems)
        if told > most:
            break
        cells = json.loads(row.payload)["cells"]
        sheets[row.sheet].rows.append(AnswerRow(row.number, cells, problems))  # type: ignore[attr-defined]
    return [sheet for sheet in sheets if sheet.rows]


def problem_count(batch: Batch) -> int:
    """Problems (not rows) in the whole batch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from interchange_row r, jsonb_array_elements(r.problems) p"
            " where r.batch_id = %s and not r.skipped and r.outcome = 'problem' and not (p->>'flag')::boolean",
            [batch.pk],
        )
        return int(cursor.fetchone()[0])


def _lines(row: Row, layout: Layout, *, flags: bool = False) -> Iterator[tuple[dict[str, Any], Line]]:
    payload = json.loads(row.payload)
    shape = layout.sheets[row.sheet]
    own = 0
    for problem in row.problems:
        related = problem["code"] in RELATIONS
        message = _relation(problem, layout, row) if related else told(from_json(payload["messages"][own]))
        own += not related
        if problem["flag"] != flags:
            continue
        column = column_key(shape, problem["field"])
        letters, written = shape.column_of(column)
        heading = by_key(shape.sheet).get(column)
        typed = payload["cells"].get(column, "")
        yield (
            problem,
            Line(
                row.pk, row.position, shape.name, row.number, letters, written or (heading.title if heading else ""),
                column if heading and problem["code"] != "person_row" else "", typed, message, row.hidden,
                _choices(heading), payload["cells"].get("name", ""),
            ),
        )  # fmt: skip


def _choices(heading: Any) -> tuple[str, ...]:
    if heading is None or heading.kind not in ("single", "int") or not 0 < len(heading.codes) <= 12:
        return ()
    return tuple(f"{code.code} {code.label}" for code in heading.codes)


def column_key(shape: SheetShape, name: str) -> str:
    """The column by which a problem of a field is put right: `drugs.0.dose` → `drugs.1`."""
    known = by_key(shape.sheet)
    if name in shape.columns or name in known:
        return name if name in known else ""
    parts = name.split(".")
    if len(parts) > 1 and parts[1].isdecimal():
        numbered = f"{parts[0]}.{int(parts[1]) + 1}"
        if numbered in shape.columns:
            return numbered
    stem = parts[0]
    return next((key for key in shape.columns if key.split(".")[0] == stem), stem if stem in known else "")


def _relation(problem: dict[str, Any], layout: Layout, row: Row) -> str:
    if problem["code"] == "unknown_person":
        return _("这个号码既不在系统的名册上，也不在本文件的名册里；请核对号码，或先登记此人")
    other = layout.sheets[problem["sheet"]].name if problem["sheet"] != row.sheet else ""
    where = {"sheet": f"“{other}”" if other else "", "row": problem["row"]}
    if problem["code"] == "person_row":
        return (
            _("%(sheet)s第 %(row)s 行是此人的名册行，那一行有问题或被跳过；请先改正那一行，或跳过这次随访")
            % where
        )
    if problem["field"] == "visit_date":
        return _("与%(sheet)s第 %(row)s 行是同一人同一天同一形式的随访；请保留一行，跳过另一行") % where
    return (
        _(
            "与%(sheet)s第 %(row)s 行的证件号码相同；请核对后保留一行；确为不同的人，请在“同号说明”一列写明原因"
        )
        % where
    )
