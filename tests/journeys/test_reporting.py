"""A card from the hospital to the filed person and the first visit; the police's answer; at the desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert no_sideways_scroll(page)


def _segment(page: Page, group: str, choice: str) -> None:
    asked = page.get_by_role("group", name=group).first
    one, many = (asked.get_by_role(kind, name=choice, exact=True) for kind in ("radio", "checkbox"))  # type: ignore[arg-type]
    one.or_(many).first.check()


@pytest.mark.parametrize(
    ("width", "number"), [(DESK, "990101198803152436"), (PHONE, "990101198803152452")], ids=["desk", "phone"]
)
def test_a_card_becomes_a_file_with_its_first_visit(
    enter_fresh: Enter, width: dict[str, int], number: str
) -> None:
    page = enter_fresh("hospital", width)
    page.goto("/cards/own/")
    _checked(page)
    page.get_by_role("link", name="填报告卡").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("填报告卡")
    _checked(page)
    page.get_by_role("button", name="报出").click()
    expect(page.get_by_role("alert")).to_contain_text("姓名没有填写")
    _checked(page)

    _segment(page, "报告类型", "按要求登记的六类病种")
    _segment(page, "患者来源", "门诊")
    page.get_by_label("门诊号").fill("M2026110087")
    page.get_by_label("姓名", exact=False).first.fill("林知秋")
    page.get_by_label("证件号码").fill(number)
    _segment(page, "性别", "男")
    page.get_by_label("出生日期").fill("1988-03-15")
    page.get_by_label("文化程度").select_option(label="初中")
    _segment(page, "婚姻状况", "未婚")
    page.get_by_label("就业情况").select_option(label="农民")
    page.get_by_label("联系人（监护人）").fill("林守望")
    page.get_by_label("联系人电话").fill("13900000008")
    _segment(page, "联系人与患者关系", "父母")
    page.get_by_label("现住址（村/社区）").select_option(label="北桥镇 柳树村")
    page.get_by_label("现住址详细地址").fill("2组8号")
    _segment(page, "户别", "农村")
    _segment(page, "户籍地类型", "本县区")
    page.get_by_label("户籍地址与现住址相同").check()
    _segment(page, "两系三代严重精神障碍家族史", "无")
    page.get_by_label("初次发病时间").fill("2025")
    _segment(page, "既往是否接受抗精神病药治疗", "否")
    page.get_by_label("既往住院次数").fill("0")
    _segment(page, "既往关锁情况", "无关锁")
    _segment(page, "既往危险行为", "无")
    _segment(page, "既往危险性评估", "0级")
    _segment(page, "送诊主体", "家属")
    page.get_by_label("确诊日期").fill("2026-11-18")
    page.get_by_label("诊断（ICD-10）").fill("精神分裂症")
    _segment(page, "知情同意", "同意参加管理")
    _segment(page, "签字人", "本人")
    page.get_by_label("知情同意时间").fill("2026-11-18")
    _segment(page, "勿需用药", "否")
    page.get_by_label("药名").first.fill("利培酮片")
    page.get_by_label("晚", exact=True).first.fill("2")
    page.get_by_label("科室电话").fill("0951-6012345")
    page.get_by_role("button", name="报出").click()
    expect(page.get_by_text("已报出，卡号").first).to_be_visible()
    expect(page.get_by_text("北桥镇", exact=False).first).to_be_visible()
    _checked(page)

    page = enter_fresh("township", width)
    page.goto("/cards/")
    _checked(page)
    page.get_by_role("link", name="林知秋").click()
    _checked(page)
    page.get_by_role("button", name="接收").click()
    expect(page.get_by_text("已接收").first).to_be_visible()
    page.get_by_role("link", name="据此建档").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("据报告卡建档")
    _checked(page)
    page.get_by_label("村（居）委会联系人").fill("王主任")
    page.get_by_label("村（居）委会电话").fill("13900000001")
    _segment(page, "经济状况", "非贫困")
    _segment(page, "既往主要症状", "幻觉")
    _segment(page, "最近一次治疗效果", "好转")
    page.get_by_role("button", name="建档", exact=True).click()
    expect(page.get_by_text("已据报告卡建档").first).to_be_visible()
    _checked(page)
    expect(page.locator(".timeline").get_by_text("报告卡").first).to_be_visible()
    page.get_by_role("link", name="记录随访").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("随访")

    page = enter_fresh("hospital", width)
    page.goto("/cards/own/")
    expect(page.locator("tbody").get_by_text("已办结")).to_be_visible()
    _checked(page)


def test_the_police_answer_a_search(enter_fresh: Enter) -> None:
    page = enter_fresh("police", PHONE)
    page.goto("/cards/searches/")
    expect(page.get_by_text("没有要答复的协查")).to_be_visible()
    _checked(page)
