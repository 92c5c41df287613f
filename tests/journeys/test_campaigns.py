"""Care visits before a holiday: begun at the desk, done on a phone, ended with a report."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert no_sideways_scroll(page)


def test_care_visits_from_the_list_to_the_report(enter_fresh: Enter) -> None:
    desk = enter_fresh("township", DESK)
    desk.goto("/campaigns/new/?kind=care")
    _checked(desk)
    desk.get_by_label("名称").fill("节前关爱走访")
    desk.get_by_role("button", name="下一步：看名单").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("节前关爱走访")
    _checked(desk)
    desk.get_by_role("button", name="开始行动").click()
    expect(desk.get_by_text("行动已开始").first).to_be_visible()
    _checked(desk)
    here = re.findall(r"/campaigns/[0-9a-f-]{36}/", desk.url)[0]

    phone = enter_fresh("village", PHONE)
    phone.goto("/campaigns/")
    _checked(phone)
    phone.get_by_role("link", name="节前关爱走访").click()
    _checked(phone)
    phone.get_by_role("link", name="登记", exact=True).first.click()
    _checked(phone)
    for answer in ("不够", "有人", "打得通"):
        phone.get_by_role("radio", name=answer, exact=True).check(force=True)
    phone.get_by_label("说明").fill("药剩三天，明天送")
    phone.get_by_role("button", name="登记", exact=True).click()
    expect(phone.get_by_text("药够吃到节后吗：不够")).to_be_visible()
    phone.get_by_role("link", name="登记", exact=True).first.click()
    phone.get_by_role("heading", name="没见到，或没办成").click()
    phone.get_by_role("radio", name="外出", exact=True).check(force=True)
    phone.get_by_role("button", name="登记未见到").click()
    expect(phone.get_by_text("已登记：未见到").first).to_be_visible()
    _checked(phone)

    desk.goto(here)
    desk.get_by_role("heading", name="结束行动").click()
    desk.get_by_label("小结").fill("药送到了，其余下月补走")
    desk.get_by_role("button", name="结束行动").click()
    expect(desk.get_by_text("药送到了，其余下月补走").first).to_be_visible()
    expect(desk.get_by_text("药剩三天，明天送").first).to_be_visible()
    _checked(desk)
    phone.goto(here + "report/")
    _checked(phone)
