"""The figures of a county in a real browser: variants, targets, who is missing and what to do, what outsiders get."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser


def _checked(page: Page) -> None:
    axe(page)
    no_sideways_scroll(page)


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_from_a_figure_to_its_variants_to_who_is_missing_and_the_next_act(
    enter: Enter, width: dict[str, int]
) -> None:
    page = enter("county", width)
    page.goto("/figures/?on=2026-11-21")
    expect(page.locator("main")).to_contain_text("目标 ≥ 90 %")
    _checked(page)
    page.goto("/figures/?on=2026-11-21&sort=management_rate")
    page.get_by_role("link", name="管理率", exact=True).locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("管理率")
    expect(page.locator("main")).to_contain_text("近十二个月有完整随访/在册")
    _checked(page)
    page.goto("/figures/people/?figure=exam_rate&part=missing&on=2026-11-21")
    expect(page.locator("main")).to_contain_text("本年未体检")
    expect(page.get_by_role("link", name="登记体检").first).to_be_visible()
    _checked(page)


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_small_numbers_do_not_leave_the_health_side(enter: Enter, width: dict[str, int]) -> None:
    page = enter("county", width)
    page.goto("/figures/outside/?on=2026-11-21")
    expect(page.locator("main")).to_contain_text("＊")
    _checked(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出工作簿").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_a_measure_has_a_page_with_an_example_and_its_targets(enter: Enter) -> None:
    page = enter("county")
    page.goto("/figures/measures/management_rate/")
    expect(page.locator("main")).to_contain_text("1,171 ÷ 1,223 = 95.75 %")
    expect(page.locator("main")).to_contain_text("全国精神卫生工作规划")
    _checked(page)
