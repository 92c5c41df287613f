"""The blank workbook to fill in: both sheets with their headings, drop-downs where there is one answer, and a guide.

Number columns are formatted as text, so that no spreadsheet eats the end of an ID number.
"""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from .headings import SHEETS, Heading, Sheet, printed
from .sheets import EXAMPLE

ROWS = 2_000
#: One row that shows how to fill in; its name begins with the word that makes the reader leave it out.
EXAMPLES: dict[Sheet, dict[str, str]] = {
    "people": {
        "name": f"{EXAMPLE}（本行不会导入）", "id_number": "990101198507081231", "sex": "1 男",
        "birth_on": "1985-07-08", "township": "北桥镇", "village": "柳树村", "icd10": "F20.9", "consent": "1 同意",
        "signer": "1 本人", "signed_on": "2024-03-01", "filed_on": "2024-03-01", "guardian_name": "李守望",
        "guardian_phone": "13900000000", "onset_on": "2010年5月",
    },
    "visits": {
        "id_number": "990101198507081231", "name": f"{EXAMPLE}（本行不会导入）", "visit_date": "2026-03-05",
        "form": "2 家庭访视", "targets": "1、2", "risk": "0", "symptoms": "0 无明显症状", "insight": "1 自知力完全",
        "danger_acts": "无", "adherence": "1 按医嘱规律用药", "drugs.1": "奥氮平 早0 中0 晚10mg",
        "visit_class": "3 稳定", "doctor": "周大夫",
    },
}  # fmt: skip
_LONGEST_LIST = 250  # a list written into the cell's rule may have 255 characters


def blank_template() -> bytes:
    """A new .xlsx; the same bytes every time."""
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True}) as book:
        looks = {
            "head": book.add_format(
                {"bold": True, "bg_color": "#E9EEF3", "border": 1, "text_wrap": True, "valign": "vcenter"}
            ),
            "must": book.add_format(
                {"bold": True, "bg_color": "#CFDDEA", "border": 1, "text_wrap": True, "valign": "vcenter"}
            ),
            "text": book.add_format({"num_format": "@"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "bold": book.add_format({"bold": True, "valign": "top"}),
            "example": book.add_format({"num_format": "@", "italic": True, "font_color": "#7A756B"}),
        }
        lists = book.add_worksheet(_("选项"))
        used = 0
        for sheet, name in SHEETS.items():
            used = _fill(book.add_worksheet(name), lists, used, sheet, looks, _("选项"))
        _guide(book.add_worksheet(_("填写说明")), looks)
        lists.hide()
        book.get_worksheet_by_name(SHEETS["people"]).activate()
        book.get_worksheet_by_name(SHEETS["people"]).set_first_sheet()
    return raw.getvalue()


def _fill(page: Any, lists: Any, used: int, sheet: Sheet, looks: dict[str, Any], lists_name: str) -> int:
    page.freeze_panes(1, 1)
    page.set_row(0, 36)
    for column, heading in enumerate(printed(sheet)):
        page.set_column(column, column, _width(heading), looks["text"] if heading.kind != "int" else None)
        page.write_string(0, column, heading.title, looks["must" if heading.required else "head"])
        choices = _choices(heading)
        note = "\n".join(part for part in (heading.hint, "、".join(choices[:14])) if part)
        if note:
            page.write_comment(0, column, note, {"x_scale": 2, "y_scale": 1.5})
        if EXAMPLES[sheet].get(heading.key):
            page.write_string(1, column, EXAMPLES[sheet][heading.key], looks["example"])
        if not choices:
            continue
        rule: dict[str, Any] = {
            "validate": "list",
            "ignore_blank": True,
            # The reader accepts codes and other words too; a warning would only be in the way.
            "error_type": "information",
            "error_message": _("建议从下拉列表中选择"),
        }
        if len(",".join(choices)) <= _LONGEST_LIST and not any("," in choice for choice in choices):
            rule["source"] = choices
        else:
            for row, choice in enumerate(choices):
                lists.write_string(row, used, choice)
            letter = xlsxwriter.utility.xl_col_to_name(used)
            rule["source"] = f"='{lists_name}'!${letter}$1:${letter}${len(choices)}"
            used += 1
        page.data_validation(1, column, ROWS, column, rule)
    return used


def _choices(heading: Heading) -> list[str]:
    if heading.kind == "bool":
        return [_("是"), _("否")]
    if heading.kind in ("single", "int") and heading.codes:
        return [f"{code.code} {code.label}" for code in heading.codes]
    return []


def _width(heading: Heading) -> int:
    if heading.key == "id_number":
        return 22
    return max(10, min(28, 2 * len(heading.title) + 3))


def _guide(page: Any, looks: dict[str, Any]) -> None:
    page.set_column(0, 0, 12)
    page.set_column(1, 1, 30)
    page.set_column(2, 2, 10)
    page.set_column(3, 3, 90, looks["wrap"])
    page.write_row(0, 0, [_("工作表"), _("列"), _("必填"), _("怎么填")], looks["bold"])
    row = 1
    for sheet, name in SHEETS.items():
        for heading in printed(sheet):
            codes = "；".join(f"{code.code} {code.label}" for code in heading.codes)
            words = "。".join(part for part in (heading.hint, codes) if part)
            for column, text in enumerate((name, heading.title, _("是") if heading.required else "", words)):
                page.write_string(row, column, text)
            row += 1
    for text in (
        _("列的顺序可以不同，用不到的列可以删去；标题上方可以有表名。"),
        _("编号和文字都可以，如“1”“男”“1 男”；日期可写 2024-03-05、2024/3/5、2024年3月5日。"),
        _("隐藏的行也会导入；不要的行请删除。"),
        _("姓名以“示例”开头的行不会导入，可以删去。"),
        _("身份证号整列已设为文本；从别处复制时请用“选择性粘贴-数值”，以免变成数字丢失末尾几位。"),
        _("短信、微信、视频随访填在“本次随访形式”里即可，按电话计，并记下具体途径。"),
    ):
        row += 1
        page.write_string(row, 0, text)
