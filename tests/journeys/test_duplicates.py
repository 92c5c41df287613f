"""Two files of one person: warned of while typing, found in bulk, looked at side by side, merged, and taken apart again."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, Enter, Site, axe, no_sideways_scroll

pytestmark = pytest.mark.browser


def _checked(page: Page, name: str = "") -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert axe(page) == []
    assert no_sideways_scroll(page)
    if folder := os.environ.get("XINQIAO_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_merge_and_undo(enter_fresh: Enter, fresh_site: Site) -> None:
    second = fresh_site.run("tests.journeys.seed_duplicates").strip().splitlines()[-1]

    page = enter_fresh("township")
    page.goto("/people/new/")
    page.get_by_role("button", name="直接填写档案").click()
    page.locator("#f-name").fill("陈小光")
    page.locator("#f-birth_on").fill("1985-07-08")
    page.locator("#f-birth_on").blur()
    warning = page.locator("#alike .notice")
    expect(warning).to_contain_text("可能是同一个人")
    expect(warning).to_contain_text("陈晓光")
    expect(warning).to_contain_text("姓名同音")
    _checked(page, "typing")

    page = enter_fresh("county")
    page.goto("/duplicates/")
    _checked(page, "empty")
    page.get_by_role("button", name="查找全县").click()
    row = page.locator("tbody tr").filter(has_text="陈晓光").filter(has_text="陈晓广")
    expect(row).to_be_visible(timeout=90_000)
    _checked(page, "list")
    row.get_by_role("link", name="并排核对").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("并排核对")
    _checked(page, "pair")
    page.get_by_role("button", name="是同一人，合并").click()
    expect(page.get_by_text("合并要写明依据").first).to_be_visible()
    page.get_by_label("合并依据").fill("入户见到本人")
    page.get_by_role("button", name="是同一人，合并").click()
    expect(page.get_by_text("两份档案已合并").first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("陈晓光")
    stayed = page.url
    page.get_by_role("link", name="看合并台账").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("合并台账")
    ledger = page.url
    _checked(page, "ledger")
    page.goto(f"/people/{second}/")
    assert page.url.split("?")[0] == stayed.split("?")[0]

    page.goto(ledger)
    page.get_by_label("撤销依据").fill("两人同时到场")
    page.get_by_role("button", name="撤销合并").click()
    expect(page.get_by_text("已撤销合并").first).to_be_visible()
    _checked(page, "undone")
    page.goto(f"/people/{second}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("陈晓广")

    phone = enter_fresh("county", PHONE)
    phone.goto("/duplicates/")
    _checked(phone, "phone-list")
    phone.get_by_role("link", name="并排核对").first.click()
    expect(phone).to_have_url(re.compile(r"/duplicates/[0-9a-f-]{36}/$"))
    _checked(phone, "phone-pair")
