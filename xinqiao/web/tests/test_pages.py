import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string

from xinqiao.kernel.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    PolicyMissing,
    Problem,
    TooMany,
    XinqiaoError,
)
from xinqiao.kernel.terms import Role
from xinqiao.web import errors, notes, styleguide
from xinqiao.web.navigation import ROOMS

Ask = Callable[..., HttpRequest]
WEB = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("page", styleguide.PAGES)
def test_every_sample_page_renders(ask: Ask, page: str) -> None:
    answer = styleguide.sample(ask(), page)
    assert answer.status_code == 200
    assert "演示数据：人物均为虚构" in answer.content.decode()


def test_the_style_guide_exists_only_in_the_demo(ask: Ask, settings: object) -> None:
    assert styleguide.index(ask()).status_code == 200
    settings.XINQIAO_DEMO = settings.DEBUG = False  # type: ignore[attr-defined]
    with pytest.raises(NotFound):
        styleguide.index(ask())


def test_no_page_carries_inline_script_style_or_handlers(ask: Ask) -> None:
    pages = [styleguide.index(ask()), *(styleguide.sample(ask(), page) for page in styleguide.PAGES)]
    for answer in pages:
        html = answer.content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", html)


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (Invalid([Problem("risk", "required", "请选择危险性。")]), 422, "请选择危险性。"),
        (NotAllowed(), 403, "您的岗位没有这项权限"),
        (NotFound("沈样例"), 404, "没有找到这一页"),
        (Conflict(), 409, "刚才有人改过这份记录"),
        (TooMany(), 429, "操作太频繁"),
        (PolicyMissing(), 500, "系统出了问题"),
    ],
)
def test_an_expected_failure_becomes_one_clear_page(
    ask: Ask, error: XinqiaoError, status: int, words: str
) -> None:
    answer = errors.error_page(ask(), error)
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert "沈样例" not in answer.content.decode()


def test_a_failure_before_signing_in_shows_no_rooms(ask: Ask) -> None:
    html = errors.page_of(ask(role=None), 404).content.decode()
    assert "没有找到这一页" in html
    assert 'class="rooms' not in html


def test_the_sign_in_page_has_no_word_about_health(ask: Ask) -> None:
    html = styleguide.sample(ask(role=None), "sign-in").content.decode()
    words = re.sub(r"<dialog.*?</dialog>", "", html, flags=re.DOTALL)
    assert not re.search("患者|精防|随访|医|病|卫生|健康", words)


def test_the_browser_tab_is_neutral(ask: Ask) -> None:
    for page in styleguide.PAGES:
        title = re.search(r"<title>(.*?)</title>", styleguide.sample(ask(), page).content.decode())
        assert title
        assert not re.search("患者|精神|随访|样例|病", title.group(1))


def test_a_note_is_shown_once_with_its_undo(ask: Ask) -> None:
    request = ask()
    notes.say(
        request,
        "随访已保存。",
        next_text="下次应访日 2026-12-05。",
        undo_url="/undo/",
        undo_fields={"op_id": "7"},
    )
    html = styleguide.index(request).content.decode()
    assert "随访已保存。" in html
    assert 'action="/undo/"' in html
    assert '<input type="hidden" name="op_id" value="7">' in html
    assert notes.take(request) == []


def test_a_name_with_angle_brackets_is_escaped_in_components(ask: Ask) -> None:
    html = render_to_string(
        "web/errors/400.html", {"problems": [Problem("a", "b", "<b>沈</b>")], "message": ""}, ask()
    )
    assert "&lt;b&gt;沈" in html


def test_problem_links_point_at_the_fields(ask: Ask) -> None:
    html = styleguide.index(ask()).content.decode()
    targets = re.findall(r'<li><a href="#(f-[^"]+)"', html)
    assert targets == ["f-risk", "f-visit_date"]
    for target in targets:
        assert f'id="{target}"' in html


def test_scripts_do_not_import_each_other_because_their_names_change_when_collected() -> None:
    for path in (WEB / "static/web").glob("*.js"):
        assert not re.search(r"^\s*import\b|import\(", path.read_text(encoding="utf-8"), re.MULTILINE), (
            path.name
        )


def test_every_icon_that_the_shell_names_is_in_the_list_for_the_sprite() -> None:
    wanted = set((WEB / "icons.txt").read_text(encoding="utf-8").split())
    used = {icon for _label, icon in ROOMS.values()}
    for path in (WEB / "jinja2").rglob("*.html"):
        used |= set(re.findall(r'(?:icon\(|symbol=)"([a-z-]+)"', path.read_text(encoding="utf-8")))
    assert used <= wanted


def test_the_role_is_named_in_the_frame(ask: Ask) -> None:
    assert "系统管理员" in styleguide.sample(ask(role=Role.SYSTEM_ADMIN), "empty").content.decode()


def test_every_component_that_a_page_of_any_domain_calls_exists() -> None:
    known = set(
        re.findall(r"\{%-? macro (\w+)\(", (WEB / "jinja2/web/components.html").read_text(encoding="utf-8"))
    )
    called = {
        (path.name, name)
        for path in WEB.parent.glob("*/jinja2/**/*.html")
        for name in re.findall(r"\bui\.(\w+)\(", path.read_text(encoding="utf-8"))
    }
    assert {(page, name) for page, name in called if name not in known} == set()


def test_every_component_stands_in_the_style_guide() -> None:
    made = re.findall(r"{% macro ([a-z]\w*)", (WEB / "jinja2/web/components.html").read_text("utf-8"))
    shown = (WEB / "jinja2/web/styleguide/index.html").read_text("utf-8")
    assert len(made) > 30
    assert [name for name in made if f"ui.{name}(" not in shown] == []
