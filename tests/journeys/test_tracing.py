"""Three missed tries, the township's decision, the written report, found again: on a phone and at the desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser
NAME = "赵思远"


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert no_sideways_scroll(page)


def _open(page: Page, tab: str) -> None:
    page.goto(f"/tracing/?stage={tab}")
    _checked(page)
    page.get_by_role("link", name=NAME).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("查找")
    _checked(page)


def test_three_misses_a_loss_and_found_again(enter_fresh: Enter) -> None:
    phone = enter_fresh("village", PHONE)
    phone.goto("/people/")
    phone.get_by_role("link", name=NAME).first.click()
    person = re.findall(r"/people/([0-9a-f-]{36})", phone.url)[0]
    phone.goto(f"/people/{person}/?tab=tracing")
    expect(phone.get_by_role("link", name="开始查找")).to_be_visible()
    _checked(phone)
    phone.goto(f"/followup/attempt/{person}/")
    phone.get_by_role("button", name="无人接听").click()
    expect(phone.get_by_text("已记下").first).to_be_visible()
    _open(phone, "searching")
    # After a call: one tap; a try of an earlier day needs its date besides.
    for day in ("2026-11-10", "2026-10-28"):
        phone.get_by_text("不是今天，或要加说明、附件").click()
        phone.get_by_label("日期", exact=False).first.fill(day)
        phone.get_by_role("button", name="上门无人").click()
        expect(phone.get_by_text("已记下").first).to_be_visible()
    expect(phone.get_by_text("乡镇认定失访").first).to_be_visible()
    phone.get_by_role("radio", name="问邻居").check(force=True)
    phone.get_by_role("button", name="没有消息").click()
    expect(phone.get_by_text("问邻居，没有消息").first).to_be_visible()
    _checked(phone)

    desk = enter_fresh("township", DESK)
    _open(desk, "waiting")
    desk.get_by_role("button", name="认定失访").click()
    expect(desk.get_by_text("已认定失访").first).to_be_visible()
    desk.get_by_text("登记一次送达或告知").click()
    desk.get_by_role("radio", name="精神卫生综合管理小组").check(force=True)
    desk.get_by_label("接收单位和人").fill("北桥镇综治中心")
    desk.get_by_role("button", name="登记", exact=True).click()
    expect(desk.get_by_text("北桥镇综治中心").first).to_be_visible()
    _checked(desk)
    desk.goto("/tracing/month/")
    expect(desk.get_by_role("link", name=NAME)).to_be_visible()
    _checked(desk)
    _open(desk, "lost")
    desk.get_by_role("heading", name="得到消息，结束查找").click()
    desk.get_by_role("radio", name="得到确切消息").check(force=True)
    desk.get_by_label("依据").last.fill("哥哥来电，人已回家")
    desk.get_by_role("button", name="结束查找").click()
    expect(desk.get_by_text("查找已结束").first).to_be_visible()

    _open(phone, "found")
    expect(phone.get_by_text("哥哥来电，人已回家").first).to_be_visible()
