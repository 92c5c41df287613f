"""Fixtures that every test may ask for: a clock that stands still, a small county, and acting as somebody in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, settings

from tests.factories.county import County, make_county
from xinqiao.accounts.scope import acting
from xinqiao.kernel.clock import FixedClock

pytest_plugins = ["tests.plugins.browser", "tests.plugins.database"]

TODAY = date(2026, 11, 21)
# Whether a machine is busy says nothing about what is tested.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that may use the database may use all three aliases: they are one connection here."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker or "db" in getattr(item, "fixturenames", ()):
            wanted = {**(marker.kwargs if marker else {}), "databases": "__all__"}
            item.add_marker(pytest.mark.django_db(**wanted), append=False)


@pytest.fixture(autouse=True)
def _chinese() -> None:
    """Every test begins in Chinese, whatever language the one before it spoke."""
    translation.activate(django_settings.LANGUAGE_CODE)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(TODAY)


@pytest.fixture
def county(db: None) -> County:
    """Places, institutions and one account per role (see `tests.factories.county`)."""
    return make_county(TODAY)


@pytest.fixture
def acting_as(county: County) -> Callable[[str], AbstractContextManager[None]]:
    """`with acting_as("township"):` runs under that account's role and scope in the database."""

    def enter(key: str) -> AbstractContextManager[None]:
        return acting(county.actors[key])

    return enter


@pytest.fixture
def signed_in(county: County, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Client]:
    """`signed_in("township")` gives a test client with that account's session, on the tests' day."""
    monkeypatch.setenv("XINQIAO_TODAY", TODAY.isoformat())

    def enter(key: str) -> Client:
        client = Client()
        client.force_login(county.users[key], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


@pytest.fixture
def count_sql() -> Callable[[], AbstractContextManager[CaptureQueriesContext]]:
    """`with count_sql() as sql:` then `len(sql)`: statements without savepoints and scope settings.

    Nor the look at the deployment's own rules: that falls every few seconds, into whichever request comes then.
    """

    @contextmanager
    def counting() -> Iterator[CaptureQueriesContext]:
        with CaptureQueriesContext(connection) as captured:
            yield captured
        captured.captured_queries_after = [  # type: ignore[attr-defined]
            q
            for q in captured.captured_queries
            if not any(each in q["sql"] for each in ("set_config", "SAVEPOINT", "policy_localvalue"))
        ]

    return counting
