"""A real server on a database of its own, and a real browser. One server for all journeys that only read; a fresh one on request."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from config.setup.folders import ROOT
from tests.factories.county import PASSWORD
from tests.factories.ports import free_port
from tests.plugins.database import drop, make, owner, served_environment, worker

# What must come is waited for on a busy machine too; nothing is slower for it where it comes at once.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
TODAY = "2026-11-21"


@dataclass
class Site:
    """A running server: its address and its database."""

    address: str
    database: str
    environment: dict[str, str]
    said: str = ""

    def run(self, module: str, *arguments: str) -> str:
        """Run a module of the tests as the owner on the same database (to prepare or to look at rows)."""
        environment = self.environment | {"XINQIAO_TEST": "1", "XINQIAO_MODE": "test", "XINQIAO_SERVING": "0"}
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(450):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address + "/health/", timeout=2)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the server did not start:\n" + log.read_text(encoding="utf-8")[-3000:])


def serve(template: str, word: str, folder: Path, seed: str = "tests.journeys.seed") -> Iterator[Site]:
    """A server on a copy of `template`, filled by the module `seed`, stopped and dropped afterwards."""
    database = f"test_xinqiao_{word}_{worker()}"
    make(database, template)
    port = free_port()
    environment = served_environment(database) | {
        "XINQIAO_TODAY": TODAY,
        "XINQIAO_STATIC_FROM_SOURCE": "1",
        "XINQIAO_VAR": os.environ.get("XINQIAO_VAR", str(ROOT / "var")),
        "XINQIAO_LOG": "WARNING",
    }
    # One set of keys for the seeding process and the server.
    from config import env as config_env

    values = config_env._test_values()
    environment |= {
        "XINQIAO_SECRET_KEY": values["secret_key"],
        "XINQIAO_FIELD_KEYS": values["field_keys"],
        "XINQIAO_HASH_KEYS": values["hash_keys"],
    }
    site = Site(f"http://127.0.0.1:{port}", database, environment)
    site.said = site.run(seed)
    log = folder / f"{word}.log"
    granian = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    with log.open("wb") as output:
        children = [
            subprocess.Popen(
                [*granian, "config.wsgi:application"], cwd=ROOT, env=environment, stdout=output, stderr=output
            ),
            subprocess.Popen(
                [sys.executable, "manage.py", "procrastinate", "worker"],
                cwd=ROOT,
                env=environment | {"XINQIAO_SERVING": "0"},
                stdout=output,
                stderr=output,
            ),
        ]
        try:
            _wait(site.address, children[0], log)
            yield site
        finally:
            for child in children:
                child.terminate()
            for child in children:
                try:
                    child.wait(10)
                except subprocess.TimeoutExpired:
                    child.kill()
            with owner() as connection:
                drop(connection, database)


@pytest.fixture(scope="session")
def site(database_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server shared by the journeys of this process."""
    yield from serve(database_template, "site", tmp_path_factory.mktemp("site"))


@pytest.fixture
def fresh_site(database_template: str, tmp_path: Path) -> Iterator[Site]:
    """A server of one's own, for a journey that changes what others count on."""
    yield from serve(database_template, "fresh", tmp_path)


Enter = Callable[..., Page]


@pytest.fixture
def enter(browser: Browser, site: Site) -> Iterator[Enter]:
    """`page = enter("township", width=PHONE)` signs in through the page and lands where the role begins."""
    yield from _entering(browser, site)


@pytest.fixture
def enter_fresh(browser: Browser, fresh_site: Site) -> Iterator[Enter]:
    """As `enter`, on the server of one's own."""
    yield from _entering(browser, fresh_site)


def _entering(browser: Browser, site: Site) -> Iterator[Enter]:
    opened: list[Any] = []
    noise: list[str] = []

    def sign_in(
        username: str, width: dict[str, int] | None = None, scripts: bool = True, touch: bool = False
    ) -> Page:
        context = browser.new_context(
            base_url=site.address,
            viewport=width or DESK,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            has_touch=touch,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda m: (
                noise.append(m.text)
                if m.type == "error" and "Failed to load resource" not in m.text
                else None
            ),
        )
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.goto("/")
        page.get_by_label("账号").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_load_state()
        return page

    yield sign_in
    for context in opened:
        context.close()
    assert noise == [], noise


def axe(page: Page) -> list[str]:
    """Violations of WCAG 2.2 A and AA on the page as it stands, one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
    )
    return [f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes']][:3]}" for v in found["violations"]]


def no_sideways_scroll(page: Page) -> bool:
    """Whether the page fits its width."""
    return bool(
        page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")
    )
