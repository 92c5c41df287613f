"""Files as people really have them: what each program and habit does to a workbook, and what a person would expect."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment

from xinqiao.interchange.excel.headings import by_key
from xinqiao.interchange.excel.records import read_row
from xinqiao.interchange.excel.sheets import read_workbook
from xinqiao.interchange.excel.template import EXAMPLES, blank_template
from xinqiao.kernel.errors import Invalid

from .books import book, person, visit


def only_table(data: bytes) -> Any:
    [table] = read_workbook(data).tables
    return table


def text_of(rows: list[dict[str, Any]], sign: str = ",") -> str:
    keys = list(rows[0])
    lines = [sign.join(by_key("people")[key].title for key in keys)]
    lines += [sign.join(f'"{row[key]}"' for key in keys) for row in rows]
    return "\r\n".join(lines) + "\r\n"


@pytest.mark.parametrize(
    ("page", "sign"),
    [("gb18030", ","), ("utf-8-sig", ","), ("utf-8", "\t"), ("gb18030", ";"), ("utf-16", "\t")],
)
def test_a_list_saved_as_text_is_read_in_every_usual_code_page(page: str, sign: str) -> None:
    rows = [person(1), person(2, name="阿卜杜·热合曼")]
    table = only_table(text_of(rows, sign).encode(page))
    assert [line.cells["name"] for line in table.lines] == [row["name"] for row in rows]
    assert table.lines[0].cells["id_number"] == rows[0]["id_number"]
    assert [line.number for line in table.lines] == [2, 3]


def test_a_text_file_keeps_leading_zeros_and_unwraps_numbers_that_were_kept_as_text() -> None:
    text = '姓名,身份证号,本人电话\n张三,"=""990101198507081231""",013900000000\n李四,990101198507081231,\n'
    table = only_table(text.encode("gb18030"))
    assert table.lines[0].cells["id_number"] == "990101198507081231"
    assert table.lines[0].cells["phone"] == "013900000000"


def test_a_text_that_is_no_list_is_refused_in_a_sentence() -> None:
    for text in ("你好", "一行,两格", "\x00\x01\x02"):
        with pytest.raises(Invalid, match="不是 Excel 工作簿"):
            read_workbook(text.encode("gb18030"))


def test_the_strict_variant_of_the_format_is_read_like_the_usual_one() -> None:
    raw, strict = io.BytesIO(book({"people": [person(1)]})), io.BytesIO()
    usual = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(strict, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name).replace(usual, b"http://purl.oclc.org/ooxml/spreadsheetml/main")
            part = part.replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                b"http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
            new.writestr(name, part)
    assert [line.cells["name"] for line in only_table(strict.getvalue()).lines] == [person(1)["name"]]


def test_comments_filters_frozen_panes_and_protection_change_nothing() -> None:
    made = openpyxl.load_workbook(io.BytesIO(book({"people": [person(1), person(2)]})))
    page = made.active
    page["A1"].comment = Comment("填写说明：与户口本一致", "卫生院")
    page.auto_filter.ref = page.dimensions
    page.freeze_panes = "B2"
    page.protection.sheet = True
    page.protection.password = "lock"
    raw = io.BytesIO()
    made.save(raw)
    assert len(only_table(raw.getvalue()).lines) == 2


def test_rows_hidden_by_a_filter_are_read_and_counted() -> None:
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw) as made:
        page = made.add_worksheet("患者名册")
        keys = list(person(1))
        page.write_row(0, 0, [by_key("people")[key].title for key in keys])
        for number in (1, 2, 3):
            page.write_row(number, 0, list(person(number).values()))
        page.autofilter(0, 0, 3, len(keys) - 1)
        page.filter_column(0, f"x == {person(1)['name']}")
        page.set_row(2, None, None, {"hidden": True})
        page.set_row(3, None, None, {"hidden": True})
    table = only_table(raw.getvalue())
    assert (len(table.lines), table.hidden_rows) == (3, 2)


def test_inline_strings_are_read() -> None:
    raw, inline = io.BytesIO(book({"people": [person(1)]})), io.BytesIO()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(inline, "w", zipfile.ZIP_DEFLATED) as new:
        strings = re.findall(r"<si><t[^>]*>(.*?)</t></si>", old.read("xl/sharedStrings.xml").decode())
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = re.sub(
                    rb'<c r="([A-Z]+\d+)"([^>]*) t="s"><v>(\d+)</v></c>',
                    lambda found: (
                        f'<c r="{found[1].decode()}"{found[2].decode()} t="inlineStr">'
                        f"<is><t>{strings[int(found[3])]}</t></is></c>"
                    ).encode(),
                    part,
                )
            new.writestr(name, part)
    [line] = only_table(inline.getvalue()).lines
    assert line.cells["id_number"] == person(1)["id_number"]


def test_several_sheets_of_townships_are_read_one_after_the_other_and_covers_are_named() -> None:
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw) as made:
        made.add_worksheet("封面").write_string(0, 0, "2026 年严重精神障碍患者花名册")
        for number, name in enumerate(("北桥镇", "南桥镇"), start=1):
            page = made.add_worksheet(name)
            page.merge_range(0, 0, 0, 5, f"{name}患者花名册")
            page.write_row(1, 0, [by_key("people")[key].title for key in person(1)])
            page.write_row(2, 0, list(person(number).values()))
            page.write_row(3, 0, ["合计", "1 人"])
    found = read_workbook(raw.getvalue())
    assert [(table.name, len(table.lines), table.foot_rows) for table in found.tables] == [
        ("北桥镇", 1, 1),
        ("南桥镇", 1, 1),
    ]
    assert found.ignored == ["封面"]


@pytest.mark.parametrize("typed", ["3月5日", "三月五日", "26.3.5", "2026-02-30"])
def test_a_date_without_its_year_or_that_never_was_is_asked_for_again(typed: str) -> None:
    [problem] = read_row("visits", visit("990101198507081231", typed)).problems
    assert problem.field == "visit_date"
    assert typed in problem.message


@pytest.mark.parametrize(
    ("typed", "day"),
    [("2026.3.5", "2026-03-05"), ("２０２６年３月５日", "2026-03-05"), ("2026-3-5 08:30", "2026-03-05"),
     ("20260305", "2026-03-05"), ("\u200b2026/3/5 ", "2026-03-05"), ("46086", "2026-03-05")],
)  # fmt: skip
def test_a_date_is_understood_as_it_was_meant(typed: str, day: str) -> None:
    reading = read_row("visits", visit("990101198507081231", typed))
    assert reading.record["visit_date"].isoformat() == day


def test_the_templates_examples_are_no_data_and_would_be_right_if_they_were() -> None:
    with pytest.raises(Invalid, match="没有数据行"):
        read_workbook(blank_template())
    for sheet, cells in EXAMPLES.items():
        assert read_row(sheet, cells).problems == []


def test_a_filled_template_comes_back_clean() -> None:
    made = openpyxl.load_workbook(io.BytesIO(blank_template()))
    for sheet, name, row in (
        ("people", "患者名册", person(1)),
        ("visits", "随访记录", visit(person(1)["id_number"])),
    ):
        page = made[name]
        titles = {cell.value: cell.column for cell in page[1]}
        for key, value in row.items():
            page.cell(3, titles[by_key(sheet)[key].title]).value = value  # type: ignore[index]
    raw = io.BytesIO()
    made.save(raw)
    found = read_workbook(raw.getvalue())
    assert [(len(table.lines), table.example_rows) for table in found.tables] == [(1, 1), (1, 1)]
    for table in found.tables:
        assert read_row(table.sheet, table.lines[0].cells).problems == []


def test_the_template_offers_lists_with_printed_codes_and_says_how_to_fill_each_column() -> None:
    made = openpyxl.load_workbook(io.BytesIO(blank_template()))
    page = made["随访记录"]
    by_title = {cell.value: cell for cell in page[1]}
    assert "2 家庭访视" in by_title["本次随访形式"].comment.text
    assert len(page.data_validations.dataValidation) > 10
    assert "填写说明" in made.sheetnames
