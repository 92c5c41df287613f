"""Finding people: a clue on the phone, the township's judgement, the hospital's answer, the file; a sweep and a round."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESK, PHONE, TODAY, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser


def _checked(page: Page, name: str) -> None:
    if folder := os.environ.get("XINQIAO_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    assert axe(page) == []
    assert no_sideways_scroll(page)


def _answer(page: Page, yes: str) -> None:
    for n in range(1, 10):
        page.locator(f"input[name=q{n}][value='{int(str(n) in yes)}']").check(force=True)


def test_from_a_clue_to_a_file(enter: Enter) -> None:
    page = enter("village", PHONE)
    page.goto("/clues/new/")
    _answer(page, "35")
    page.get_by_label("姓名", exact=True).fill("安望舒")
    page.get_by_role("radio", name="男", exact=True).check(force=True)
    page.get_by_label("年龄").fill("34")
    page.get_by_label("线索来源").select_option(label="群众反映")
    page.get_by_label("监护人或家属", exact=True).fill("安守成")
    page.get_by_label("监护人或家属电话").fill("13900000003")
    _checked(page, "new-360")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("今天就联系").first).to_be_visible()
    _checked(page, "clue-danger-360")
    address = page.url

    page = enter("township", DESK)
    page.goto("/clues/")
    expect(page.get_by_text("有伤害危险，尚未就诊").first).to_be_visible()
    _checked(page, "list-1280")
    page.goto(address)
    page.get_by_role("radio", name="六类疾病可能，须复核诊断").check(force=True)
    page.get_by_role("button", name="保存初筛结论").click()
    expect(page.get_by_text("初筛结论已登记").first).to_be_visible()
    _checked(page, "clue-1280")
    page.get_by_role("link", name="提请复核诊断").click()
    page.get_by_label("医院", exact=False).first.select_option(label="双桥县安康医院")
    _checked(page, "send-1280")
    page.get_by_role("button", name="提请复核").click()
    expect(page.get_by_text("已提请复核").first).to_be_visible()

    page = enter("hospital", DESK)
    page.goto("/clues/reviews/")
    _checked(page, "queue-1280")
    page.get_by_role("link", name="安望舒").click()
    page.get_by_role("radio", name="确诊为六类严重精神障碍").check(force=True)
    page.get_by_label("诊断编码（ICD-10）").fill("F20.9")
    page.get_by_role("radio", name="建档", exact=True).check(force=True)
    _checked(page, "review-1280")
    page.get_by_role("button", name="提交结论").click()
    expect(page.get_by_text("结论已提交").first).to_be_visible()

    page = enter("township", DESK)
    page.goto(address)
    _checked(page, "clue-confirmed-1280")
    page.get_by_role("link", name="建档", exact=True).click()
    expect(page.locator("#f-name")).to_have_value("安望舒")
    _checked(page, "file-1280")


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_sweeps_and_rounds(enter: Enter, width: dict[str, int]) -> None:
    name = str(width["width"])
    page = enter("township", width)
    page.goto("/clues/sweeps/")
    if (start := page.get_by_role("button", name="开展")).count():
        start.click()
        expect(page.get_by_text("摸排已开展").first).to_be_visible()
    else:
        page.locator("tbody a").first.click()
    _checked(page, f"sweep-{name}")
    page.get_by_role("link", name="登记完成").first.click()
    page.get_by_label("走访户数").fill("120")
    page.get_by_label("询问人数").fill("310")
    _checked(page, f"village-{name}")
    page.get_by_role("button", name="登记完成").click()
    expect(page.get_by_text("本村摸排已登记完成").first).to_be_visible()
    page.goto("/clues/sweeps/")
    _checked(page, f"sweeps-{name}")
    page.goto("/clues/rounds/new/")
    page.get_by_label("日期").fill(TODAY)
    page.get_by_label("医院").fill("双桥县安康医院")
    page.get_by_label("医师").fill("沈医师")
    page.get_by_role("button", name="安排，接着选人").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("选人")
    _checked(page, f"round-add-{name}")
    for box in page.locator("input[name=person]").all()[:2]:
        box.check()
    page.get_by_role("button", name="列入名单").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("会诊名单")
    _checked(page, f"round-{name}")
    page.goto("/clues/rounds/")
    _checked(page, f"rounds-{name}")
