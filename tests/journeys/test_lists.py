"""Lists that prevent, from the first page to the record and to paper, at the desk and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser


def _calm(page: Page) -> None:
    assert no_sideways_scroll(page), page.url
    assert axe(page) == [], page.url


def _choose(page: Page, question: str, answer: str) -> None:
    group = page.get_by_role("group", name=question).locator("visible=true")
    group.get_by_role("radio", name=answer, exact=True).check(force=True)


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_from_a_list_to_an_exam_and_off_the_list(enter: Enter, width: dict[str, int]) -> None:
    page = enter("township", width=width)
    _calm(page)
    page.get_by_role("navigation", name="名单").get_by_role("link", name=re.compile("未体检")).click()
    _calm(page)
    words = page.locator(".count-line").inner_text()
    before = int(re.findall(r"\d+", words)[0])
    page.locator("main").get_by_role("link", name=re.compile("登记体检")).locator(
        "visible=true"
    ).first.click()
    _calm(page)
    _choose(page, "同意人", "患者本人")
    page.get_by_label("体检机构").fill("演示镇卫生院")
    _choose(page, "一般体格检查", "未见异常")
    for label, value in (("收缩压", "118"), ("舒张压", "76"), ("体重", "62.5"), ("转氨酶", "21"), ("白细胞", "6.2"),
                         ("中性粒细胞", "58"), ("淋巴细胞", "32"), ("血糖", "5.1")):  # fmt: skip
        page.get_by_label(label, exact=True).fill(value)
    _choose(page, "血糖类别", "空腹")
    _choose(page, "心电图", "未见异常")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("体检已登记")).to_be_visible()
    expect(page.get_by_text("今年已体检")).to_be_visible()
    _calm(page)
    page.goto("/lists/unexamined/")
    left = page.locator(".count-line")
    after = int(re.findall(r"\d+", left.inner_text())[0]) if left.count() else 0
    assert after == before - 1


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_the_county_s_desk_the_board_and_a_printed_register(enter: Enter, width: dict[str, int]) -> None:
    page = enter("county", width=width)
    expect(page.get_by_role("heading", name="今天要定的事")).to_be_visible()
    expect(page.get_by_role("heading", name="近十二个月")).to_be_visible()
    _calm(page)
    page.goto("/lists/")
    _calm(page)
    page.goto("/lists/register/ledger/")
    _calm(page)
    page.get_by_label("标题").fill("在册花名册")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="工作簿").click()
    assert re.fullmatch(r"名册-\d{8}\.xlsx", waiting.value.suggested_filename)
