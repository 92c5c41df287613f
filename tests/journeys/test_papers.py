"""Paper at month's end: a pile of forms typed by keys, prints, and the bundle for an inspection."""

from __future__ import annotations

import io
import re

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser

#: A calm form as the hands type it, one key each; ⏎ is Enter. No drugs by the doctor's order.
CALM = "1115⏎211⏎00111111117" + "1014102" + "11⏎⏎⏎⏎"
#: Another one after it: day and form as above (+), the drugs as last time (-).
NEXT = "++11⏎00111111117" + "1011102" + "11-⏎⏎⏎⏎"


def _press(page: Page, keys: str) -> int:
    """Press them one by one; how many."""
    for key in keys:
        page.keyboard.press("Enter" if key == "⏎" else key)
    return len(keys)


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert no_sideways_scroll(page)


def _begin(page: Page, village: str = "柳树村") -> None:
    page.goto("/papers/entry/")
    code = page.locator("#f-place option", has_text=village).get_attribute("value")
    page.select_option("#f-place", value=code)
    page.select_option("#f-visited_by", index=1)
    page.get_by_role("radio", name="全部在册").check()
    page.get_by_role("button", name="开始录入").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("录入")


def test_a_pile_is_typed_by_keys_alone_and_each_form_is_saved_by_itself(enter_fresh: Enter) -> None:
    page = enter_fresh("township")
    _begin(page)
    forms = page.locator("[data-form]")
    expect(forms).to_have_count(5)
    _checked(page)
    expect(page.locator("#k-1-visit_date")).to_be_focused()
    keys = [_press(page, CALM)]
    expect(page.locator("#form-1")).to_contain_text("已保存")
    expect(page.locator("#form-1")).to_contain_text("稳定")
    expect(page.locator("#k-2-visit_date")).to_be_focused()
    keys.append(_press(page, NEXT))
    expect(page.locator("#form-2")).to_contain_text("已保存")
    # Keys a form: what a month of 150 forms costs follows from this.
    assert keys[0] <= 33
    assert keys[1] <= 30
    expect(page.locator("[data-progress]")).to_contain_text("2 / 5")

    # A judgement is not taken over, and a code that is none is refused at the box.
    page.locator("#k-3-risk").focus()
    page.keyboard.press("+")
    expect(page.locator("[data-strip]")).to_contain_text("不能沿用")
    page.keyboard.press("8")
    expect(page.locator("[data-strip]")).to_contain_text("没有这个代码")
    expect(page.locator("#k-3-risk")).to_have_value("")

    # Left out: the form says it at its box, the others stay saved, and what was typed is there after coming back.
    page.locator("#k-3-visit_date").focus()
    _press(page, "1116⏎211⏎3")
    page.locator("#form-3").get_by_role("button", name="保存这张").click()
    expect(page.locator("#form-3 .field-error").first).to_be_visible()
    page.goto("/people/")
    page.goto("/papers/entry/")
    page.get_by_role("link", name="接着录").first.click()
    expect(page.locator("#k-3-risk")).to_have_value("3")
    expect(page.locator("#form-1")).to_contain_text("已保存")
    _checked(page)

    page.locator("#form-2").get_by_role("button", name="撤销").click()
    expect(page.locator("#k-2-visit_date")).to_have_value("1115")
    page.get_by_role("button", name="录完了，看小结").click()
    expect(page.locator("main")).to_contain_text("已保存 1 张")
    expect(page.locator("main")).to_contain_text("有待改正 1 张")
    _checked(page)


def test_the_class_shows_while_typing(enter: Enter) -> None:
    page = enter("township")
    _begin(page)
    expect(
        page.locator("#k-1-visit_date")
    ).to_be_focused()  # the script puts the cursor there: from now on it reads keys
    _press(page, "1115⏎211⏎2" + "1 3⏎2211111110"[:14])
    page.locator("#k-1-adr").fill("1")
    page.locator("#k-1-physical_severity").fill("0")
    expect(page.locator("#form-1 [data-live]")).to_contain_text("基本稳定")


def test_without_the_script_a_form_is_saved_in_a_plainer_way(enter: Enter) -> None:
    page = enter("other_township", DESK, scripts=False)
    _begin(page, "渡口村")
    form = page.locator("#form-1 form").first
    typed = {
        "visit_date": "15", "form": "2", "ending": "1", "targets": "1", "risk": "0", "symptoms": "0", "insight": "1",
        "sleep": "1", "diet": "1", "soc_selfcare": "1", "soc_housework": "1", "soc_work": "1", "soc_study": "1",
        "soc_interpersonal": "1", "danger": "7", "locked": "1", "hospital": "0", "lab": "1", "adherence": "4", "adr": "1",
        "physical_severity": "0", "effect": "2", "refer_suggest": "1", "referred": "1",
    }  # fmt: skip
    for name, value in typed.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button", name="保存这张").click()
    expect(page.locator("#form-1")).to_contain_text("已保存 2026-11-15")
    assert page.url.endswith("#form-2")


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_papers_print_for_a_village(enter: Enter, width: dict[str, int]) -> None:
    page = enter("township", width)
    page.goto("/papers/")
    _checked(page)
    for name in ("day", "slips", "blank"):
        answer = page.context.request.get(f"/papers/{name}.pdf?place=990101100201&reach=all")
        assert answer.headers["content-type"] == "application/pdf", name
    slips = page.context.request.get("/papers/slips.pdf?place=990101100201&reach=all").body()
    words = "".join(PdfReader(io.BytesIO(slips)).pages[0].extract_text().split())
    assert "陈安宁" in words
    assert "精神" not in words
    page.goto("/people/")
    page.get_by_role("link", name="陈安宁").locator("visible=true").first.click()
    page.get_by_role("link", name="打印", exact=True).locator("visible=true").last.click()
    expect(page.get_by_role("link", name="个人信息补充表").first).to_be_visible()
    _checked(page)


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_a_sample_becomes_one_bundle(enter: Enter, width: dict[str, int]) -> None:
    page = enter("township", width)
    page.goto("/papers/packs/")
    _checked(page)
    page.get_by_label("检查单位和事由").fill("市级年度督导")
    page.get_by_label(re.compile("^抽查名单")).fill("1\t陈安宁\n2\t陈晓光\n3\t黄静波\n4\t吴念恩\n5\t钱守信")
    page.get_by_role("button", name="核对名单").click()
    expect(page.locator("main")).to_contain_text("找到 4 人")
    expect(page.locator("main")).to_contain_text("未找到或不在本机构管理范围")
    _checked(page)
    page.get_by_role("button", name=re.compile("^生成")).click()
    expect(page.get_by_role("button", name="下载 PDF")).to_be_visible(timeout=120_000)
    _checked(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载 PDF").click()
    assert "陈安宁" not in waiting.value.suggested_filename
    assert len(PdfReader(waiting.value.path()).pages) > 10
    page.reload()
    expect(page.locator("main")).to_contain_text("1 次")
