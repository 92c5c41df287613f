"""The read log is whole: whatever page, list, workbook or paper names somebody, the look at that person stands in it.

Asked of every address that the register knows, for each account that opens it: the names in the answer are read, and each must
belong to somebody whom a new row of the read log names. Somebody without a file (a clue, a card) stands there under the own key.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from tests.factories.county import COUNTY
from xinqiao.audit.models import Read
from xinqiao.registry.models import Person
from xinqiao.reporting.models import AddressSearch, Card, CardDraft
from xinqiao.rosters.lists import all_lists
from xinqiao.screening.models import Clue, Rediagnosis
from xinqiao.transfers.models import Transfer
from xinqiao.transfers.queries import preview_of

from .pages import MODULES, PAGES
from .test_register import (
    PLAIN,
    RECORDS,
    REGISTER,
    World,
    _ask,
    _open,
    said,
    world,  # noqa: F401 -- a fixture
)

#: The names of all made-up people of these tests begin so; the hospital on paper does too, and is nobody.
NAME = re.compile(r"安[北南东心](?!某院)\w?")
READERS = (
    "village",
    "township",
    "other_township",
    "county",
    "hospital",
    "police",
    "auditor",
    "programme",
    "system",
    "city",
)


def _text(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    if answer.streaming:
        answer.streaming_content = [body]
    return said(answer)


def _keys_of(name: str) -> set[UUID]:
    """Under which keys a look at somebody of this name may stand."""
    found: set[UUID] = set()
    for model in (Person, Clue, Card, CardDraft):
        found |= set(model.objects.filter(name=name).values_list("pk", flat=True))
    for model, keys in (
        (Rediagnosis, ("person_id", "clue_id")),
        (AddressSearch, ("card_id", "person_id")),
        (Card, ("person_id",)),
    ):
        for row in model.objects.filter(name=name).values_list(*keys):
            found |= {one for one in row if one}
    return found | {row.person_id for row in Transfer.objects.all() if preview_of(row)["name"] == name}


def _unseen(ask: Callable[[Client], Any], client: Client, account: UUID) -> set[str]:
    """Names in the answer of whom no look was written by this account."""
    before = set(Read.objects.values_list("pk", flat=True))
    got = ask(client)
    if got.status_code != 200:
        return set()
    names = set(NAME.findall(_text(got)))
    rows = Read.objects.filter(actor_id=account).exclude(pk__in=before)
    looked = {one for ids in rows.values_list("person_ids", flat=True) for one in ids}
    return {name for name in names if not _keys_of(name) & looked}


Asked = Iterator[tuple[str, Callable[[Client], Any]]]
#: Lists in the shapes that do not open first.
SHAPES = (
    ("transfers:transfers", "box=closed"), ("transfers:transfers", "box=out"), ("transfers:listings", "side=here"),
    ("screening:list", "state=all"), ("screening:queue", "state=answered"), ("reporting:list", "part=received"),
    ("reporting:list", "part=searching"), ("reporting:searches", "part=answered"), ("clocks:inbox", "whose=all"),
    ("tracing:list", "stage=searching"), ("duplicates:list", "state=merged"), ("campaigns:list", "tab=ended"),
)  # fmt: skip
TABS = (
    "basic",
    "family",
    "consent",
    "visits",
    "transfers",
    "tracing",
    "screening",
    "cards",
    "reads",
    "state",
    "scans",
)
#: Whose records stand beside each other; the others would begin a second hand-over or a second merge of the same people.
TOGETHER = ("campaigns", "clocks", "consents", "duplicates", "ownview", "reporting", "screening", "transfers")


def _get(address: str) -> Callable[[Client], Any]:
    return lambda client: client.get(address)


def _page(name: str, key: Any = None) -> Callable[[Client], Any]:
    return lambda client: _ask(client, name, REGISTER[name], key)


def _lists_and_records(made: World) -> Asked:
    for name in PLAIN:
        if REGISTER[name].method == "get":
            yield name, _page(name)
    for name, query in SHAPES:
        yield f"{name}?{query}", _get(f"{reverse(name)}?{query}")
    for one in all_lists():
        for name in ("rosters:list", "rosters:ledger"):
            yield f"{name} {one.key}", _get(reverse(name, args=[one.key]))
    for name in RECORDS:
        for place in ("north", "south"):
            if REGISTER[name].method == "get":
                yield name, _page(name, made.things[place][REGISTER[name].subject])
    yield "indicators:people", _page("indicators:people", COUNTY)
    for tab in TABS:
        yield (
            f"person {tab}",
            _get(reverse("registry:person", args=[made.things["north"]["person"]]) + f"?tab={tab}"),
        )


def test_every_list_and_every_record_that_names_somebody_is_a_look(
    world: World,  # noqa: F811
    signed_in: Callable[[str], Client],
) -> None:
    for module in MODULES:
        if module.__name__.rpartition(".")[2] in TOGETHER:
            module.cases(world)
    wrong = []
    for account in READERS:
        client, who = signed_in(account), world.county.users[account].pk
        for name, ask in _lists_and_records(world):
            if unseen := _unseen(ask, client, who):
                wrong.append((account, name, sorted(unseen)))
    assert wrong == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_page_of_a_domain_that_names_somebody_is_a_look(
    module: Any,
    world: World,  # noqa: F811
    signed_in: Callable[[str], Client],
) -> None:
    wrong = []
    for case in module.cases(world):
        if PAGES[case.name].method != "get":
            continue
        for account in sorted(case.opens & set(READERS)):
            who = world.county.users[account].pk
            if unseen := _unseen(_opened(case), signed_in(account), who):
                wrong.append((account, case.name, sorted(unseen)))
    assert wrong == []


def _opened(case: Any) -> Callable[[Client], Any]:
    return lambda client: _open(client, case, case.key)
