"""The story that must work, tried in a real browser at the desk and on a phone."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.factories.records import person_record, visit_record
from xinqiao.synth.cells import PEOPLE_SHEET, VISITS_SHEET, Column, people_columns, row_of, visit_columns

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser


def _calm_visit(page: Page) -> None:
    """Answer the whole form as for somebody who is well."""
    for question, answer in (
        ("本次随访形式", "家庭访视"),
        ("危险性评估", "0"),
        ("自知力", "自知力完全"),
        ("睡眠情况", "良好"),
        ("饮食情况", "良好"),
        ("个人生活料理", "良好"),
        ("家务劳动", "良好"),
        ("生产劳动及工作", "一般"),
        ("学习能力", "一般"),
        ("社会人际交往", "良好"),
        ("危险行为", "无"),
        ("两次随访期间关锁情况", "无关锁"),
        ("两次随访期间住院情况", "未住院"),
        ("用药依从性", "医嘱勿需用药"),
        ("药物不良反应", "无"),
        ("实验室检查", "无"),
        ("躯体疾病", "无"),
        ("治疗效果", "好转"),
        ("是否建议转诊", "否"),
        ("是否转诊", "否"),
    ):
        group = page.get_by_role("group", name=re.compile(rf"^{question}"))
        group.get_by_role("radio", name=answer, exact=True).check()
    page.get_by_role("group", name=re.compile("^本次随访对象")).get_by_role(
        "checkbox", name="患者本人"
    ).check()
    page.get_by_role("group", name=re.compile("^目前症状")).get_by_role("checkbox", name="无明显症状").check()


def _people_listed(page: Page) -> int:
    """How many people today's list counts."""
    words = page.locator("main").inner_text()
    found = re.search(r"应访 (\d+) 人", words)
    assert found, words[:300]
    return int(found[1])


def _checked(page: Page) -> None:
    """What must hold on every page of the story."""
    assert axe(page) == []
    assert no_sideways_scroll(page)


@pytest.mark.parametrize(
    ("account", "name", "width"),
    [("township", "陈安宁", DESK), ("village", "陈晓光", PHONE)],
    ids=["desk", "phone"],
)
def test_a_worker_records_a_visit_and_the_list_is_one_shorter(
    enter: Enter, account: str, name: str, width: dict[str, int]
) -> None:
    page = enter(account, width)
    expect(page.get_by_role("heading", level=1)).to_contain_text("今日应访")
    _checked(page)
    before = _people_listed(page)
    page.get_by_text(name, exact=True).locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    _checked(page)
    page.get_by_role("link", name="记录随访").locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("记录随访")
    _checked(page)
    _calm_visit(page)
    live = page.locator(".aside").first
    expect(live).to_contain_text("稳定")
    expect(live).to_contain_text("2027-02-21")
    _checked(page)
    page.get_by_role("button", name="保存随访").locator("visible=true").first.click()
    expect(page.get_by_text("随访已保存").first).to_be_visible()
    page.goto("/followup/today/")
    assert page.get_by_text(name, exact=True).count() == 0
    assert _people_listed(page) == before - 1


def test_a_visit_is_recorded_by_keyboard_alone(enter: Enter) -> None:
    page = enter("township")
    # The first is somebody whose level of 3 may not be lowered alone; the second is calm.
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("v")
    expect(page.get_by_role("heading", level=1)).to_contain_text("记录随访")
    answers = {
        "form": "2",
        "ending": "1",
        "risk": "0",
        "insight": "1",
        "sleep": "1",
        "diet": "1",
        "soc_selfcare": "1",
        "soc_housework": "1",
        "soc_work": "1",
        "soc_study": "1",
        "soc_interpersonal": "1",
        "danger_any": "0",
        "locked": "1",
        "hospital": "0",
        "adherence": "4",
        "adr": "1",
        "lab": "1",
        "physical_severity": "0",
        "effect": "2",
        "refer_suggest": "1",
        "referred": "1",
    }
    ticks = {("targets", "1"), ("symptoms", "0")}
    done: set[str] = set()
    for _ in range(140):
        page.keyboard.press("Tab")
        name, kind, value, text = page.evaluate(
            "(e => [e.name || '', e.type || '', e.value || '', (e.innerText || '').trim()])(document.activeElement)"
        )
        if kind == "radio" and name in answers and name not in done:
            done.add(name)
            page.keyboard.press("Space")
            for _ in range(8):
                now = page.evaluate(
                    "document.querySelector(`input[name='${document.activeElement.name}']:checked`)?.value"
                )
                if now == answers[name]:
                    break
                page.keyboard.press("ArrowRight")
        elif kind == "checkbox" and (name, value) in ticks:
            page.keyboard.press("Space")
        elif text.startswith("保存随访"):
            page.keyboard.press("Enter")
            break
    assert done == set(answers)
    expect(page.get_by_text("随访已保存").first).to_be_visible()


def test_what_is_missing_is_said_at_the_field_and_nothing_typed_is_lost(enter: Enter) -> None:
    page = enter("township")
    page.get_by_text("吴念恩", exact=True).locator("visible=true").first.click()
    page.get_by_role("link", name="记录随访").locator("visible=true").first.click()
    live = page.locator(".aside").first
    expect(live).not_to_contain_text("不稳定")
    page.get_by_role("group", name=re.compile("^危险性评估")).get_by_role(
        "radio", name="4", exact=True
    ).check()
    expect(live).to_contain_text("不稳定")  # certain already, whatever the other answers will be
    page.evaluate("document.querySelectorAll('form').forEach(f => f.noValidate = true)")
    page.get_by_label("备注").fill("家属在外地")
    page.get_by_role("button", name="保存随访").locator("visible=true").first.click()
    summary = page.get_by_role("alert").first
    expect(summary).to_contain_text("自知力")
    expect(page.get_by_label("备注")).to_have_value("家属在外地")
    _checked(page)


def test_a_village_doctor_sees_only_the_own_village(enter: Enter) -> None:
    page = enter("village", PHONE)
    words = page.locator("main").inner_text()
    assert "黄静波" in words
    assert "孙明月" not in words
    page.goto("/people/")
    assert "孙明月" not in page.locator("main").inner_text()
    _checked(page)


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_the_county_opens_figures_and_the_people_behind_one(
    enter_fresh: Enter, width: dict[str, int]
) -> None:
    page = enter_fresh("county", width)
    page.goto("/figures/?on=2026-11-21")
    expect(page.get_by_role("heading", level=1)).to_contain_text("双桥县")
    expect(page.locator("main")).to_contain_text("在册 9 人")
    _checked(page)
    page.goto("/figures/?on=2025-12-31")
    expect(page.locator("main")).to_contain_text("截至")
    page.goto("/figures/people/?figure=registered&place=990101100000&on=2026-11-21&part=numerator")
    expect(page.locator("main")).to_contain_text("陈安宁")
    expect(page.locator("main")).not_to_contain_text("钱家宝")
    _checked(page)


def test_another_township_gets_not_found_for_everything_here(enter: Enter) -> None:
    page = enter("township")
    page.goto("/people/")
    own = page.get_by_role("link", name="陈安宁").locator("visible=true").first.get_attribute("href") or ""
    person = own.split("/people/")[1].strip("/")
    stranger = enter("other_township")
    for address in (
        f"/people/{person}/",
        f"/followup/record/{person}/",
        f"/followup/today/{person}/",
        f"/followup/attempt/{person}/",
        "/figures/?place=990101100000",
        "/figures/people/?figure=registered&place=990101100000&part=numerator",
    ):
        response = stranger.goto(address)
        assert response, address
        assert response.status == 404, address
        assert "陈安宁" not in stranger.content(), address
    for address in ("/people/", "/followup/today/", "/figures/"):
        stranger.goto(address)
        assert "陈安宁" not in stranger.content(), address
    stranger.keyboard.press("/")
    stranger.keyboard.type("陈安宁")
    with stranger.expect_navigation():
        stranger.keyboard.press("Enter")
    assert f"/people/{person}/" not in stranger.content()


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_the_county_brings_a_register_and_finds_the_people(
    enter: Enter, width: dict[str, int], tmp_path: Path
) -> None:
    number = 300 if width is DESK else 310
    names = [f"柳青{n}" for n in "甲乙丙"] if width is DESK else [f"杨树{n}" for n in "甲乙丙"]
    register, visits = tmp_path / "register.xlsx", tmp_path / "visits.xlsx"
    people = [
        person_record(name, "990101100202", filed_on=date(2026, 9, 1), serial=number + n)
        for n, name in enumerate(names)
    ]
    _book(register, PEOPLE_SHEET, people_columns(), [*people[:2], people[2] | {"birth_on": "1985年13月40日"}])
    _book(visits, VISITS_SHEET, visit_columns(), [_visit_of(people[0], date(2026, 10, 9))])
    page = enter("county", width)
    page.goto("/import/")
    _checked(page)
    page.get_by_label("工作簿").set_input_files(register)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("核对结果", timeout=60_000)
    expect(page.locator("main")).to_contain_text("出生日期")
    _checked(page)
    page.locator("a.import-group").first.click()
    line = page.locator(".import-line").first
    expect(line).to_contain_text("第 4 行")
    expect(line).to_contain_text("1985年13月40日")
    _checked(page)
    line.get_by_label("现在的值").fill("1985-07-08")
    line.get_by_role("button", name="改正").click()
    page.wait_for_load_state()
    if "核对结果" not in page.locator("h1").inner_text():
        page.get_by_role("link", name="核对结果").first.click()
    page.get_by_role("button", name=re.compile("^(确认)?导入")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("导入完成", timeout=60_000)
    expect(page.locator("main")).to_contain_text("新增患者 3 人")
    _checked(page)
    page.goto("/import/")
    page.get_by_label("工作簿").set_input_files(visits)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("核对结果", timeout=60_000)
    page.get_by_role("button", name=re.compile("^(确认)?导入")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("导入完成", timeout=60_000)
    expect(page.locator("main")).to_contain_text("随访 1 次")
    page.goto("/people/")
    search = page.get_by_role("searchbox", name="查找患者").first
    search.fill(names[0])
    search.press("Enter")
    page.get_by_role("link", name=names[0]).locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(names[0])
    expect(page.locator("main")).to_contain_text("2026-10-09")


def _visit_of(person: dict[str, Any], on: date) -> dict[str, Any]:
    return visit_record(on, name=person["name"], id_number=person["id_number"])


def _book(path: Path, sheet: str, columns: list[Column], records: list[dict[str, Any]]) -> None:
    """A workbook as openpyxl, another program than the one our templates come from, writes it."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    page.append([column.title for column in columns])
    for record in records:
        page.append(row_of(columns, record))
    book.save(path)
