"""What runs out when: the inbox of each role, one clock from it, the figures; at the desk and on a phone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESK, PHONE, Enter, Site, axe, no_sideways_scroll

pytestmark = pytest.mark.browser

READ = {
    "village": ("/inbox/",),
    "township": ("/", "/inbox/", "/inbox/?whose=mine", "/inbox/?section=overdue", "/inbox/timeliness/"),
    "county": ("/", "/inbox/", "/inbox/?whose=all", "/inbox/timeliness/?from=2020-01-01"),
    "hospital": ("/inbox/",),
    "city": ("/inbox/timeliness/",),
}


def _checked(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert axe(page) == []
    assert no_sideways_scroll(page)
    if folder := os.environ.get("XINQIAO_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_what_runs_out_is_read_and_opened_by_every_role(enter_fresh: Enter, fresh_site: Site) -> None:
    fresh_site.run("tests.journeys.seed_clocks")
    for width, word in ((DESK, "desk"), (PHONE, "phone")):
        for account, paths in READ.items():
            page = enter_fresh(account, width)
            for number, path in enumerate(paths):
                page.goto(path)
                _checked(page, f"{word}-{account}-{number}")

        page = enter_fresh("township", width)
        # A clue that nobody judged, and what two files of this year owe since they were opened.
        page.get_by_role("link", name="办理时限已逾期 4").click()
        expect(page.locator("tr[data-row]")).to_have_count(4)
        row = page.locator("tr[data-row]").filter(has_text="卢望秋")
        expect(row).to_contain_text("已逾期")
        expect(row).to_contain_text("已报县精防办")
        row.get_by_role("link", name="经过").click()
        expect(page.get_by_role("heading", name="提醒和逐级报告")).to_be_visible()
        expect(page.get_by_text("起算")).to_be_visible()
        _checked(page, f"{word}-clock")

        page = enter_fresh("county", width)
        page.goto("/inbox/?whose=all")
        expect(page.locator("tr[data-row]")).to_have_count(7)
        page.goto("/inbox/")
        expect(page.locator("tr[data-row]")).to_have_count(5)
