"""The product in English: whatever a page says is English, only names of people and places stay as they are."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories.county import NORTH_1, County
from tests.factories.people import make_person
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.models import Person

CHINESE = re.compile(r"[\u3400-\u9fff]+")
#: Pages looked at for each account; addresses that differ only in keys are looked at once.
MOST = 45
VOID = frozenset({"input", "br", "img", "meta", "link", "hr", "use", "path", "col", "source"})


class Shown(HTMLParser):
    """Texts and spoken attributes outside `lang="zh"`, scripts and styles; and where the links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        quiet = tag in ("script", "style", "textarea") or (given.get("lang") or "").startswith("zh")
        inside = bool(self._open and self._open[-1][1])
        if tag not in VOID:
            self._open.append((tag, quiet or inside))
        if not inside:
            self.texts += [
                given[key] or "" for key in ("placeholder", "aria-label", "title") if given.get(key)
            ]
        if tag == "a" and given.get("href"):
            self.links.append((given["href"] or "").split("#")[0])

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            self.texts.append(data)


def _names() -> re.Pattern[str]:
    """Names kept in the database: people, places, institutions, accounts."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'public'"
            " and column_name in ('name', 'short_name', 'display_name') and data_type in ('text', 'character varying')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'select distinct "{column}" from "{table}"')
            found |= {row[0] for row in cursor.fetchall() if row[0] and CHINESE.search(row[0])}
    return re.compile("|".join(re.escape(name) for name in sorted(found, key=len, reverse=True)))


def _shape(address: str) -> str:
    path, _, query = address.partition("?")
    keys = sorted(part.split("=")[0] for part in query.split("&"))
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{6,12}", "*", path) + "?" + ",".join(keys)


def _chinese(body: str, names: re.Pattern[str]) -> tuple[list[str], list[str]]:
    page = Shown()
    page.feed(body)
    said = [text.strip() for text in page.texts if CHINESE.search(names.sub("", text))]
    return said, page.links


@pytest.fixture
def in_english(county: County, signed_in: Callable[[str], Client]) -> Callable[[str], Client]:
    make_person(NORTH_1, county.institutions[NORTH_1])

    def enter(key: str) -> Client:
        client = signed_in(key)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return enter


@pytest.mark.parametrize("account", ["county", "township", "village", "system", "auditor"])
def test_every_page_of_an_account_is_english(account: str, in_english: Callable[[str], Client]) -> None:
    client, names = in_english(account), _names()
    waiting, seen, found, looked = deque(["/"]), Counter({"/?": 1}), {}, 0
    while waiting and looked < MOST:
        address = waiting.popleft()
        answer = client.get(address, follow=True)
        looked += 1
        assert answer.status_code == 200, address
        if "text/html" not in answer["Content-Type"]:
            continue
        said, links = _chinese(answer.content.decode(), names)
        if said:
            found[address] = said
        for link in links:
            if link.startswith("/") and not link.startswith(("/static/", "/sign-out")):
                shape = _shape(link)
                seen[shape] += 1
                if seen[shape] == 1 and "download" not in link:
                    waiting.append(link)
    assert looked >= 5
    said = "\n".join(
        f"{address}: {text}" for address, texts in found.items() for text in dict.fromkeys(texts)
    )
    assert not found, said


def test_an_empty_visit_form_is_refused_in_english(
    county: County, in_english: Callable[[str], Client]
) -> None:
    client, names = in_english("township"), _names()
    person = Person.objects.get()
    address = reverse("followup:record", args=[person.pk])
    said, _links = _chinese(client.get(address).content.decode(), names)
    assert said == []
    answer = client.post(
        address, {"op_id": str(uuid7()), "act": "save", "visit_date": "2030-01-01", "ending": "1"}
    )
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "must be today or earlier" in body
    assert _chinese(body, names)[0] == []


def test_a_new_file_with_mistakes_is_refused_in_english(in_english: Callable[[str], Client]) -> None:
    client, names = in_english("township"), _names()
    answer = client.post(
        reverse("registry:new"), {"act": "save", "name": "", "id_number": "12345", "birth_on": "x"}
    )
    assert _chinese(answer.content.decode(), names)[0] == []
