"""axe on every sample page at the desk and on a cheap phone; nothing may run out of the screen sideways."""

import mimetypes
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from playwright.sync_api import Browser, Page

from xinqiao.web import styleguide

AXE = Path(__file__).resolve().parents[3] / "node_modules/axe-core/axe.min.js"
PAGES = ("index", *styleguide.PAGES)


@pytest.fixture
def address(ask: Callable[..., HttpRequest]) -> Iterator[str]:
    """The sample pages, rendered once and served from memory with the static files."""
    pages = {"/index/": styleguide.index(ask()).content}
    for name in styleguide.PAGES:
        request = ask(role=None) if name == "sign-in" else ask()
        pages[f"/{name}/"] = styleguide.sample(request, name).content

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path)
            kind = "text/html; charset=utf-8"
            if body is None and self.path.startswith("/static/"):
                found = finders.find(self.path.removeprefix("/static/").split("?")[0])
                body = Path(str(found)).read_bytes() if found else None
                kind = mimetypes.guess_type(self.path)[0] or "text/plain"
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *arguments: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of Debian's chromium."""
    context = browser.new_context(locale="zh-CN")
    yield context.new_page()
    context.close()


def test_axe_finds_nothing_and_nothing_runs_out_of_the_screen(page: Page, address: str) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        for name in PAGES:
            page.goto(f"{address}/{name}/")
            page.evaluate(AXE.read_text(encoding="utf-8"))
            for violation in page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]:
                faults.append(f"{name} at {width}: {violation['id']}: {violation['nodes'][0]['html'][:120]}")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{name} at {width}: wider than the screen")
    assert faults == []


def test_lists_and_forms_work_by_keyboard(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{address}/today/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.locator("tr.selected th").inner_text() == "沈样例"
    page.keyboard.press("v")
    assert page.url.endswith("#visit")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.goto(f"{address}/visit/")
    page.locator("[name=risk]:checked").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("[name=risk]:checked").input_value() == "2"


def test_questions_that_do_not_apply_are_hidden_and_not_sent(page: Page, address: str) -> None:
    page.goto(f"{address}/visit/")
    assert page.locator("#f-reason").is_visible()
    page.locator("[name=adherence][value='1']").check(force=True)
    assert not page.locator("#f-reason").is_visible()
    assert page.locator("#f-reason").is_disabled()


def test_none_and_a_symptom_exclude_each_other(page: Page, address: str) -> None:
    page.goto(f"{address}/visit/")
    chosen = "[...document.querySelectorAll('[name=symptoms]:checked')].map((box) => box.value)"
    page.locator("[name=symptoms][value='0']").check(force=True)
    assert page.evaluate(chosen) == ["0"]
    page.locator("[name=symptoms][value='4']").check(force=True)
    assert page.evaluate(chosen) == ["4"]


def test_a_form_is_sent_once(page: Page, address: str) -> None:
    page.goto(f"{address}/visit/")
    page.evaluate(
        """() => {
            window.sent = 0;
            document.addEventListener("submit", (event) => { if (!event.defaultPrevented) window.sent += 1; });
            const form = document.querySelector("form[data-guard]");
            form.target = "aside";
            form.noValidate = true;
            document.body.insertAdjacentHTML("beforeend", "<iframe name='aside'></iframe>");
            const button = document.createElement("button");
            form.append(button);
            button.click();
            button.click();
        }"""
    )
    assert page.evaluate("window.sent") == 1
