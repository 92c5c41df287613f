"""Every page that a role can reach by links, found by walking: it opens, it fits a phone, and axe finds nothing."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page

from .conftest import DESK, PHONE, Enter, Site, axe, no_sideways_scroll

pytestmark = pytest.mark.browser
ROLES = ("village", "township", "county", "city", "programme", "system", "auditor", "hospital", "police")
#: Not pages: what ends a session is posted, and files are tried elsewhere.
FILES = (".xlsx", ".pdf", ".json", ".png", ".svg", ".csv")
#: (kind, width, structure) of pages that axe has passed in this process: another role's page built alike is not asked again.
_clean: set[tuple[str, int, str]] = set()

#: What axe judges by: elements with their classes, roles and states, each once; not the words in them.
STRUCTURE = """() => {
  const marks = new Set();
  for (const one of document.querySelectorAll("*")) {
    const names = one.getAttributeNames().filter((name) => name === "role" || name === "type" || name === "class"
      || name === "for" || name === "alt" || name === "title" || name === "lang" || name.startsWith("aria-"));
    const own = names.map((name) => /^(role|type|class|lang)$/.test(name) ? `${name}=${one.getAttribute(name)}` : name);
    const parent = one.parentElement;
    const words = Boolean(one.textContent.trim());
    marks.add(`${parent ? parent.tagName + "." + parent.className : ""}>${one.tagName}[${own.sort().join("|")}]${words}`);
  }
  return [...marks].sort().join("\\n");
}"""


def _judge(page: Page, kind: str) -> list[str]:
    """What axe finds on the page at its present width; nothing when a page built alike has passed already."""
    size = page.viewport_size
    built = (kind, size["width"] if size else 0, page.evaluate(STRUCTURE))
    if built in _clean:
        return []
    found = axe(page)
    if not found:
        _clean.add(built)
    return found


def walk(page: Page, address: str) -> tuple[list[str], list[str]]:
    """Follow links from where the page stands, one page a kind; returns the kinds seen and what was wrong with them."""
    waiting, seen, wrong = [page.url], set[str](), list[str]()
    asked: set[str] = set()
    while waiting:
        url = waiting.pop(0)
        kind = _kind(url, address)
        if not kind or kind in seen or url in asked:
            continue
        asked.add(url)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        try:
            answer = page.goto(url)
        except Error as error:
            if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
                continue
            raise
        if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        seen.add(kind)
        where = urlsplit(url).path
        if answer.status >= 400:
            wrong.append(f"{kind} {where}: {answer.status}")
            continue
        waiting += page.eval_on_selector_all("a[href]", "many => many.map(one => one.href)")
        if not no_sideways_scroll(page):
            wrong.append(f"{kind} {where} phone: wider than the screen")
        found = [f"{kind} {where} phone: {line}" for line in _judge(page, kind)]
        if not found:  # what is wrong on the phone is mended first: the desk has the same elements
            page.set_viewport_size(DESK)  # type: ignore[arg-type]
            found = [f"{kind} {where} desk: {line}" for line in _judge(page, kind)]
        wrong += found
    return sorted(seen), wrong


def _kind(url: str, address: str) -> str:
    """The name of the view behind an address of this site, "" for anything else."""
    parts = urlsplit(urljoin(address, url))
    if not url.startswith(address) or parts.path.endswith(FILES):
        return ""
    try:
        return resolve(parts.path).view_name
    except Resolver404:
        return "nowhere"


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_opens_fits_a_phone_and_is_accessible(
    role: str, enter: Enter, site: Site
) -> None:
    kinds, wrong = walk(enter(role), site.address)

    assert wrong == []
    assert "nowhere" not in kinds
    assert len(kinds) >= {"village": 8, "township": 12, "county": 12}.get(role, 3)
