"""From an empty database to a county that can begin: the code, the county, institutions, residents, accounts, the list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import DESK, PHONE, Site, axe, no_sideways_scroll, serve

pytestmark = pytest.mark.browser


@pytest.fixture
def empty_site(database_template: str, tmp_path: Path) -> Iterator[Site]:
    yield from serve(database_template, "empty", tmp_path, seed="tests.journeys.seed_nothing")


def _calm(page: Page) -> None:
    assert no_sideways_scroll(page), page.url
    assert axe(page) == [], page.url


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_a_county_is_set_up_from_nothing(
    browser: Browser, empty_site: Site, width: dict[str, int], tmp_path: Path
) -> None:
    context = browser.new_context(base_url=empty_site.address, viewport=width, locale="zh-CN")  # type: ignore[arg-type]
    context.set_default_timeout(60_000)  # loading a county reads 600,000 names
    page = context.new_page()

    def look(name: str) -> None:
        _calm(page)
        page.screenshot(path=tmp_path / f"{name}-{width['width']}.png", full_page=True)

    page.goto("/")
    expect(page.get_by_role("heading", name="第一次使用")).to_be_visible()
    look("code")
    page.get_by_label("开通码").fill("AAAA-BBBB")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("alert")).to_contain_text("开通码不对或已失效")
    page.get_by_label("开通码").fill(empty_site.said.strip())
    page.keyboard.press("Enter")
    page.get_by_role("link", name="宁夏回族自治区").click()
    page.get_by_role("link", name="银川市").click()
    look("choose")
    page.get_by_role("link", name="贺兰县").click()
    page.get_by_label("姓名").fill("周明")
    page.get_by_label("账号").fill("helan-guanli")
    page.get_by_label("密码", exact=False).first.fill("short")
    page.get_by_label("再输入一次密码").fill("other")
    page.get_by_role("button", name="开通").click()
    expect(page.get_by_role("alert")).to_contain_text("两次输入的密码不一致")
    look("account")
    page.locator("#f-password").fill("linzhong-de-lu-9")
    page.locator("#f-again").fill("linzhong-de-lu-9")
    page.get_by_role("button", name="开通").click()
    expect(page.get_by_role("heading", name="开通清单 · 贺兰县")).to_be_visible()
    look("steps")

    page.goto("/setup/divisions/")
    look("divisions")
    page.locator("tbody th a").first.click()
    page.get_by_text("新增村（社区）").click()
    page.get_by_label("名称").fill("新柳社区")
    page.get_by_role("button", name="新增").click()
    expect(page.get_by_role("rowheader", name="新柳社区")).to_be_visible()
    page.get_by_role("link", name="更正 新柳社区").click()
    look("division")
    page.get_by_label("名称").fill("新柳苑社区")
    page.get_by_role("button", name="更名").click()
    expect(page.get_by_role("rowheader", name="新柳苑社区")).to_be_visible()

    page.goto("/setup/institutions/")
    look("institutions")
    page.get_by_role("button", name="新增这些机构").click()
    expect(page.get_by_text(re.compile(r"新增机构 \d+ 个"))).to_be_visible()
    page.locator(".opening-small").get_by_role("link").first.click()
    look("clinics")
    page.get_by_role("button", name="新增这些机构").click()
    expect(page.locator(".opening-small")).to_be_visible()

    page.goto("/setup/population/")
    page.locator("input[name^=people-]").first.fill("很多")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("“很多”不是人数")
    page.get_by_label("来源").fill("县统计局 2025 年统计公报")
    fields = page.locator("input[name^=people-]")
    for number in range(fields.count()):
        fields.nth(number).fill("341,500" if number == 0 else "20000")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("个地方的常住人口")).to_be_visible()
    look("population")

    page.goto("/setup/accounts/")
    page.get_by_role("button", name="开通并显示首次登录单").click()
    expect(page.get_by_role("alert")).to_contain_text("还没有填写任何人的姓名")
    names = page.locator("input[name^=name-]")
    for number in range(names.count()):
        names.nth(number).fill(f"同事{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{'一二三'[number // 10]}")
    look("accounts")
    count = names.count()
    page.get_by_role("button", name="开通并显示首次登录单").click()
    expect(page.locator(".opening-slip")).to_have_count(count)
    look("slips")
    word = page.locator(".first-password b").first.inner_text()
    username = page.locator(".opening-slip").first.locator("dd").nth(4).inner_text()

    page.goto("/setup/steps/")
    assert page.locator(".opening-list > li.done").count() == 4
    look("steps-later")

    page.goto("/setup/import/")
    look("import")

    # The first account of the county office signs in with its slip and must set a password of its own.
    context.clear_cookies()
    page.goto("/setup/")
    expect(page.get_by_role("heading", name=re.compile("没有找到|不存在|找不到"))).to_be_visible()
    page.goto("/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(word)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="修改密码")).to_be_visible()
    context.close()
