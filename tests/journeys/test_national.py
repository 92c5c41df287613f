"""The lists beside the national system and a workbook on its way in, tried in a real browser at the desk and on a phone."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from playwright.sync_api import expect

from tests.factories.records import person_record
from xinqiao.interchange.excel.headings import by_key

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser


def _checked(page: Any) -> None:
    assert axe(page) == []
    assert no_sideways_scroll(page)


def _file(name: str, sheet: str, rows: list[list[str]]) -> Any:
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": name, "mimeType": kind, "buffer": raw.getvalue()}


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_visits_are_entered_one_after_the_other_and_a_list_is_compared(
    enter: Enter, width: dict[str, int]
) -> None:
    page = enter("county", width)
    page.goto("/national/settings/")
    _checked(page)
    page.get_by_role("radio", name="全部随访（退回的除外）").check()
    page.get_by_role("checkbox", name="包括从工作簿导入的随访").check()
    page.get_by_role("button", name="保存设置").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("国网待录清单")
    _checked(page)
    page.get_by_role("link", name="开始逐条录入").click()
    expect(page.get_by_role("definition").filter(has_text="家庭访视").first).to_be_visible()
    _checked(page)
    if width is DESK:
        page.keyboard.press("ArrowDown")
        page.keyboard.press("n")
    page.get_by_role("button", name="已录入").click()
    expect(page.get_by_text("已标记 1 次随访").first).to_be_visible()
    page.goto("/national/entered/")
    _checked(page)
    page.goto("/national/timeliness/")
    _checked(page)

    page.goto("/national/compare/")
    _checked(page)
    # A settled difference stays settled: each width brings somebody of its own.
    name = "某人甲" if width is DESK else "某人乙"
    rows = [["姓名", "性别", "出生日期", "病情分类"], [name, "男", "1970-01-01", "稳定"]]
    page.set_input_files("input[name=file]", _file("list.xlsx", "患者列表", rows))
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("确认每一列是什么")
    _checked(page)
    page.get_by_role("button", name="开始比对").click()
    expect(page.get_by_text("仅国网有 1 人").first).to_be_visible()
    _checked(page)
    page.goto("/national/differences/?kind=there")
    _checked(page)
    page.get_by_role("link", name=name).locator("visible=true").first.click()
    _checked(page)
    page.get_by_role("radio", name="不属本辖区").check()
    page.get_by_role("button", name="处理完毕").click()
    expect(page.get_by_text("已处理 1 条差异").first).to_be_visible()


def test_the_template_goes_out_and_comes_back_as_visits(enter: Enter) -> None:
    page = enter("county", DESK)
    page.goto("/import/")
    with page.expect_download() as got:
        page.get_by_role("link", name="下载空白模板").first.click()
    book = openpyxl.load_workbook(io.BytesIO(got.value.path().read_bytes()))
    sheet = book["患者名册"]
    titles = {cell.value: cell.column for cell in sheet[1]}
    record = person_record("安新来", "990101100201", filed_on=date(2024, 3, 1), serial=871)
    for key in ("name", "id_number", "sex", "birth_on", "live_code", "icd10", "consent", "signer", "signed_on",
                "filed_on"):  # fmt: skip
        sheet.cell(3, titles[by_key("people")[key].title]).value = str(record[key])
    raw = io.BytesIO()
    book.save(raw)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.set_input_files(
        "input[name=file]", {"name": "filled.xlsx", "mimeType": kind, "buffer": raw.getvalue()}
    )
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("核对结果")
    _checked(page)
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("新增患者 1 人").first).to_be_visible()
    _checked(page)
