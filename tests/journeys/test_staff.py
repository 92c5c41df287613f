"""The people who work here: opening an account, handing over, standing in, signing the quarter; at the desk and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert no_sideways_scroll(page)


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_every_role_reads_its_own_pages(enter: Enter, width: dict[str, int]) -> None:
    for account, paths in {
        "village": ("/roles/", "/staff/hand-over/", "/staff/leave/", "/staff/work/"),
        "township": ("/staff/hand-over/new/", "/staff/leave/new/", "/staff/work/"),
        "county": ("/accounts/", "/accounts/new/"),
        "system": ("/accounts/", "/institutions/", "/institutions/open/", "/divisions/"),
        "auditor": ("/trail/", "/trail/?kind=looks"),
    }.items():
        page = enter(account, width)
        for path in paths:
            page.goto(path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            _checked(page)


def test_the_county_opens_an_account_and_the_township_hands_its_villages_over(enter_fresh: Enter) -> None:
    page = enter_fresh("county")
    page.goto("/accounts/new/")
    page.get_by_role("radio", name="村医", exact=True).check()
    page.get_by_label("地方").select_option(label="北桥镇")
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("账号").fill("beiqiao-qian")
    page.get_by_label("姓名").fill("钱新")
    page.get_by_role("checkbox", name="石磨村", exact=True).check()
    page.get_by_role("button", name="开通并打印首次登录单").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("首次登录单")
    assert re.fullmatch(r"\w{12}", page.locator(".first-password b").inner_text())
    _checked(page)

    page = enter_fresh("township")
    page.goto("/staff/hand-over/new/")
    leaving = page.get_by_role("option").filter(has_text=re.compile("^演示village（")).inner_text()
    page.get_by_label("移交人").select_option(label=leaving)
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("起草交接单")
    _checked(page)
    for box in page.locator("select[name^='to-']").all():
        box.select_option(index=1)
    page.get_by_role("button", name="起草").click()
    expect(page.get_by_role("link", name="打印交接单")).to_be_visible()
    _checked(page)
    notes = page.get_by_label("本人不在时代为确认，写明原因")
    for left in range(notes.count(), 0, -1):
        notes.first.fill("电话确认")
        page.get_by_role("button", name="代为确认").first.click()
        expect(notes).to_have_count(left - 1)
    page.get_by_role("button", name="完成交接").click()
    expect(page.get_by_text("交接完成").first).to_be_visible()
    _checked(page)
