"""The story that must work, tried in a real browser at the desk and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser


def _calm_visit(page: Page) -> None:
    """Answer the whole form as for somebody who is well."""
    for question, answer in (
        ("本次随访形式", "家庭访视"),
        ("危险性评估", "0"),
        ("自知力", "自知力完全"),
        ("睡眠情况", "良好"),
        ("饮食情况", "良好"),
        ("个人生活料理", "良好"),
        ("家务劳动", "良好"),
        ("生产劳动及工作", "一般"),
        ("学习能力", "一般"),
        ("社会人际交往", "良好"),
        ("危险行为", "无"),
        ("两次随访期间关锁情况", "无关锁"),
        ("两次随访期间住院情况", "未住院"),
        ("用药依从性", "医嘱勿需用药"),
        ("药物不良反应", "无"),
        ("实验室检查", "无"),
        ("躯体疾病", "无"),
        ("治疗效果", "好转"),
        ("是否建议转诊", "否"),
        ("是否转诊", "否"),
    ):
        group = page.get_by_role("group", name=re.compile(rf"^{question}"))
        group.get_by_role("radio", name=answer, exact=True).check()
    page.get_by_role("group", name=re.compile("^本次随访对象")).get_by_role("checkbox", name="患者本人").check()
    page.get_by_role("group", name=re.compile("^目前症状")).get_by_role("checkbox", name="无明显症状").check()


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_a_worker_records_a_visit_and_the_list_is_one_shorter(enter_fresh: Enter, width: dict[str, int]) -> None:
    page = enter_fresh("village" if width is PHONE else "township", width)
    expect(page.get_by_role("heading", level=1)).to_contain_text("今日应访")
    assert no_sideways_scroll(page)
    assert axe(page) == []
    before = page.get_by_text("陈安宁", exact=True).count()
    assert before >= 1
    page.get_by_text("陈安宁", exact=True).locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("陈安宁")
    assert axe(page) == []
    assert no_sideways_scroll(page)
    page.get_by_role("link", name="记录随访").locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("记录随访")
    assert axe(page) == []
    _calm_visit(page)
    live = page.locator("[data-live], .aside").first
    expect(live).to_contain_text("稳定")
    expect(live).to_contain_text("2027-02-21")
    assert axe(page) == []
    assert no_sideways_scroll(page)
    page.get_by_role("button", name="保存随访").locator("visible=true").first.click()
    page.wait_for_load_state()
    page.goto("/followup/today/")
    assert page.get_by_text("陈安宁", exact=True).count() == 0
