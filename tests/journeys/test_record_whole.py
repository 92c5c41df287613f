"""The record whole: somebody is found by initials, a paper is photographed and kept, the log says who looked, and a question
that was handed in is answered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from xinqiao.registry.tests.scans import jpeg, pdf

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("account", "width"), [("township", DESK), ("village", PHONE)], ids=["desk", "phone"]
)
def test_found_by_initials_a_paper_is_kept_and_the_log_says_who_looked(
    enter: Enter, account: str, width: dict[str, int], tmp_path: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg((800, 1100), located=True))
    (tmp_path / "b.jpg").write_bytes(pdf(trick="script"))
    page = enter(account, width)
    page.goto("/people/search/")
    page.locator("#find-q").fill("hjb")
    page.keyboard.press("Enter")
    expect(page.get_by_text("找到 1 人")).to_be_visible()
    expect(page.locator("mark").locator("visible=true").first).to_be_visible()
    assert axe(page) == []
    assert no_sideways_scroll(page)
    page.get_by_role("link", name="黄静波").locator("visible=true").first.click()
    page.get_by_role("link", name="文书", exact=True).click()
    page.get_by_role("link", name="添加文书").locator("visible=true").first.click()
    assert axe(page) == []
    assert no_sideways_scroll(page)
    page.get_by_label("类别").select_option(label="知情同意书")
    page.get_by_label("文书日期").fill("2026-11-20")
    page.locator("#f-file").set_input_files(tmp_path / "b.jpg")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("带有脚本").first).to_be_visible()
    page.locator("#f-file").set_input_files(tmp_path / "a.jpg")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".scan img").first).to_be_visible()
    assert axe(page) == []
    assert no_sideways_scroll(page)
    opened = page.request.get(page.locator(".scan-picture").first.get_attribute("href") or "")
    assert opened.headers["content-type"] == "image/jpeg"
    assert b"SECRETCAM" not in opened.body()
    page.get_by_role("link", name="查阅记录", exact=True).click()
    expect(page.get_by_role("cell", name="打开文书").first).to_be_visible()
    assert axe(page) == []
    assert no_sideways_scroll(page)


def test_the_first_person_found_opens_with_enter(enter: Enter) -> None:
    page = enter("township")
    page.goto("/people/search/")
    page.locator("#find-q").fill("chenxiao")
    page.keyboard.press("Enter")
    expect(page.get_by_text("找到 1 人")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("陈晓光")


def test_what_a_village_doctor_asks_is_answered_by_the_township(enter: Enter) -> None:
    doctor = enter("village", PHONE)
    doctor.goto("/people/new/")
    doctor.get_by_label(re.compile("身份证号")).first.fill("11010519491231002X")
    doctor.get_by_role("button", name="查一查").click()
    expect(doctor.get_by_text("已提交核对").first).to_be_visible()
    assert axe(doctor) == []
    township = enter("township")
    township.goto("/people/inquiries/")
    assert axe(township) == []
    township.locator(".card a").first.click()
    township.get_by_role("button", name="查一查").click()
    expect(township.get_by_text("没有查到已有档案")).to_be_visible()
    assert axe(township) == []
    township.get_by_role("button", name="答复").click()
    expect(township.get_by_text("已答复").first).to_be_visible()
    doctor.goto("/people/new/")
    expect(doctor.get_by_text("没有建档").first).to_be_visible()
    doctor.get_by_role("button", name="知道了").click()
    assert doctor.get_by_text("我提交的核对").count() == 0
