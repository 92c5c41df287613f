"""A place's own rules: who reads and writes them, what is refused, what follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.factories.county import COUNTY, NORTH_1
from xinqiao.audit.models import Event
from xinqiao.indicators.targets import targets_for
from xinqiao.kernel.codes import ancestors
from xinqiao.policy import current
from xinqiao.policy.deployment import forget, workdays_in_force
from xinqiao.policy.models import LocalValue

TODAY = date(2026, 11, 21)
SOURCE = "双桥县卫健局〔2026〕12 号"
SignedIn = Callable[[str], Client]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules_anew() -> Iterator[None]:
    forget()
    yield
    forget()


def at(thing: str) -> str:
    return reverse("regulations:rule", args=thing.split("/"))


def send(client: Client, thing: str, values: dict[str, Any], day: date = TODAY) -> Any:
    answer = client.post(at(thing), {"valid_from": day.isoformat(), "source": SOURCE, **values})
    forget()
    return answer


def test_everybody_reads_what_is_in_force_and_why(signed_in: SignedIn) -> None:
    for account in ("village", "county", "city", "programme", "auditor"):
        client = signed_in(account)
        page = client.get(reverse("regulations:list")).content.decode()
        assert "随访间隔" in page
        assert "国家基本公共卫生服务规范" in page
        one = client.get(at("followup/intervals")).content.decode()
        assert "3 个月" in one
        assert ("登记当地规定</h2>" in one) is (account == "programme")


def test_only_the_programme_administrator_writes(signed_in: SignedIn) -> None:
    for account in ("village", "township", "county", "city", "system", "auditor"):
        answer = send(signed_in(account), "followup/partial_insight", {"value": "recovered"})
        assert answer.status_code == 403
    assert not LocalValue.objects.exists()


def test_a_target_of_the_own_place_stands_before_the_nations(signed_in: SignedIn) -> None:
    client = signed_in("programme")
    answer = send(client, "indicators/targets", {"t-standard_rate": "95"}, date(2026, 1, 1))
    assert answer.status_code == 302
    found = targets_for(NORTH_1, TODAY)
    assert (str(found["standard_rate"].aim), found["standard_rate"].local) == ("95", True)
    assert found["standard_rate"].source == SOURCE
    assert (str(found["management_rate"].aim), found["management_rate"].local) == ("90", False)
    assert str(targets_for("990201100201", TODAY)["standard_rate"].aim) == "80"
    assert Event.objects.filter(action="register_rule").count() == 1
    page = client.get(at("indicators/targets")).content.decode()
    assert "≥ 95 %" in page
    assert "≥ 90 %" in page


def test_a_switch_holds_from_its_day_and_is_ended_again(signed_in: SignedIn) -> None:
    client = signed_in("programme")
    send(client, "followup/partial_insight", {"value": "recovered"})

    def holds(on: date) -> str:
        return current().at("followup/partial_insight", on=on, ancestors=ancestors(NORTH_1)).value

    assert (holds(date(2026, 11, 20)), holds(TODAY)) == ("partial", "recovered")
    withdraw = reverse("regulations:withdraw")
    assert signed_in("county").post(withdraw, {"value": str(LocalValue.objects.get().pk)}).status_code == 403
    assert ProcrastinateJob.objects.filter(task_name="followup.refold_area").count() == 1
    own = LocalValue.objects.get()
    assert signed_in("programme").post(withdraw, {"value": str(own.pk)}).status_code == 302
    forget()
    assert holds(TODAY) == "partial"
    assert signed_in("programme").post(withdraw, {"value": str(own.pk)}).status_code == 404


def test_a_day_gone_by_is_refused_because_its_records_were_right_then(signed_in: SignedIn) -> None:
    answer = send(signed_in("programme"), "followup/windows", _windows(), date(2026, 11, 20))
    assert answer.status_code == 422
    assert "过去的记录按当时的规定" in answer.content.decode()
    assert 'value="5"' in answer.content.decode()
    assert not LocalValue.objects.exists()


def test_an_interval_may_be_shorter_but_not_longer_than_the_nations(signed_in: SignedIn) -> None:
    client = signed_in("programme")
    page = client.get(at("followup/intervals")).content.decode()
    rules = current().at("followup/intervals", on=TODAY).value
    values = {f"i-{n}": str(rule.days or rule.months) for n, rule in enumerate(rules)}
    assert all(f'name="{name}"' in page for name in values)
    stable = next(f"i-{n}" for n, rule in enumerate(rules) if rule.situation == "stable")
    longer = send(client, "followup/intervals", values | {stable: "6"})
    assert longer.status_code == 422
    assert "应为 1 到 3 的整数" in longer.content.decode()
    assert send(client, "followup/intervals", values | {stable: "2", "top-any_risk": "1"}).status_code == 302
    found = current().at("followup/intervals", on=TODAY, ancestors=ancestors(NORTH_1)).value
    assert next(one.months for one in found if one.situation == "stable") == 2
    assert next(one.risk for one in found if one.situation == "any_risk") == (1, 2, 3, 4, 5)


def test_clocks_and_roles_are_asked_for_in_words(signed_in: SignedIn) -> None:
    client = signed_in("programme")
    clocks = current().at("registry/deadlines", on=TODAY).value
    values = {f"c-{key}": str(one["limit"]) for key, one in clocks.items()}
    assert send(client, "registry/deadlines", values | {"c-D1": "5"}).status_code == 302
    here = current().at("registry/deadlines", on=TODAY, ancestors=ancestors(COUNTY)).value
    assert {key: one["limit"] for key, one in here.items()} == {"D1": 5}  # the others stay the nation's
    page = client.get(at("registry/deadlines")).content.decode()
    assert str(clocks["D2"]["label"]) in page
    roles = {"name": "四包一", "from_risk": "2", "roles": ["police", "cadre"]}
    assert send(client, "registry/responsible_people", roles).status_code == 302
    people = current().at("registry/responsible_people", on=TODAY, ancestors=ancestors(COUNTY)).value
    assert people == {"name": "四包一", "from_risk": 2, "roles": ["cadre", "police"]}
    wrong = send(client, "registry/responsible_people", roles | {"roles": ["mayor"]})
    assert wrong.status_code == 422


def test_the_same_day_again_replaces_and_a_decision_table_is_not_asked_for(signed_in: SignedIn) -> None:
    client = signed_in("programme")
    send(client, "followup/own_review", {"value": "own_marked"})
    send(client, "followup/own_review", {"value": "another"})
    assert LocalValue.objects.filter(withdrawn_at=None).count() == 1
    assert send(client, "followup/classification", {"value": "x"}).status_code == 404
    assert send(client, "followup/own_review", {"value": "x"}).status_code == 422


def test_next_years_days_off_are_entered_once_and_counted_with(signed_in: SignedIn) -> None:
    client = signed_in("programme")
    where = reverse("regulations:calendar", args=[2027])
    assert "还没有登记" in client.get(where).content.decode()
    before = workdays_in_force().add(date(2026, 12, 31), 1)
    wrong = client.post(where, {"days_off": "1月1日", "working": "", "source": SOURCE})
    assert "月-日" in wrong.content.decode()
    weekend = client.post(where, {"days_off": "01-02", "working": "", "source": SOURCE})
    assert weekend.status_code == 422
    assert client.post(where, {"days_off": "01-01", "working": "01-03", "source": SOURCE}).status_code == 302
    forget()
    assert (before, workdays_in_force().add(date(2026, 12, 31), 1)) == (date(2027, 1, 1), date(2027, 1, 3))
    assert client.post(reverse("regulations:calendar", args=[2026]), {"days_off": "01-01"}).status_code == 404


def test_a_source_is_asked_for_and_nothing_typed_is_lost(signed_in: SignedIn) -> None:
    client = signed_in("programme")
    answer = client.post(
        at("indicators/targets"), {"valid_from": "2026-01-01", "source": "", "t-standard_rate": "120"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "百分比不超过 100" in page
    assert 'value="120"' in page


@pytest.mark.parametrize("typed", ["", "x", "-1", "9" * 30, "1.5", "\x00", "２"])
def test_whatever_is_typed_is_answered_with_a_sentence_and_writes_nothing(
    signed_in: SignedIn, typed: str
) -> None:
    client = signed_in("programme")
    for thing in (name for name in current().names() if not name.startswith("calendar/")):
        page = client.get(at(thing)).content.decode()
        names = set(re.findall(r'name="((?:n|t|c|i|top)-[^"]+|value|name|from_risk|roles)"', page))
        answer = client.post(at(thing), dict.fromkeys(names, typed) | {"source": typed, "valid_from": typed})
        assert answer.status_code in (404, 422), thing
    assert not LocalValue.objects.exists()


def _windows() -> dict[str, str]:
    held = current().at("followup/windows", on=TODAY).value
    return {f"n-{name}": str(number) for name, number in held.items()} | {"n-extra_within_days": "5"}


def test_a_target_older_than_the_national_ones_is_shown_whole(signed_in: SignedIn) -> None:
    LocalValue.objects.create(
        thing="indicators/targets",
        division_code=COUNTY,
        valid_from=date(2005, 1, 1),
        value={"management_rate": {"at_least": "60", "clause": "OWN/targets"}},
        source=SOURCE,
        author="演示",
    )
    forget()
    page = signed_in("programme").get(at("indicators/targets"))
    assert page.status_code == 200
    assert "2005-01-01" in page.content.decode()
