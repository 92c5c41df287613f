"""The pages: one tap after a call, the township's decision, the sheets for each receiver, the month."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.factories.county import County
from xinqiao.accounts.scope import acting
from xinqiao.followup.models import Standing, VisitAttempt
from xinqiao.tracing import actions, queries
from xinqiao.tracing.models import Asked, Search, Told
from xinqiao.tracing.views import reports

from .conftest import CLOCK, TODAY
from .test_searching import FIRST, THIRD, Miss, _confirm, _search, _three

SignedIn = Callable[[str], Client]


def _main(response: Any) -> str:
    text: str = response.content.decode()
    return text.split('id="main"', 1)[1].split("</main>", 1)[0]


def test_a_call_is_one_tap_and_asking_two(person: UUID, miss: Miss, signed_in: SignedIn) -> None:
    miss(person, FIRST)
    page = f"/tracing/{_search(person).pk}/"
    doctor = signed_in("village")
    assert "打过之后，点一下结果" in _main(doctor.get(page))
    assert doctor.post(page + "step/", {"pick": "phone:no_answer"}).status_code == 302
    assert VisitAttempt.objects.filter(happened_on=TODAY, form="3").count() == 1
    assert doctor.post(page + "step/", {"pick": "asked:nothing", "kind": "neighbours"}).status_code == 302
    assert Asked.objects.get().kind == "neighbours"
    for wrong in (
        {"pick": "asked:nothing"},
        {"pick": "phone:maybe"},
        {},
        {"pick": "asked:clue", "kind": "police"},
    ):
        assert doctor.post(page + "step/", wrong).status_code == 422, wrong
    text = _main(doctor.get(page))
    assert "问邻居" in text
    assert "认定失访</button>" not in text


def test_the_township_confirms_prints_and_notes_who_got_it(
    person: UUID, miss: Miss, signed_in: SignedIn
) -> None:
    search = _three(person, miss)
    head, page = signed_in("township"), f"/tracing/{search.pk}/"
    assert "安北望" in _main(head.get("/tracing/"))
    assert head.get(page + "report/group/").status_code == 404
    assert head.post(page + "confirm/", {"code": "3", "lost_on": "2026-11-21"}).status_code == 422
    assert head.post(page + "confirm/", {"code": "4", "lost_on": "昨天"}).status_code == 422
    assert head.post(page + "confirm/", {"code": "4", "lost_on": "2026-11-21"}).status_code == 302
    for receiver in ("group", "office", "police"):
        paper = head.get(page + f"report/{receiver}/")
        assert paper["Content-Type"] == "application/pdf"
        assert "安北望" not in paper["Content-Disposition"]
    assert head.get(page + "report/neighbours/").status_code == 404
    given = {"receiver": "group", "way": "paper", "told_on": "2026-11-21", "receiver_name": "综治中心"}
    assert head.post(page + "tell/", {**given, "receiver_name": ""}).status_code == 422
    assert head.post(page + "tell/", given).status_code == 302
    assert Told.objects.get().basis == "N18/lost"
    assert "综治中心" in _main(head.get(page))


def test_no_sheet_holds_more_than_its_receiver_may_have(
    person: UUID,
    risky: UUID,
    county: County,
    miss: Miss,
    signed_in: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    search = _confirm(county, _three(risky, miss))
    made: dict[str, Any] = {}

    def caught(template: str, data: dict[str, Any]) -> bytes:
        made.update(data)
        return b"%PDF"

    monkeypatch.setattr(reports, "render", caught)
    head = signed_in("township")
    head.get(f"/tracing/{search.pk}/report/police/")
    police = str(made)
    assert "有，接触时请注意安全" in police
    for word in ("不稳定", "精神", "分类", "奥氮平", "F20", "3 级", "依从"):
        assert word not in str(made["rows"] + made["tables"]), word
    assert made["tables"] == []
    head.get(f"/tracing/{search.pk}/report/group/")
    assert not {"证件号码", "住址", "监护人"} & {row[0] for row in made["rows"]}
    head.get(f"/tracing/{search.pk}/report/office/")
    assert [one["title"] for one in made["tables"]] == ["查找经过", "告知和报告"]
    assert len(made["tables"][0]["rows"]) == 3


def test_the_police_are_told_with_one_tap(risky: UUID, miss: Miss, signed_in: SignedIn) -> None:
    miss(risky, TODAY, outcome="away")
    page = f"/tracing/{_search(risky).pk}/"
    doctor = signed_in("village")
    assert "立即告知派出所" in _main(doctor.get(page))
    assert "还没有告知派出所" in _main(doctor.get("/tracing/?stage=searching"))
    given = {"receiver": "police", "way": "phone", "told_on": "2026-11-21", "receiver_name": "派出所"}
    assert doctor.post(page + "tell/", given).status_code == 302
    assert "立即告知派出所。" not in _main(doctor.get(page))
    assert doctor.post(page + "tell/", {**given, "way": "paper"}).status_code == 403


def test_by_hand_from_the_persons_page(person: UUID, signed_in: SignedIn) -> None:
    doctor = signed_in("village")
    assert "开始查找" in _main(doctor.get(f"/people/{person}/?tab=tracing"))
    page = f"/tracing/begin/{person}/"
    assert doctor.post(page, {"reason": "walked", "opened_on": "2026-11-21"}).status_code == 422
    answered = doctor.post(page, {"reason": "walked", "opened_on": "2026-11-21", "note": "母亲来电"})
    assert answered["Location"] == f"/tracing/{Search.objects.get().pk}/"
    assert "查找中" in doctor.get(f"/people/{person}/").content.decode()
    assert doctor.get(page)["Location"] == answered["Location"]
    assert "写到那次查找上" in _main(doctor.get(page + "?reason=1"))


def test_news_ends_it(person: UUID, miss: Miss, signed_in: SignedIn) -> None:
    search = _three(person, miss)
    head, page = signed_in("township"), f"/tracing/{search.pk}/"
    assert head.post(page + "end/", {"how": "reachable", "found_on": "2026-11-21"}).status_code == 422
    given = {"how": "reachable", "found_on": "2026-11-21", "news": "在银川务工"}
    assert head.post(page + "end/", given).status_code == 302
    assert "在银川务工" in _main(head.get(page))
    assert head.post(page + "end/", given).status_code == 409
    assert head.post(page + "step/", {"pick": "phone:no_answer"}).status_code == 409


def test_the_month_lists_everybody_lost_and_who_was_looked_for(
    person: UUID, risky: UUID, county: County, miss: Miss, visit: Callable[..., Any], signed_in: SignedIn
) -> None:
    _confirm(county, _three(person, miss), lost_on=date(2026, 10, 25))
    visit(risky, date(2026, 9, 3), "county", "import", lost_reason="2")
    for key in ("township", "county", "village"):
        text = _main(signed_in(key).get("/tracing/month/"))
        assert "安北望" in text
        assert "1 / 2" in text, key
    head = signed_in("county")
    assert "安北望" not in _main(head.get("/tracing/month/?month=2026-09"))
    assert "安北忧" in _main(head.get("/tracing/month/?month=2026-09"))
    assert head.get("/tracing/month/book/").status_code == 200
    assert head.get("/tracing/month/paper/")["Content-Type"] == "application/pdf"
    assert "没有失访者" in _main(signed_in("other_township").get("/tracing/month/"))
    assert signed_in("township").get("/tracing/month/?place=990101101000").status_code == 404


def test_people_lost_before_are_offered(person: UUID, visit: Callable[..., Any], signed_in: SignedIn) -> None:
    visit(person, THIRD, "county", "import", lost_reason="2")
    Search.objects.all().delete()
    Standing.objects.update(searched_since=None)
    head = signed_in("township")
    assert "还没有开始查找" in _main(head.get("/tracing/"))
    assert head.post("/tracing/begin-lost/").status_code == 302
    assert "安北望" in _main(head.get("/tracing/?stage=lost"))


def test_the_list_asks_the_database_no_more_for_more_people(
    county: County,
    miss: Miss,
    person: UUID,
    risky: UUID,
    count_sql: Callable[[], AbstractContextManager[Any]],
) -> None:
    def asked() -> int:
        actor = county.actors["township"]
        with acting(actor), count_sql() as sql:
            queries.listed(actor=actor, today=TODAY, tab="searching")
            queries.month_of(actor=actor, month=TODAY)
        return len(sql)

    miss(person, FIRST)
    before = asked()
    miss(risky, FIRST)
    assert asked() == before
    assert before <= 10


def test_recording_the_steps_of_many_costs_the_same(
    county: County,
    miss: Miss,
    person: UUID,
    risky: UUID,
    count_sql: Callable[[], AbstractContextManager[Any]],
) -> None:
    miss(person, FIRST)
    miss(risky, FIRST)

    def asked(*people: UUID) -> int:
        with acting(county.actors["township"]), count_sql() as sql:
            actions.refollow(people, clock=CLOCK)
        return len(sql)

    assert asked(person) == asked(person, risky)
