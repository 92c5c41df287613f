"""What stands in workbooks as real programs write them: titles, merged heads, hidden rows, dates, formulas, numbers."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import numbers

from xinqiao.interchange.excel.headings import Sheet, by_key, headings, normal, printed, recognised
from xinqiao.interchange.excel.records import read_row
from xinqiao.interchange.excel.sheets import Table, Workbook, read_workbook
from xinqiao.interchange.excel.template import blank_template
from xinqiao.interchange.layout import layout_of

from .books import book, person, visit
from .test_files import rebuilt

HEAD = ["姓名", "身份证号", "性别", "出生日期"]
ID = "990101198507081231"


def sheet_of(rows: list[list[Any]], *, name: str = "患者名册", **options: Any) -> bytes:
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True, **options}) as workbook:
        page = workbook.add_worksheet(name)
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, (date, datetime)):
                    page.write_datetime(r, c, cell, day)
                elif isinstance(cell, str):
                    page.write_string(r, c, cell)
                elif cell is not None:
                    page.write(r, c, cell)
    return raw.getvalue()


def table(data: bytes) -> Table:
    (only,) = read_workbook(data).tables
    return only


def said(workbook: Workbook) -> str:
    layout = layout_of(workbook)
    return "\n".join([*layout.notices, *(notice for shape in layout.sheets for notice in shape.notices)])


def test_the_heading_is_found_below_titles_whatever_the_order_of_columns() -> None:
    found = table(
        sheet_of(
            [
                ["双桥县严重精神障碍患者名册"],
                [],
                ["填报单位", "双桥县"],
                ["性别", "患者姓名", "公民身份号码"],
                ["男", "张三", ID],
            ]
        )
    )
    assert found.heading_row == 4
    assert {key: column.letters for key, column in found.columns.items()} == {
        "sex": "A",
        "name": "B",
        "id_number": "C",
    }
    assert found.lines[0].number == 5
    assert found.lines[0].cells == {"sex": "男", "name": "张三", "id_number": ID}


def test_headings_may_carry_stars_spaces_line_breaks_and_notes() -> None:
    found = table(
        sheet_of(
            [
                ["姓 名*", "身份证号\n（必填）", "性别：", "出生日期(yyyy-mm-dd)"],
                ["张三", ID, "男", "1985-7-8"],
            ]
        )
    )
    assert set(found.columns) == {"name", "id_number", "sex", "birth_on"}


def test_merged_heads_of_two_rows_are_read_together() -> None:
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw) as workbook:
        page = workbook.add_worksheet("随访记录")
        for column, title in enumerate(("身份证号", "随访日期", "本次随访形式")):
            page.merge_range(1, column, 2, column, title)
        page.merge_range(0, 0, 0, 6, "随访记录")
        page.merge_range(1, 3, 1, 4, "社会功能")
        page.write_row(2, 3, ["个人生活料理", "家务劳动"])
        page.merge_range(1, 5, 1, 7, "用药1")
        page.write_row(2, 5, ["药名", "早", "晚"])
        page.write_row(3, 0, [ID, "2026-03-05", "电话", "良好", "一般", "奥氮平", "5", "10"])
    found = table(raw.getvalue())
    assert found.heading_row == 3
    assert {"soc_selfcare", "soc_housework", "drugs.1.drug", "drugs.1.morning", "drugs.1.night"} <= set(
        found.columns
    )
    record = read_row("visits", found.lines[0].cells).record
    assert record["drugs"] == [
        {"long_acting": False, "unit": "mg", "drug": "奥氮平", "morning": 5, "night": 10}
    ]


def test_hidden_rows_columns_and_sheets_are_read_and_said_aloud() -> None:
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw) as workbook:
        page = workbook.add_worksheet("患者名册")
        page.write_row(0, 0, HEAD)
        for row in range(1, 5):
            page.write_row(row, 0, [f"张{row}", ID, "男", "1985-07-08"])
        page.set_row(2, None, None, {"hidden": True})
        page.set_row(3, None, None, {"hidden": True})
        page.set_column(2, 2, None, None, {"hidden": True})
        other = workbook.add_worksheet("随访记录")
        other.write_row(0, 0, ["身份证号", "随访日期"])
        other.write_row(1, 0, [ID, "2026-01-05"])
        other.hide()
        workbook.add_worksheet("备忘").write(0, 0, "别忘了")
    workbook_ = read_workbook(raw.getvalue())
    people, visits = workbook_.tables
    assert [line.hidden for line in people.lines] == [False, True, True, False]
    assert people.hidden_columns == ["性别"]
    assert visits.hidden_sheet
    words = said(workbook_)
    assert "2 行是隐藏的" in words
    assert "隐藏的列也已读取：性别" in words
    assert "这张工作表是隐藏的" in words
    assert "未读取的工作表：“备忘”" in words


def test_unknown_and_repeated_columns_are_named() -> None:
    words = said(
        read_workbook(sheet_of([[*HEAD, "血压", "性别"], ["张三", ID, "男", "1985-07-08", "120", "女"]]))
    )
    assert "不会导入的列：“血压”" in words
    assert "标题重复、只取最左一列：性别" in words


def test_blank_rows_repeated_headings_and_footers_are_no_data() -> None:
    found = table(
        sheet_of(
            [
                HEAD,
                ["张三", ID, "男", "1985-07-08"],
                [],
                HEAD,
                ["  ", "", "\u3000"],
                ["李四", ID, "女", "1985-07-08"],
                ["合计：2 人"],
            ]
        )
    )
    assert [line.number for line in found.lines] == [2, 6]
    assert found.foot_rows == 1


@pytest.mark.parametrize("options", [{}, {"date_1904": True}])
def test_real_dates_are_read_in_both_date_systems(options: dict[str, Any]) -> None:
    found = table(sheet_of([HEAD, ["张三", ID, "男", datetime(1985, 7, 8)]], **options))
    assert found.lines[0].cells["birth_on"] == "1985-07-08"


def test_serial_numbers_in_a_date_column_follow_the_date_system_of_the_file() -> None:
    assert table(sheet_of([HEAD, ["张三", ID, "男", 31236]])).lines[0].cells["birth_on"] == "1985-07-08"
    shifted = table(sheet_of([HEAD, ["张三", ID, "男", 31236 - 1462]], date_1904=True))
    assert shifted.lines[0].cells["birth_on"] == "1985-07-08"
    assert table(sheet_of([HEAD, ["张三", ID, "男", 19850708]])).lines[0].cells["birth_on"] == "19850708"


def test_numbers_keep_all_their_digits_and_say_so_when_they_cannot() -> None:
    found = table(sheet_of([[*HEAD, "本人电话"], ["张三", int(ID), 1, "1985-07-08", 13800000000.0]]))
    cells = found.lines[0].cells
    assert cells["phone"] == "13800000000"
    assert cells["sex"] == "1"
    (problem,) = read_row("people", cells).problems
    assert problem.code == "lost_digits"
    assert "单元格格式设为“文本”" in problem.message


def test_errors_formulas_and_booleans_are_told_apart() -> None:
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw) as workbook:
        page = workbook.add_worksheet("患者名册")
        page.write_row(0, 0, [*HEAD, "无监护人"])
        page.write_string(1, 0, "张三")
        page.write_formula(1, 1, "=NA()", None, "#N/A")
        page.write_formula(1, 2, '=IF(1,"男","")', None, "男")
        page.write_string(1, 3, "1985-07-08")
        page.write_boolean(1, 4, True)
    reading = read_row("people", table(raw.getvalue()).lines[0].cells)
    assert reading.record["sex"] == "男" or reading.record["sex"] == "1"
    assert reading.record["no_guardian"] is True
    (problem,) = reading.problems
    assert (problem.field, problem.code) == ("id_number", "cell_error")
    assert "#N/A" in problem.message


def test_a_formula_without_a_result_is_a_problem_not_a_blank() -> None:
    workbook = openpyxl.Workbook()
    page = workbook.active
    page.title = "患者名册"
    page.append(HEAD)
    page.append(["张三", ID, "=A1&B1", "1985-07-08"])
    raw = io.BytesIO()
    workbook.save(raw)
    (problem,) = read_row("people", table(raw.getvalue()).lines[0].cells).problems
    assert (problem.field, problem.code) == ("sex", "formula")
    assert "选择性粘贴为数值" in problem.message


def test_cells_without_addresses_are_counted_along() -> None:
    import re

    data = sheet_of([HEAD, ["张三", ID, "男", "1985-07-08"]])
    bare = rebuilt(
        data,
        lambda n, c: re.sub(rb'(<(?:c|row)) r="[A-Z]*\d+"', rb"\1", c) if n.endswith("sheet1.xml") else c,
    )
    assert table(bare).lines[0].cells["birth_on"] == "1985-07-08"


def test_a_leading_apostrophe_and_text_format_change_nothing() -> None:
    workbook = openpyxl.Workbook()
    page = workbook.active
    page.append(HEAD)
    page.append(["张三", ID, "男", "1985-07-08"])
    page["B2"].number_format = numbers.FORMAT_TEXT
    page["B2"].quotePrefix = True
    raw = io.BytesIO()
    workbook.save(raw)
    assert table(raw.getvalue()).lines[0].cells["id_number"] == ID


def test_one_file_may_hold_several_registers_and_visits() -> None:
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw) as workbook:
        for name in ("北桥镇名册", "南桥镇名册"):
            page = workbook.add_worksheet(name)
            page.write_row(0, 0, HEAD)
            page.write_row(1, 0, ["张三", ID, "男", "1985-07-08"])
        page = workbook.add_worksheet("一季度")
        page.write_row(0, 0, ["随访日期", "身份证号", "姓名"])
        page.write_row(1, 0, ["2026-01-05", ID, "张三"])
    assert [(t.sheet, t.name) for t in read_workbook(raw.getvalue()).tables] == [
        ("people", "北桥镇名册"),
        ("people", "南桥镇名册"),
        ("visits", "一季度"),
    ]


@pytest.mark.parametrize("sheet", ["people", "visits"])
def test_every_heading_is_recognised_and_none_stands_for_two_columns(sheet: Sheet) -> None:
    titles = [normal(heading.title) for heading in headings(sheet)]
    assert len(set(titles)) == len(titles)
    for heading in headings(sheet):
        assert recognised(sheet)[normal(heading.title)] is heading


def test_the_blank_template_is_read_back_column_by_column() -> None:
    book_ = openpyxl.load_workbook(io.BytesIO(blank_template()))
    assert book_.sheetnames == ["选项", "患者名册", "随访记录", "填写说明"]
    assert book_["选项"].sheet_state == "hidden"
    for name, sheet in (("患者名册", "people"), ("随访记录", "visits")):
        page = book_[name]
        assert [cell.value for cell in page[1]] == [heading.title for heading in printed(sheet)]  # type: ignore[arg-type]
        assert page.data_validations.dataValidation
        assert page.column_dimensions["A"].width
        for column, heading in enumerate(printed(sheet), 1):  # type: ignore[arg-type]
            page.cell(2, column, "2026-01-05" if heading.kind == "date" else "1")
    raw = io.BytesIO()
    book_.save(raw)
    tables = {found.sheet: found for found in read_workbook(raw.getvalue()).tables}
    for sheet in ("people", "visits"):
        assert list(tables[sheet].columns) == [heading.key for heading in printed(sheet)]  # type: ignore[index, arg-type]
        assert tables[sheet].unknown == []  # type: ignore[index]


def test_what_the_template_offers_is_what_the_reader_takes() -> None:
    for sheet in ("people", "visits"):
        for heading in printed(sheet):  # type: ignore[arg-type]
            for code in heading.codes:
                for typed in (
                    code.code,
                    code.label,
                    f"{code.code} {code.label}",
                    f"{code.code}.{code.label}",
                ):
                    if heading.kind in ("single", "multi"):
                        reading = read_row(sheet, {heading.key: typed})  # type: ignore[arg-type]
                        assert reading.problems == [], (heading.title, typed)
                        got = reading.record[heading.key]
                        assert got == (code.code if heading.kind == "single" else [code.code]), (
                            heading.title,
                            typed,
                        )


def test_books_of_the_tests_are_whole() -> None:
    one = person(1)
    tables = read_workbook(book({"people": [one], "visits": [visit(one["id_number"])]})).tables
    assert [t.sheet for t in tables] == ["people", "visits"]
    assert by_key("visits")["drugs.1"].title == "用药1"
