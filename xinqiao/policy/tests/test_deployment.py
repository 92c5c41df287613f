"""A deployment's own rows stand beside the released ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import timezone

from xinqiao import policy
from xinqiao.policy import deployment
from xinqiao.policy.models import LocalValue
from xinqiao.policy.policies import released_policies


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    deployment.forget()
    yield
    deployment.forget()


def _day_off() -> LocalValue:
    value = {"year": 2027, "days_off": ["01-01"], "working": []}
    return LocalValue.objects.create(
        thing="calendar/2027",
        division_code="000000000000",
        valid_from=date(2027, 1, 1),
        value=value,
        source="made up",
        author="tester",
    )


@pytest.mark.django_db
def test_without_local_rows_the_released_rules_are_in_force() -> None:
    assert policy.current().version == released_policies().version


@pytest.mark.django_db
def test_a_local_row_changes_the_version_and_withdrawing_it_gives_the_old_one_back() -> None:
    row = _day_off()
    assert policy.current().version != released_policies().version
    row.withdrawn_at = timezone.now()
    row.save()
    deployment.forget()
    assert policy.current().version == released_policies().version
