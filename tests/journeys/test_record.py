"""The record whole, tried in a real browser: a file typed in parts, brought up to date, its rows added and put right."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.factories.numbers import id_number

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser


def _checked(page: Page) -> None:
    """What must hold on every page of the journey."""
    assert axe(page) == []
    assert no_sideways_scroll(page)


def _choose(page: Page, question: str, answer: str) -> None:
    group = page.get_by_role("group", name=re.compile(rf"^{question}"))
    group.get_by_label(answer, exact=True).check()


def _open(page: Page, part: str) -> None:
    page.locator("details.part > summary", has_text=part).click()


@pytest.mark.parametrize(("width", "serial"), [(DESK, 711), (PHONE, 712)], ids=["desk", "phone"])
def test_a_file_is_begun_completed_and_kept_with_its_history(
    enter: Enter, width: dict[str, int], serial: int
) -> None:
    page = enter("township", width)
    name = "周小桥" if serial == 711 else "周小河"
    page.goto("/people/new/")
    page.get_by_label("身份证号").fill(id_number(date(1982, 4, 9), "2", serial))
    page.get_by_role("button", name=re.compile("查")).first.click()
    _checked(page)

    # The core first; the rest may wait.
    page.get_by_label(re.compile("^姓名")).fill(name)
    page.get_by_label(re.compile("^现住址（村/社区）")).select_option(label="北桥镇 柳树村")
    page.get_by_label(re.compile("^诊断（ICD-10）")).fill("F20.9")
    _open(page, "健康史")
    _choose(page, "药物过敏史", "青霉素")
    _choose(page, "既往史疾病", "高血压")
    page.get_by_label("高血压确诊时间").fill("2015-03")
    page.get_by_role("button", name="先保存，缺项以后补").click()
    expect(page.get_by_text("已建档")).to_be_visible()
    page.get_by_role("link", name="基本信息").click()
    expect(page.get_by_text("高血压 2015-03")).to_be_visible()
    expect(page.get_by_text(re.compile("项必填没有填写"))).to_be_visible()
    _checked(page)

    # A support is added, then put right with a reason; what was wrong stays readable.
    page.get_by_role("link", name="保障与帮扶").click()
    page.get_by_role("link", name=re.compile("^添加 保障与帮扶")).click()
    page.get_by_label(re.compile("^项目")).select_option(label="低保")
    _checked(page)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".line-now", has_text="低保")).to_be_visible()
    page.get_by_role("link", name=re.compile("^更正")).first.click()
    page.get_by_label(re.compile("^金额")).fill("4800")
    _choose(page, "按", "每年")
    page.get_by_label(re.compile("^更正的原因")).fill("漏填金额")
    _checked(page)
    page.get_by_role("button", name="保存更正").click()
    expect(page.locator(".line-now", has_text="4800.00")).to_be_visible()
    page.get_by_text("以前和作废的 1 条").click()
    expect(page.get_by_text("更正：漏填金额")).to_be_visible()
    _checked(page)

    # Whoever was overtaken sees both versions and loses nothing.
    page.get_by_role("link", name="基本信息").click()
    page.get_by_role("link", name="更新档案").click()
    _checked(page)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("工作单位").fill("北桥砖厂")
    other.get_by_role("button", name="保存", exact=True).click()
    other.close()
    page.get_by_label("辖区派出所").fill("北桥派出所")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("heading", name="您填写时，档案被别人改过")).to_be_visible()
    expect(page.get_by_label("辖区派出所")).to_have_value("北桥派出所")
    _checked(page)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("北桥派出所")).to_be_visible()
    expect(page.get_by_text("北桥砖厂").first).to_be_visible()
    page.get_by_role("link", name="打印整份档案").click()
    _checked(page)
