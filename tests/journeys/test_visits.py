"""Visits whole, in a real browser: the quick visit by thumb, a draft that comes back, tries, review, taking back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.factories.county import PASSWORD

from .conftest import DESK, PHONE, Enter, axe, no_sideways_scroll

pytestmark = pytest.mark.browser

# The keystroke-level model (Card, Moran, Newell 1980), in seconds.
POINT, BUTTON, MENTAL, KEY = 1.1, 0.1, 1.35, 0.28


@dataclass
class Hand:
    """One thumb on a phone: every act is done in the browser and counted. A tap is pointing, pressing and letting go; a
    swipe moves by most of a screen and costs a pointing; thinking stands before each judgement."""

    page: Page
    taps: int = 0
    swipes: int = 0
    thoughts: int = 0
    keys: int = 0
    said: list[str] = field(default_factory=list)

    def tap(self, target: Locator, *, think: bool = False) -> None:
        """Swipe until the target is in the free part of the screen, then tap it."""
        while not self._in_reach(target):
            self.swipes += 1
            assert self.swipes < 30, target
            self.page.mouse.wheel(0, self._band() * 0.8)
            self.page.wait_for_timeout(60)
        target.tap()
        self.taps += 1
        self.thoughts += think

    def _band(self) -> float:
        height = self.page.viewport_size["height"]  # type: ignore[index]
        foot = self.page.locator("[data-live-panel]")
        top = foot.bounding_box()["y"] if foot.count() else height  # type: ignore[index]
        return float(min(height, top))

    def _in_reach(self, target: Locator) -> bool:
        box = target.bounding_box()
        assert box is not None, target
        if target.evaluate("e => e.closest('[data-live-panel]') !== null"):
            return True  # the foot stands still
        return box["y"] >= 0 and box["y"] + box["height"] <= self._band()

    @property
    def seconds(self) -> float:
        """The whole time of the model."""
        tap = POINT + 2 * BUTTON
        return self.taps * tap + self.swipes * POINT + self.thoughts * MENTAL + self.keys * KEY

    def report(self, what: str) -> str:
        return (
            f"{what}: {self.taps} taps, {self.swipes} swipes, {self.thoughts} judgements, {self.keys} keys"
            f" = {self.seconds:.1f} s"
        )


def _answer(page: Page, question: str, answer: str, kind: str = "radio") -> Locator:
    group = page.get_by_role("group", name=re.compile(rf"^{question}"))
    box = group.get_by_role(kind, name=answer, exact=True)  # type: ignore[arg-type]
    return box.locator("xpath=ancestor::label")


JUDGEMENTS = (
    ("危险性评估", "0", "radio"),
    ("目前症状", "无明显症状", "checkbox"),
    ("自知力", "自知力完全", "radio"),
    ("危险行为", "无", "radio"),
    ("两次随访期间关锁情况", "无关锁", "radio"),
    ("两次随访期间住院情况", "未住院", "radio"),
    ("用药依从性", "医嘱勿需用药", "radio"),
    ("药物不良反应", "无", "radio"),
)
THE_REST = (
    ("睡眠情况", "良好"),
    ("饮食情况", "良好"),
    ("个人生活料理", "良好"),
    ("家务劳动", "良好"),
    ("生产劳动及工作", "一般"),
    ("学习能力", "一般"),
    ("社会人际交往", "良好"),
    ("实验室检查", "无"),
    ("躯体疾病", "无"),
    ("治疗效果", "好转"),
    ("是否建议转诊", "否"),
    ("是否转诊", "否"),
)
ORDER = ("危险性", "目前症状", "自知力", "睡眠", "饮食", "个人", "家务", "生产", "学习", "社会人际", "危险行为",
         "两次随访期间关锁", "两次随访期间住院", "用药", "药物", "实验室", "躯体", "治疗效果", "是否建议", "是否转诊")  # fmt: skip


def _phone(enter: Enter, account: str) -> Page:
    return enter(account, PHONE, touch=True)


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert no_sideways_scroll(page)


def test_a_quick_visit_takes_25_seconds_of_hands_on_work_on_a_phone(
    enter: Enter, record_testsuite_property: Any
) -> None:
    page = _phone(enter, "village")
    hand = Hand(page)
    card = page.locator("tr[data-row]", has_text="赵思远")
    hand.tap(card.get_by_role("link", name="快速随访"))
    hand.swipes = 0  # finding the person on the list is reading, not recording
    expect(page.get_by_role("heading", level=1)).to_contain_text("快速随访")
    for question, _answer_words, kind in JUDGEMENTS:
        group = page.get_by_role("group", name=re.compile(rf"^{question}"))
        assert group.get_by_role(kind, checked=True).count() == 0, question  # type: ignore[arg-type]
    for question, answer, kind in JUDGEMENTS:
        hand.tap(_answer(page, question, answer, kind), think=True)
    expect(page.locator("[data-live-panel]")).to_contain_text("稳定")
    _checked(page)
    hand.tap(page.get_by_role("button", name="其余与上次相同，保存随访"))
    expect(page.get_by_text("随访已保存").first).to_be_visible()
    record_testsuite_property("klm_quick", hand.report("quick visit"))
    assert hand.taps == 10, hand.report("quick visit")
    assert hand.seconds <= 25, hand.report("quick visit")


def test_the_whole_form_takes_60_seconds_of_hands_on_work_on_a_phone(
    enter: Enter, record_testsuite_property: Any
) -> None:
    page = _phone(enter, "village")
    page.get_by_role("link", name="吴念恩").locator("visible=true").first.click()
    page.get_by_role("link", name="记录随访").locator("visible=true").first.click()
    hand = Hand(page)
    hand.tap(_answer(page, "本次随访形式", "家庭访视"))
    hand.tap(_answer(page, "本次随访对象", "患者本人", "checkbox"))
    both = [(q, a, k, True) for q, a, k in JUDGEMENTS] + [(q, a, "radio", False) for q, a in THE_REST]
    both.sort(key=lambda one: next(i for i, word in enumerate(ORDER) if one[0].startswith(word)))
    for question, answer, kind, judged in both:
        hand.tap(_answer(page, question, answer, kind), think=judged)
    hand.tap(page.get_by_role("button", name="保存随访").locator("visible=true").first)
    expect(page.get_by_text("随访已保存").first).to_be_visible()
    record_testsuite_property("klm_whole", hand.report("whole form"))
    assert hand.seconds <= 60, hand.report("whole form")


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_what_is_typed_comes_back_after_signing_out_and_can_be_thrown_away(
    enter_fresh: Enter, width: dict[str, int]
) -> None:
    page = enter_fresh("township", width)
    page.get_by_role("link", name="孙明月").locator("visible=true").first.click()
    page.get_by_role("link", name="记录随访").locator("visible=true").first.click()
    _answer(page, "危险性评估", "2").click()
    page.get_by_label("备注").fill("母亲说夜里睡得少")
    state = page.locator("[data-draft-state]")
    expect(state).to_contain_text("草稿已存")
    # the connection breaks: the page says so, keeps trying, and does not lose the form by sending it
    page.context.set_offline(True)
    page.get_by_label("备注").fill("母亲说夜里睡得少，白天也困")
    expect(state).to_contain_text("连接断开")
    page.get_by_role("button", name="保存随访").locator("visible=true").first.click()
    expect(state).to_contain_text("还没有保存")
    page.context.set_offline(False)
    expect(state).to_contain_text("草稿已存", timeout=20_000)
    address = page.url
    # signed out meanwhile, by time or elsewhere
    page.context.clear_cookies()
    page.get_by_label("备注").fill("母亲说夜里睡得少，白天也困乏")
    expect(state).to_contain_text("登录已过期")
    page.evaluate("document.querySelector('[data-draft-sign-in]').removeAttribute('target')")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="重新登录").click()
    page.get_by_label("账号").fill("township")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page).to_have_url(address)
    expect(page.get_by_text("的草稿已恢复")).to_be_visible()
    assert page.get_by_label("备注").input_value() == "母亲说夜里睡得少，白天也困"
    expect(_answer(page, "危险性评估", "2").locator("input")).to_be_checked()
    _checked(page)
    page.goto("/followup/today/")
    expect(page.get_by_text("等您处理")).to_be_visible()
    page.goto(address)
    page.get_by_role("button", name="丢弃草稿，重新填").click()
    expect(page.get_by_text("的草稿已恢复")).to_have_count(0)
    assert page.get_by_label("备注").input_value() == ""


def test_a_draft_is_kept_without_javascript(enter: Enter) -> None:
    page = enter("township", scripts=False)
    page.get_by_role("link", name="黄静波").locator("visible=true").first.click()
    page.get_by_role("link", name="记录随访").first.click()
    page.get_by_label("备注").fill("明天接着填")
    page.get_by_role("button", name="存草稿").first.click()
    expect(page.get_by_text("草稿已存，还没有保存为随访")).to_be_visible()
    page.get_by_role("link", name="接着填").first.click()
    assert page.get_by_label("备注").input_value() == "明天接着填"
    page.get_by_role("button", name="丢弃草稿，重新填").click()
    assert page.get_by_label("备注").input_value() == ""


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_a_try_is_one_tap_and_in_an_emergency_the_first_tap_shows_whom_to_call(
    enter_fresh: Enter, width: dict[str, int]
) -> None:
    page = enter_fresh("township", width)
    page.get_by_role("link", name="黄静波").locator("visible=true").first.click()
    expect(page.get_by_text("两人同行").locator("visible=true").first).to_be_visible()
    page.get_by_role("link", name="拨打").locator("visible=true").first.click()
    _checked(page)
    page.get_by_role("button", name="无人接听").first.click()
    expect(page.get_by_text("已记下：无人接听")).to_be_visible()
    page.goto(page.get_by_role("link", name="黄静波").first.get_attribute("href") or "")
    expect(page.get_by_text("未联系上：无人接听").first).to_be_visible()
    page.get_by_role("link", name="记录随访").locator("visible=true").first.click()
    expect(page.get_by_text("病情不稳定，未住院").first).to_be_visible()
    page.get_by_role("link", name="紧急情况，先打电话").click()
    assert page.get_by_role("link", name="110 报警").get_attribute("href") == "tel:110"
    _checked(page)


def test_review_by_keyboard_returns_a_visit_and_its_author_puts_it_right(enter_fresh: Enter) -> None:
    author = enter_fresh("village", PHONE)
    card = author.locator("tr[data-row]", has_text="赵思远")
    card.get_by_role("link", name="快速随访").click()
    for question, answer, kind in JUDGEMENTS:
        _answer(author, question, answer, kind).click()
    author.get_by_role("button", name="其余与上次相同，保存随访").click()
    author.get_by_role("link", name="查看这次随访").click()
    expect(author.get_by_text("记错了，可以撤销")).to_be_visible()
    expect(author.locator("[data-seconds-left]")).to_have_text(re.compile(r"^(10:00|[1-9]:\d\d)$"))
    _checked(author)

    desk = enter_fresh("township")
    desk.goto("/followup/reviews/")
    _checked(desk)
    desk.get_by_role("link", name="赵思远").first.click()
    _checked(desk)
    desk.keyboard.press("r")
    desk.keyboard.type("用药请核对")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("已退回，记录人会在今日页看到理由")).to_be_visible()

    author.goto("/followup/today/")
    expect(author.get_by_text("被退回：用药请核对")).to_be_visible()
    _checked(author)
    author.get_by_role("link", name="更正").first.click()
    author.get_by_label("更正理由").fill("补记用药")
    _answer(author, "睡眠情况", "一般").click()
    author.get_by_role("button", name="保存更正").locator("visible=true").first.click()
    author.get_by_role("link", name="查看这次随访").click()
    author.get_by_role("link", name="各版对照").click()
    expect(author.get_by_text("更正理由：补记用药").first).to_be_visible()
    expect(author.locator("td.changed")).to_contain_text(["一般"])
    _checked(author)

    desk.goto("/followup/reviews/")
    desk.get_by_role("link", name="赵思远").first.click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("赵思远")
    desk.wait_for_load_state("networkidle")
    desk.keyboard.press("p")
    expect(desk.get_by_text("已通过").first).to_be_visible()
