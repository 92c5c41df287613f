"""Random and hostile input on every address: whatever is typed, the answer is a page or a sentence, never a server error.

Each try takes an address of the register, a filled-in form and an account that may use it, and spoils some of the answers.
"""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.access.pages import MODULES, PAGES
from tests.access.test_register import (  # noqa: F401 -- world is a fixture
    FIGURE,
    NOBODY,
    PUBLIC,
    REGISTER,
    SIGNED_IN,
    TODAY,
    World,
    address_of,
    affairs_of_staff,
    world,
)
from tests.factories.county import COUNTY, NORTH, NORTH_1, PASSWORD, SOUTH, SOUTH_1
from tests.factories.records import person_record, visit_record
from xinqiao.accounts.permissions import may
from xinqiao.followup.forms import values_of
from xinqiao.kernel.errors import XinqiaoError
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.choices.printed import NO_DANGER

ROUNDS = int(os.environ.get("XINQIAO_RANDOM_ROUNDS", "2"))
SECONDS = float(os.environ.get("XINQIAO_RANDOM_SECONDS", "15"))
SEED = int(os.environ.get("XINQIAO_RANDOM_SEED", "20261121"))

#: What no form asks for. Bytes, because a browser's address bar sends bytes: some are no UTF-8 at all.
NASTY: tuple[bytes, ...] = (
    b"", b" ", b"\x00", b"a\x00b", b"\xff\xfe", b"\xed\xa0\x80", "²".encode(), "٣".encode(), "１２".encode(),
    "👩‍👩‍👧‍👦".encode(), "患者\u202e".encode(), b"-1", b"0", b"1e309", b"NaN", b"99999999999999999999", b"2147483648",
    b"0001-01-01", b"9999-12-31", b"9999-12-01", b"2026-02-30", b"1899-12-31", b"2026-W06-2", b"0000-00-00", b"20261121",
    b"' or 1=1 --", b"%", b"_%\\", b"<script>alert(1)</script>", b"{{7*7}}", b"%(name)s", b"{0}", b"../../etc/passwd",
    b"\r\nSet-Cookie: x=1", b"//evil.example/", b"https://evil.example/", b"javascript:alert(1)", b"a" * 300,
    "疯".encode() * 2_000, b"x" * 70_000, b"00000000-0000-0000-0000-000000000000", b"not-a-uuid", b"99010110020",
    b"990101101201", b"990102100201", b"000000000000", b"640122", b"accept", b"null", b"true", b"[]", b"[[]]",
    b"11010519491231002X", b"990101198507081231", b"13900000000", b"1", b"2", b"3", b"9", b"12", b"died", b"lost",
)  # fmt: skip

QUERY = [
    "place",
    "on",
    "figure",
    "variant",
    "part",
    "after",
    "q",
    "tab",
    "carry",
    "form",
    "back",
    "next",
    "class",
    "state",
    "sort",
    "section",
    "tile",
    "code",
    "field",
    "worker",
]
PERSON = {
    key: value if isinstance(value, list) else str(value)
    for key, value in person_record("安试新", NORTH_1, filed_on=TODAY, serial=777).items()
} | {"past_danger": [NO_DANGER]}
OPEN = (PUBLIC, SIGNED_IN, NOBODY)
VISIT = values_of({**visit_record(TODAY), "visit_date": TODAY})
CLUE = {f"q{n}": "1" for n in range(1, 10)} | {
    "place": NORTH_1, "name": "x", "sex": "1", "age": "30", "source": "4", "found_on": TODAY.isoformat(),
    "investigator": "x", "birth_on": "", "id_number": "", "phone": "", "op_id": "", "different_because": "x",
}  # fmt: skip
#: An answered form for each address that takes one, so that one spoilt answer comes through to what lies behind.
FORMS: dict[str, list[dict[str, Any]]] = {
    "accounts:sign-in": [{"username": "village", "password": "x", "next": "/"}],
    "accounts:password": [{"old": PASSWORD, "new": "another-good-one", "again": "another-good-on"}],
    "regulations:rule": [
        {"i-0": "14", "i-1": "14", "top-everyone": "1", "valid_from": TODAY.isoformat(), "source": "文件"}
    ],
    "boundaries:new": [
        {"effective_on": TODAY.isoformat(), "document": "批复", "name": "新镇", "villages": ["990101100202"]}
    ],
    "boundaries:undo": [{"effective_on": TODAY.isoformat(), "document": "批复"}],
    "screening:new": [CLUE],
    "screening:correct": [CLUE],
    "screening:judge": [{"judgement": "six", "judged_on": TODAY.isoformat(), "note": "x"}],
    "screening:act": [{"kind": "call", "happened_on": TODAY.isoformat(), "note": "x", "op_id": ""}],
    "screening:close": [{"reason": "away", "closed_on": TODAY.isoformat(), "note": "x", "person": ""}],
    "screening:again": [{"why": "x", "op_id": ""}],
    "screening:link": [{"person": ""}],
    "screening:send": [
        {
            "hospital": "paper",
            "hospital_name": "x",
            "asked_on": TODAY.isoformat(),
            "question": "x",
            "op_id": "",
        }
        | {"sent_by": "kin", "sent_on": TODAY.isoformat()}
    ],
    "screening:answer": [
        {
            "diagnosed_on": TODAY.isoformat(),
            "doctor": "x",
            "result": "six",
            "icd10": "F20.9",
            "outcome": "file",
        }
        | {"look_on": "", "consent": "1", "advice": "x"}
    ],
    "screening:return": [{"reason": "x"}],
    "screening:brought": [{"sent_by": "kin", "sent_on": TODAY.isoformat()}],
    "screening:person-review": [
        {
            "purpose": "again",
            "hospital": "paper",
            "hospital_name": "x",
            "asked_on": TODAY.isoformat(),
            "op_id": "",
        }
        | {"concluded_on": TODAY.isoformat(), "question": "x"}
    ],
    "screening:village": [{"done_on": TODAY.isoformat(), "households": "1", "people": "1", "note": "x"}],
    "screening:new-round": [
        {"place": "990101100000", "on": TODAY.isoformat(), "hospital_name": "x", "doctors": "x", "op_id": ""}
    ],
    "screening:round-add": [{"purpose": "advice", "person": "", "clue": ""}],
    "screening:round-result": [{"result": "seen", "seen_on": TODAY.isoformat(), "note": "x"}],
    "boundaries:assign": [{"village": "990101100201"}],
    "regulations:calendar": [{"days_off": "01-01", "working": "01-03", "source": "文件"}],
    "set_language": [{"language": "en", "next": "/"}],
    "registry:search": [{"q": "安"}],
    "registry:new": [
        {**PERSON, "step": "check"},
        {**PERSON, "step": "form"},
        {**PERSON, "step": "save", "op_id": "", "different_because": ""},
    ],
    "registry:new-alike": [PERSON],
    "duplicates:hunt": [{"here": "1"}],
    "registry:edit": [{**PERSON, "row_version": "1", "op_id": ""}],
    "registry:event": [
        {"kind": kind, "happened_on": TODAY.isoformat(), "lost_reason": "1", "death_cause": "1", "note": "x"}
        for kind in ("lost", "died", "admitted", "found")
    ],
    "registry:consent": [{"consent": "1", "signer": "1", "signed_on": TODAY.isoformat(), "signer_name": "x"}],
    "consents:withdraw": [
        {
            "from_on": TODAY.isoformat(),
            "signer": "1",
            "signer_name": "x",
            "reason": "1",
            "note": "x",
            "step": step,
        }
        for step in ("", "confirm")
    ],
    "consents:notice": [{"told_on": TODAY.isoformat(), "notifier": "x", "note": "x"}],
    "consents:report": [{"told_on": TODAY.isoformat(), "receiver": "x", "note": "x"}],
    "registry:request-correction": [
        {"kind": "exclude", "happened_on": TODAY.isoformat(), "reason": "x", "scan": ""}
    ],
    "registry:correction": [{"decision": decision, "note": "x"} for decision in ("approve", "refuse")],
    "registry:unmask": [
        {"tab": "basic", "reason": "x", "what": "id", "field": "id_number", "purpose": "call"}
    ],
    "registry:responsible": [{"worker": "", "since": TODAY.isoformat(), "row_version": "1"}],
    "followup:record": [
        {**VISIT, "op_id": "", "act": act, "amends": "", "back": "/", "carry": carry}
        for act in ("", "preview", "draft")
        for carry in ("", "1")
    ],
    "followup:draft": [
        {**VISIT, "op_id": "", "tab": "", "draft_seen": "0", "draft_form": "visit", "force": ""}
    ],
    "followup:draft-discard": [{"draft_form": "visit"}],
    "followup:review-decide": [{"decision": "2", "reason": "x", "following": ""}],
    "followup:reviews-together": [{"visit": "", "act": "pass"}],
    "followup:proposal": [{**VISIT}],
    "followup:amend": [
        {**VISIT, "op_id": "", "act": act, "amend_reason": "x"} for act in ("", "preview", "draft")
    ],
    "followup:undo": [{"reason": "错了", "back": "/"}],
    "campaigns:new": [
        {
            "title": "x",
            "kind": "care",
            "target": target,
            "list": "register",
            "place": "",
            "counts": "any",
            "starts_on": TODAY.isoformat(),
            "deadline": TODAY.isoformat(),
            "steps": "a|b|c",
            "document": "",
            "holiday": "",
            "owner": "",
            "op_id": "",
            "act": act,
            "picked": "",
            "person": "",
        }
        for target in ("list", "villages")
        for act in ("", "start")
    ],
    "campaigns:line": [
        {
            "act": act,
            "happened_on": TODAY.isoformat(),
            "step-drugs": "1",
            "note": "x",
            "reason": "away",
            "op_id": "",
        }
        for act in ("done", "missed")
    ],
    "campaigns:close": [{"conclusion": "x"}],
    "tracing:begin-lost": [{}],
    "tracing:begin": [{"reason": "walked", "opened_on": TODAY.isoformat(), "note": "x", "op_id": ""}],
    "tracing:step": [
        {
            "pick": pick,
            "kind": "police",
            "happened_on": TODAY.isoformat(),
            "note": "x",
            "done_by": "",
            "attachment": "",
            "op_id": "",
        }
        for pick in ("phone:no_answer", "home:nobody_home", "asked:nothing")
    ],
    "tracing:confirm": [{"code": "4", "lost_on": TODAY.isoformat(), "lost_note": "x"}],
    "tracing:end": [{"how": "reported", "found_on": TODAY.isoformat(), "news": "x"}],
    "tracing:tell": [
        {
            "receiver": "police",
            "way": "phone",
            "told_on": TODAY.isoformat(),
            "receiver_name": "x",
            "op_id": "",
        }
    ],
    "transfers:new": [
        {"reason": "1", "to_code": SOUTH, "address": "x", "outside": "x", "op_id": ""},
        {"reason": "1", "to_code": "outside", "address": "x", "outside": "外省", "op_id": ""},
    ],
    "transfers:new-listing": [{"hukou": SOUTH_1, "op_id": ""}],
    "transfers:end-listing": [{"ended": "ended"}],
    "transfers:accept": [{"village": SOUTH_1, "worker": "", "address": "x"}],
    "transfers:return": [{"reason": "9", "note": "x"}],
    "transfers:pass-on": [{"to_code": NORTH}],
    "transfers:call": [{"on": TODAY.isoformat(), "reached": "0"}],
    "transfers:confirm": [{"on": TODAY.isoformat(), "receiver": "x"}],
    "followup:attempt": [
        {"happened_on": TODAY.isoformat(), "form": "3", "outcome": "other", "note": "x", "op_id": ""}
    ],
    "followup:plan": [{"planned_on": TODAY.isoformat(), "planned_reason": "x"}],
    "followup:confirm": [{"decision": "refuse", "reason": "x"}],
    "interchange:fix": [{"row": "", "column": "2", "typed": "x", "code": "a", "field": "b"}],
    "interchange:skip": [
        {"row": "", "code": "a", "field": "b"},
        {"back": "1"},
        {"differing": "1"},
        {"row": "x"},
    ],
}
#: The keys in an address that are no record.
FIXED = {"slug": "today", "figure": FIGURE, "variants": FIGURE, "list": "unexamined"}
ACCOUNTS = ("village", "township", "county", "other_township", "city", "system")


def encoded(answers: dict[str, Any]) -> bytes:
    pairs = []
    for key, value in answers.items():
        for one in value if isinstance(value, list) else [value]:
            raw = one if isinstance(one, bytes) else str(one).encode()
            pairs.append(f"{quote_from_bytes(key.encode())}={quote_from_bytes(raw)}")
    return "&".join(pairs).encode()


def spoilt(dice: random.Random, answers: dict[str, Any], more: list[str]) -> dict[str, Any]:
    """Some answers replaced, left out or given twice; sometimes all of them, sometimes one that nobody asked for."""
    found = dict(answers)
    keys = list(dict.fromkeys([*found, *more])) or ["q"]
    for key in keys if dice.random() < 0.1 else dice.sample(keys, min(len(keys), dice.randint(1, 3))):
        match dice.randrange(8):
            case 0:
                found.pop(key, None)
            case 1:
                found[key] = [dice.choice(NASTY), dice.choice(NASTY)]
            case _:
                found[key] = dice.choice(NASTY)
    if dice.random() < 0.05:
        found[dice.choice(["\x00", "a" * 500, "drugs.99.drug", "danger_acts.7", "__class__"])] = b"1"
    return found


def _of_domains(world: World) -> dict[str, Any]:  # noqa: F811
    """Keys of single domains' pages. Their records were made for a test each: one that another's stand in the way of is left out."""
    found: dict[str, Any] = {}
    for module in MODULES:
        with contextlib.suppress(XinqiaoError), transaction.atomic():
            found |= {case.name: case.key for case in module.cases(world)}
    return found


def tries(dice: random.Random, world: World) -> Iterator[tuple[str, str, str, dict[str, Any]]]:  # noqa: F811
    """(account, address, method, answers), again and again over all addresses."""
    actors = world.county.actors
    of_domains = _of_domains(world)
    for _ in range(ROUNDS):
        for name, page in REGISTER.items():
            fitting = [a for a in ACCOUNTS if page.who in OPEN or may(actors[a], page.who)]
            if page.subject == "confirmation":
                fitting = ["township"]  # nobody confirms his own, and the county wrote these
            account = dice.choice(fitting if fitting and dice.random() < 0.95 else ACCOUNTS)
            things = world.things["south" if account == "other_township" else "north"]
            if dice.random() < 0.05:
                things = world.things["east"]
            key = FIXED.get(page.subject) or things.get(page.subject)
            if name in of_domains and (key is None or dice.random() < 0.8):
                key = of_domains[name]
            if key is None and name in PAGES and page.subject:
                continue
            address = reverse(name, args=key) if isinstance(key, tuple) else address_of(name, page, key)
            if page.method == "get":
                place = {
                    "place": COUNTY,
                    "figure": "registered",
                    "on": TODAY.isoformat(),
                    "part": "numerator",
                }
                yield (
                    account,
                    address,
                    "GET",
                    spoilt(
                        dice, place if page.subject in ("place", "variants", "county") else {}, list(QUERY)
                    ),
                )
            for answers in FORMS.get(name, [{}] if page.method == "post" else []):
                base = {k: str(uuid7()) if k == "op_id" else v for k, v in answers.items()}
                yield account, address, "POST", spoilt(dice, base, ["back", "next", "row_version"])
            if dice.random() < 0.1:
                yield account, address, dice.choice(["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]), {}


@pytest.mark.usefixtures("world")
def test_whatever_is_typed_no_address_answers_with_a_server_error(
    world: World,  # noqa: F811
    signed_in: Callable[[str], Client],
) -> None:
    affairs_of_staff(world)
    dice = random.Random(SEED)
    wrong: list[Any] = []
    seen: set[tuple[str, str]] = set()
    clients = {account: signed_in(account) for account in ACCOUNTS}
    keys = {
        account: client.cookies[settings.SESSION_COOKIE_NAME].value for account, client in clients.items()
    }
    clients["county"].post(reverse("interchange:check", args=[world.things["north"]["batch"]]), {"here": "1"})
    until = time.monotonic() + SECONDS
    for account, address, method, answers in tries(dice, world):
        client = clients[account]
        client.raise_request_exception = False
        client.cookies[settings.SESSION_COOKIE_NAME] = keys[account]
        with transaction.atomic():  # every try begins with the same records, and with somebody signed in
            if method == "GET":
                response = client.get(f"{address}?{encoded(answers).decode()}")
            else:
                body = encoded(answers)
                response = client.generic(method, address, body, "application/x-www-form-urlencoded")
            transaction.set_rollback(True)
        seen.add((address, method))

        if response.status_code >= 500:
            short = {k: v if len(str(v)) < 60 else str(v)[:60] for k, v in answers.items()}
            wrong.append(
                (
                    account,
                    method,
                    address,
                    response.status_code,
                    short,
                    repr(getattr(response, "exc_info", None))[:300],
                )
            )
        location = response.headers.get("Location", "")
        assert "evil" not in location.split("?")[0], (address, location)
        assert "\n" not in location
        assert b"<script>alert" not in response.content, address
        if time.monotonic() > until:
            break
    assert wrong == []
    assert len(seen) > len(FORMS)
