"""A refusal, the limited path, agreeing later; a withdrawal with its consequences first; a death corrected by two people."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser
#: Where to keep pictures of the pages for somebody to look at; none by default.
PICTURES = os.environ.get("XINQIAO_PICTURES", "")


def _checked(page: Page, name: str = "") -> None:
    if PICTURES and name:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    assert axe(page) == []
    assert no_sideways_scroll(page)


def _person(page: Page, name: str) -> str:
    page.goto("/people/")
    page.get_by_role("link", name=name).first.click()
    return re.findall(r"/people/([0-9a-f-]{36})", page.url)[0]


def test_a_refusal_leads_to_the_limited_path_and_a_later_yes_back(enter_fresh: Enter) -> None:
    _refuses(enter_fresh("township", DESK), "陈晓光", "desk")
    _refuses(enter_fresh("township", PHONE), "孙明月", "phone")


def _refuses(page: Page, name: str, size: str) -> None:
    person = _person(page, name)
    page.goto(f"/people/{person}/?tab=consent")
    expect(page.get_by_text("已同意，提供全部服务")).to_be_visible()
    _checked(page, f"agreed-{size}")
    page.get_by_role("link", name="征询并记录答复").click()
    expect(page.get_by_text("参加不参加由您自己决定")).to_be_visible()
    page.get_by_role("radio", name="不同意参加管理").check(force=True)
    page.get_by_role("radio", name="本人", exact=True).check(force=True)
    page.get_by_label("签字日期").fill("2026-11-18")
    _checked(page, f"answer-{size}")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("有限服务").first).to_be_visible()
    expect(page.get_by_text("随时可以再同意").first).to_be_visible()
    expect(page.get_by_text("告知帮扶小组（建议）")).to_be_visible()
    _checked(page, f"limited-{size}")
    page.get_by_role("link", name="告知帮扶小组").last.click()
    page.get_by_label("告知了谁").fill("村委会")
    _checked(page, f"report-{size}")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("告知村委会，请协助劝说")).to_be_visible()
    expect(page.get_by_text("告知帮扶小组（建议）")).to_have_count(0)
    page.get_by_role("link", name="征询并记录答复").click()
    page.get_by_role("radio", name="同意参加管理", exact=True).check(force=True)
    page.get_by_role("radio", name="本人", exact=True).check(force=True)
    page.get_by_label("签字日期").fill("2026-11-20")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已同意，提供全部服务")).to_be_visible()
    _checked(page)


def test_a_withdrawal_shows_first_what_will_follow(enter_fresh: Enter) -> None:
    _withdraws(enter_fresh("township", DESK), "陈安宁", "desk")
    _withdraws(enter_fresh("township", PHONE), "赵思远", "phone")


def _withdraws(page: Page, name: str, size: str) -> None:
    person = _person(page, name)
    page.goto(f"/people/{person}/?tab=consent")
    page.get_by_role("link", name="登记撤回").click()
    page.get_by_label("从哪天起撤回").fill("2026-11-19")
    _checked(page, f"withdraw-{size}")
    page.get_by_role("button", name="看会有什么变化").click()
    expect(page.get_by_text("不再计入在管，仍计入在册")).to_be_visible()
    _checked(page, f"rehearsal-{size}")
    page.get_by_role("button", name="确认撤回").click()
    expect(page.get_by_text("起撤回同意")).to_be_visible()
    _checked(page, f"withdrawn-{size}")


def test_a_death_is_corrected_by_two_people(enter_fresh: Enter) -> None:
    page = enter_fresh("township", PHONE)
    person = _person(page, "周和平")
    page.goto(f"/people/{person}/event/")
    page.get_by_role("radio", name="死亡", exact=True).check(force=True)
    page.get_by_label("发生日期").fill("2026-11-10")
    page.get_by_role("radio", name="躯体疾病").check(force=True)
    page.get_by_role("button", name="保存").click()
    page.goto(f"/people/{person}/?tab=state")
    _checked(page, "state-phone")
    page.get_by_role("link", name="提出更正").click()
    page.get_by_label("原因和依据").fill("同名的另一人去世，经核实本人在世")
    _checked(page, "request-phone")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("更正待核准").first).to_be_visible()

    desk = enter_fresh("county", DESK)
    desk.goto("/people/corrections/")
    expect(desk.get_by_text("1 件待核准")).to_be_visible()
    _checked(desk, "queue-desk")
    desk.get_by_role("link", name="核对 周和平").click()
    _checked(desk, "correction-desk")
    desk.get_by_role("button", name="核准", exact=True).click()
    expect(desk.get_by_text("已核准，档案已更正").first).to_be_visible()
    desk.get_by_label("看哪一天").fill("2026-11-12")
    desk.get_by_role("button", name="查看", exact=True).click()
    expect(desk.get_by_text("在 2026-11-12：在册")).to_be_visible()
    _checked(desk, "state-desk")
