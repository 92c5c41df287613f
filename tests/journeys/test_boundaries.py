"""A township is split: planned, rehearsed, carried out; the new township's worker has the people, the old one's no longer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert no_sideways_scroll(page)


def test_a_township_is_split_and_everybody_sees_their_own(enter_fresh: Enter) -> None:
    page = enter_fresh("system")
    page.goto("/boundaries/")
    _checked(page)
    page.get_by_role("link", name="拟定调整").first.click()
    _checked(page)
    page.get_by_role("link", name="乡镇拆分").click()
    page.get_by_label("哪一个").select_option(label="北桥镇")
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("新乡镇的名称").fill("石磨镇")
    page.get_by_role("checkbox", name="石磨村", exact=True).check()
    page.get_by_label("新设卫生院的名称").fill("石磨镇卫生院")
    page.get_by_label("演示township_2").select_option(label="去新乡镇")
    page.get_by_label("施行日期").fill("2026-11-20")
    page.get_by_label("文号或依据").fill("民发〔2026〕1号")
    _checked(page)
    page.get_by_role("button", name="下一步：核对人数").click()
    expect(page.get_by_text("涉及 1 个村（社区）、2 人")).to_be_visible()
    _checked(page)
    page.get_by_role("button", name="施行", exact=True).click()
    expect(page.get_by_text("已有 2 人随村转到新区划")).to_be_visible()
    _checked(page)

    page = enter_fresh("township_2")
    page.goto("/people/")
    expect(page.get_by_role("link", name="孙明月").first).to_be_visible()
    expect(page.get_by_role("link", name="陈安宁")).to_have_count(0)
    page = enter_fresh("township")
    page.goto("/people/")
    expect(page.get_by_role("link", name="陈安宁").first).to_be_visible()
    expect(page.get_by_role("link", name="孙明月")).to_have_count(0)

    page = enter_fresh("county")
    page.goto("/figures/balance/")
    expect(page.get_by_text("各行平衡")).to_be_visible()
    expect(page.get_by_role("row", name="石磨镇")).to_be_visible()
    _checked(page)
    page.goto("/figures/?on=2026-11-19")
    page.get_by_role("link", name="按现在的区划").click()
    expect(page.get_by_text("地方换算成现在的区划")).to_be_visible()
    _checked(page)


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_the_pages_can_be_read_at_each_width(enter: Enter, width: dict[str, int]) -> None:
    for account, paths in {
        "system": ("/boundaries/", "/boundaries/new/", "/boundaries/new/?kind=split&subject=990101100000"),
        "county": ("/boundaries/waiting/", "/figures/balance/", "/figures/balance/?month=2026-11"),
        "village": ("/figures/balance/",),
    }.items():
        page = enter(account, width)
        for path in paths:
            page.goto(path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            _checked(page)
