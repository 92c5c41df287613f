"""Every page that a role can reach by links, found by walking: it opens, it fits a phone, and axe finds nothing."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page

from .conftest import DESK, PHONE, Enter, Site, axe, no_sideways_scroll

pytestmark = pytest.mark.browser
ROLES = ("village", "township", "county", "city", "programme", "system", "auditor")
#: Not pages: what ends a session is posted, and files are tried elsewhere.
FILES = (".xlsx", ".pdf", ".json", ".png", ".svg", ".csv")


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
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
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
        wrong += [f"{kind} {where} desk: {line}" for line in axe(page)]
        waiting += page.eval_on_selector_all("a[href]", "many => many.map(one => one.href)")
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        if not no_sideways_scroll(page):
            wrong.append(f"{kind} {where} phone: wider than the screen")
        wrong += [f"{kind} {where} phone: {line}" for line in axe(page)]
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
