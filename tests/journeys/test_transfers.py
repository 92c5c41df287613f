"""Handing people over: accepted, returned, crossing counties; at the desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert no_sideways_scroll(page)


def _send(page: Page, name: str, to: str, address: str) -> str:
    """Begin it on the person's page; returns the address of the slip."""
    page.goto("/people/?q=")
    page.get_by_role("link", name=name).first.click()
    page.get_by_role("link", name="流转", exact=True).last.click()
    page.get_by_role("link", name="发起流转").click()
    _checked(page)
    page.get_by_role("radio", name="迁居").check(force=True)
    page.get_by_label("迁往").select_option(value=to)
    page.get_by_label("新住址").fill(address)
    page.get_by_role("button", name="发出").click()
    expect(page.get_by_text("流转单已发出")).to_be_visible()
    _checked(page)
    return page.url


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_the_lists_open_at_both_widths(enter: Enter, width: dict[str, int]) -> None:
    page = enter("township", width)
    for path in ("/transfers/", "/transfers/?box=out", "/transfers/?box=closed", "/transfers/listings/"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        _checked(page)


def test_accepted_returned_and_across_the_county(enter_fresh: Enter) -> None:
    page = enter_fresh("township")
    slip = _send(page, "陈安宁", "990101101000", "渡口村后街")
    other = _send(page, "周和平", "990101101000", "渡口村")
    far = _send(page, "孙明月", "990102000000", "东岸镇")

    # The other township on a phone: a preview, not a file.
    page = enter_fresh("other_township", PHONE)
    page.goto("/transfers/")
    expect(page.get_by_text("陈安宁")).to_be_visible()
    _checked(page)
    page.goto(slip)
    expect(page.get_by_text("监护人电话")).to_be_visible()
    expect(page.get_by_text("时间线")).to_have_count(0)
    _checked(page)
    page.get_by_label("由哪个村接收").select_option(value="990101101201")
    page.get_by_role("button", name="接收", exact=True).click()
    expect(page.get_by_text("已接收，档案和责任已转到本机构")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("陈安宁")
    page.goto(other)
    page.get_by_text("查无此人、地址有误等").click()
    page.get_by_role("radio", name="查无此人").check(force=True)
    page.get_by_role("button", name="退回", exact=True).click()
    expect(page.get_by_text("已退回，由原机构继续管理")).to_be_visible()

    # Across the county: its office accepts.
    page = enter_fresh("other_county")
    page.goto(far)
    _checked(page)
    page.get_by_label("由哪个村接收").select_option(index=1)
    page.get_by_label("责任人").select_option(index=1)
    page.get_by_role("button", name="接收", exact=True).click()
    expect(page.get_by_text("已接收，档案和责任已转到本机构")).to_be_visible()

    # What the origin keeps.
    page = enter_fresh("township")
    page.goto(slip)
    expect(page.get_by_text("对方已接收")).to_be_visible()
    page.goto(other)
    expect(page.get_by_text("对方退回：查无此人")).to_be_visible()
    _checked(page)
