"""Signing in: one sentence for every failure, lock-out, idle time-out, demo accounts, first password."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher, make_password
from django.test import Client
from django.urls import reverse

from tests.factories.county import PASSWORD, County
from xinqiao.accounts.models import User
from xinqiao.accounts.sessions import SEEN

SIGN_IN = "/sign-in/"


def _try(client: Client, username: str, password: str) -> int:
    return client.post(SIGN_IN, {"username": username, "password": password}).status_code


def test_the_right_password_opens_the_page_that_was_asked_for(county: County) -> None:
    response = Client().post(SIGN_IN, {"username": "township", "password": PASSWORD, "next": "/people/"})
    assert (response.status_code, response["Location"]) == (302, "/people/")


def test_a_foreign_target_is_not_followed(county: County) -> None:
    response = Client().post(
        SIGN_IN, {"username": "township", "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert response["Location"] == "/"


def test_an_unknown_name_and_a_wrong_password_look_the_same(county: County) -> None:
    pages = [
        Client().post(SIGN_IN, {"username": name, "password": "x"}).content
        for name in ("township", "nobody-here")
    ]
    strip = [p.replace(b"township", b"").replace(b"nobody-here", b"") for p in pages]
    import re

    assert len({re.sub(rb'value="[A-Za-z0-9]{64}"|X-CSRFToken": "[^"]*', b"", p) for p in strip}) == 1


def test_five_wrong_passwords_lock_the_name_even_for_the_right_one(county: County) -> None:
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        _try(client, "township", "wrong")
    assert _try(Client(), "township", PASSWORD) == 429
    assert _try(Client(), "county", PASSWORD) == 302


def test_a_session_that_stood_still_too_long_ends(county: County, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("township")
    session = client.session
    session[SEEN] = time.time() - settings.XINQIAO_IDLE_MINUTES * 60 - 5
    session.save()
    response = client.get("/password/")
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("accounts:sign-in"))


def test_a_demo_account_is_refused_outside_the_demo(county: County) -> None:
    User.objects.filter(username="township").update(is_demo=True)
    assert _try(Client(), "township", PASSWORD) == 422


@pytest.mark.parametrize("change", [{"is_active": False}, {"valid_until": "2026-11-20"}])
def test_an_ended_account_cannot_sign_in(
    county: County, change: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINQIAO_TODAY", "2026-11-21")
    User.objects.filter(username="township").update(**change)
    assert _try(Client(), "township", PASSWORD) == 422


def test_the_first_password_must_be_changed_before_anything_else(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    User.objects.filter(username="township").update(must_change_password=True)
    client = signed_in("township")
    assert client.get("/")["Location"] == reverse("accounts:password")
    weak = client.post("/password/", {"old": PASSWORD, "new": "1234567890", "again": "1234567890"})
    assert weak.status_code == 422
    good = {"old": PASSWORD, "new": "quiet-willow-lake", "again": "quiet-willow-lake"}
    assert client.post("/password/", good).status_code == 302
    assert not User.objects.get(username="township").must_change_password


def test_passwords_are_kept_with_argon2() -> None:
    assert identify_hasher(make_password("x" * 12, hasher="argon2")).algorithm == "argon2"
    assert any("Argon2" in name for name in settings.PASSWORD_HASHERS)


def test_without_signing_in_every_page_leads_to_sign_in(db: None) -> None:
    for path in ("/", "/people/", "/followup/today/", "/figures/", "/import/"):
        response = Client().get(path)
        assert response.status_code == 302, path
        assert response["Location"].startswith(reverse("accounts:sign-in")), path
