"""From the first miss to the loss and to finding again: what is opened, moved on and ended, by whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.factories.county import County
from xinqiao.accounts.scope import acting
from xinqiao.audit.models import Event
from xinqiao.clocks.models import Clock
from xinqiao.followup.actions import undo_visit
from xinqiao.followup.models import Standing
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewLifeEvent, record_life_events
from xinqiao.registry.models import LifeEvent
from xinqiao.tracing import actions
from xinqiao.tracing.actions import Loss, NewAsked, News, NewSearch, NewTold
from xinqiao.tracing.models import Asked, Search, Told

from .conftest import CLOCK, TODAY

FIRST, SECOND, THIRD = date(2026, 10, 20), date(2026, 11, 2), date(2026, 11, 18)
Miss = Callable[..., UUID]


def _do(county: County, key: str, act: Callable[..., Any], **more: Any) -> Any:
    actor = county.actors[key]
    with acting(actor):
        return act(actor=actor, clock=CLOCK, **more)


def _search(person: UUID) -> Search:
    return Search.objects.filter(person_id=person).latest("opened_at")


def _three(person: UUID, miss: Miss) -> Search:
    for day in (FIRST, SECOND, THIRD):
        miss(person, day)
    return _search(person)


def _confirm(county: County, search: Search, key: str = "township", **changes: Any) -> Search:
    loss = Loss(**{"code": "4", "lost_on": TODAY, "note": "", **changes})
    return _do(county, key, actions.confirm_loss, search_id=search.pk, loss=loss)


def test_the_first_miss_begins_a_search_with_its_two_clocks(person: UUID, miss: Miss) -> None:
    miss(person, FIRST)
    search = _search(person)
    assert (search.stage, search.origin, search.reason, search.opened_on) == (
        "searching",
        "miss",
        "misses",
        FIRST,
    )
    due = {one.code: (one.due_on, one.outcome) for one in Clock.objects.filter(kind="tracing")}
    assert due == {"D15": (FIRST + timedelta(days=14), "open"), "D15B": (date(2026, 11, 20), "open")}
    assert Standing.objects.get(person_id=person).searched_since == FIRST


def test_three_dated_tries_wait_for_the_township(person: UUID, miss: Miss) -> None:
    miss(person, FIRST)
    miss(person, FIRST, form="2", outcome="nobody_home")
    miss(person, SECOND)
    assert _search(person).stage == "searching"
    miss(person, THIRD)
    search = _search(person)
    assert (search.stage, search.tries) == ("waiting", [FIRST, SECOND, THIRD])
    assert {one.code: one.outcome for one in Clock.objects.filter(kind="tracing")} == {
        "D15": "done",
        "D15B": "done",
    }


def test_a_try_typed_in_later_belongs_to_the_same_search(person: UUID, miss: Miss) -> None:
    for day in (THIRD, SECOND, FIRST):
        miss(person, day)
    search = Search.objects.get()
    assert (search.stage, search.opened_on, search.tries) == ("waiting", FIRST, [FIRST, SECOND, THIRD])


def test_a_family_that_says_the_person_will_come_back_is_no_miss(person: UUID, miss: Miss) -> None:
    for outcome in ("answered", "relative", "refused"):
        miss(person, FIRST, outcome=outcome)
    assert not Search.objects.exists()


def test_the_township_confirms_and_the_loss_is_one_event(county: County, person: UUID, miss: Miss) -> None:
    search = _confirm(county, _three(person, miss))
    assert (search.stage, search.lost_on, search.confirmed_by) == ("lost", TODAY, county.users["township"].pk)
    assert Standing.objects.get(person_id=person).state == "lost"
    assert LifeEvent.objects.filter(person_id=person, kind="lost", voided_at=None).count() == 1
    _confirm(county, search)
    assert LifeEvent.objects.filter(person_id=person, kind="lost").count() == 1
    assert Event.objects.filter(action="confirm_loss").count() == 1
    report = Clock.objects.get(code="D15R")
    assert (report.started_on, report.outcome) == (TODAY, "open")


def test_two_tries_are_not_enough(county: County, person: UUID, miss: Miss) -> None:
    miss(person, FIRST)
    miss(person, SECOND)
    with pytest.raises(Invalid, match="只有 2 次") as refused:
        _confirm(county, _search(person))
    assert refused.value.problems[0].code == "too_few_tries"
    assert Standing.objects.get(person_id=person).state == "registered"


def test_only_the_township_and_the_county_confirm(county: County, person: UUID, miss: Miss) -> None:
    search = _three(person, miss)
    with pytest.raises(NotAllowed):
        _confirm(county, search, "village")
    for stranger in ("other_township", "other_county"):
        with pytest.raises(NotFound):
            _confirm(county, search, stranger)
    assert _confirm(county, search, "county").confirmed


def test_a_loss_reported_with_three_tries_by_the_visit_waits_for_the_township_and_is_not_written_twice(
    county: County, person: UUID, miss: Miss, visit: Callable[..., Any]
) -> None:
    miss(person, date(2026, 10, 25))
    miss(person, SECOND)
    visit(person, THIRD, lost_reason="4")
    search = _search(person)
    assert (search.stage, search.lost_on, search.confirmed) == ("waiting", THIRD, False)
    miss(person, TODAY)
    confirmed = _confirm(county, _search(person))
    assert (confirmed.stage, confirmed.lost_on) == ("lost", THIRD)
    assert LifeEvent.objects.filter(person_id=person, kind="lost").count() == 1


def test_a_loss_reported_with_too_few_tries_waits_too(person: UUID, visit: Callable[..., Any]) -> None:
    visit(person, THIRD, lost_reason="4")
    search = _search(person)
    assert (search.stage, search.origin, search.lost_on) == ("waiting", "visit", None)


def test_walking_off_is_known_at_once(county: County, person: UUID, visit: Callable[..., Any]) -> None:
    visit(person, THIRD, lost_reason="3")
    search = _search(person)
    assert (search.stage, search.reason, search.lost_on) == ("waiting", "walked", THIRD)
    assert _confirm(county, search, code="3").stage == "lost"


def test_what_an_office_recorded_or_a_register_brought_needs_no_second_look(
    county: County, person: UUID, risky: UUID, visit: Callable[..., Any]
) -> None:
    event = NewLifeEvent(person, "lost", THIRD, "3")
    _do(county, "township", record_life_events, events=[event])
    visit(risky, THIRD, "county", "import", lost_reason="2")
    assert {_search(one).stage for one in (person, risky)} == {"lost"}
    assert not Clock.objects.filter(code="D15R").exists()


def test_by_hand_it_takes_a_reason_and_what_it_rests_on(county: County, person: UUID) -> None:
    new = NewSearch(uuid7(), person, "unknown", THIRD, "")
    with pytest.raises(Invalid, match="依据"):
        _do(county, "village", actions.open_search, new=new)
    with pytest.raises(Invalid, match="原因"):
        _do(county, "village", actions.open_search, new=NewSearch(uuid7(), person, "misses", THIRD, "x"))
    new = NewSearch(uuid7(), person, "unknown", THIRD, "弟弟说去了南方，没有留地址")
    made = _do(county, "village", actions.open_search, new=new)
    assert (made.stage, made.left_on) == ("waiting", THIRD)
    assert _do(county, "village", actions.open_search, new=new).pk == made.pk
    confirmed = _confirm(county, made, code="1")
    assert (confirmed.stage, LifeEvent.objects.get(kind="lost").reason) == ("lost", "1")
    with pytest.raises(NotFound):
        _do(county, "village_2", actions.open_search, new=NewSearch(uuid7(), person, "unknown", THIRD, "x"))


def test_a_visit_ends_it_and_the_history_stays(
    county: County, person: UUID, miss: Miss, visit: Callable[..., Any]
) -> None:
    _confirm(county, _three(person, miss), lost_on=THIRD)
    visit(person, TODAY)
    search = _search(person)
    assert (search.stage, search.ended_how, search.ended_on, search.lost_on) == ("found", "met", TODAY, THIRD)
    standing = Standing.objects.get(person_id=person)
    assert (standing.state, standing.searched_since) == ("registered", None)
    outcomes = {one.code: one.outcome for one in Clock.objects.filter(kind="tracing")}
    assert outcomes == {"D15": "done", "D15B": "done", "D15R": "cancelled"}, "nobody reports who is back"
    assert Search.objects.count() == 1


def test_a_visit_before_the_loss_ends_a_search_without_calling_it_found(
    person: UUID, miss: Miss, visit: Callable[..., Any]
) -> None:
    miss(person, FIRST)
    visit(person, SECOND)
    search = _search(person)
    assert (search.stage, search.ended_how) == ("ended", "met")


def test_an_undone_visit_lets_the_search_go_on(
    county: County, person: UUID, miss: Miss, visit: Callable[..., Any]
) -> None:
    miss(person, FIRST)
    made = visit(person, SECOND)
    _do(county, "village", undo_visit, visit_id=made.visit_id, reason="记错了人")
    assert Search.objects.count() == 1
    assert (_search(person).stage, _search(person).ended_on) == ("searching", None)


def test_a_second_time_is_a_search_of_its_own(person: UUID, miss: Miss, visit: Callable[..., Any]) -> None:
    miss(person, FIRST)
    visit(person, SECOND)
    miss(person, THIRD)
    assert [(one.stage, one.opened_on) for one in Search.objects.order_by("opened_on")] == [
        ("ended", FIRST),
        ("searching", THIRD),
    ]


def test_away_but_reachable_is_not_lost_and_old_misses_do_not_begin_again(
    county: County, person: UUID, miss: Miss
) -> None:
    search = _three(person, miss)
    news = News("reachable", TODAY, "在银川务工，本人接了电话")
    ended = _do(county, "township", actions.report_found, search_id=search.pk, news=news)
    assert (ended.stage, Standing.objects.get(person_id=person).state) == ("ended", "registered")
    miss(person, date(2026, 11, 10))
    assert Search.objects.count() == 1
    with pytest.raises(Conflict):
        _do(county, "township", actions.report_found, search_id=search.pk, news=news)


def test_sure_news_answers_the_loss(county: County, person: UUID, miss: Miss) -> None:
    search = _confirm(county, _three(person, miss), lost_on=THIRD)
    with pytest.raises(Invalid, match="早于失访"):
        news = News("elsewhere", SECOND, "邻县")
        _do(county, "township", actions.report_found, search_id=search.pk, news=news)
    news = News("elsewhere", TODAY, "邻县精防办来电")
    found = _do(county, "township", actions.report_found, search_id=search.pk, news=news)
    assert (found.stage, found.ended_how) == ("found", "elsewhere")
    assert Standing.objects.get(person_id=person).state == "registered"
    assert LifeEvent.objects.filter(person_id=person, kind="found").count() == 1


def test_asking_is_written_down_once_and_with_what_was_said(county: County, person: UUID, miss: Miss) -> None:
    miss(person, FIRST)
    search = _search(person)
    new = NewAsked(uuid7(), search.pk, "neighbours", "nothing", THIRD)
    first = _do(county, "village", actions.record_asked, new=new)
    assert _do(county, "village", actions.record_asked, new=new).pk == first.pk
    assert (Asked.objects.count(), first.done_by) == (1, "演示village")
    with pytest.raises(Invalid, match="谁说的"):
        clue = NewAsked(uuid7(), search.pk, "committee", "clue", THIRD)
        _do(county, "village", actions.record_asked, new=clue)
    for wrong in ("phone", "", "priest"):
        with pytest.raises(Invalid, match="向谁了解"):
            _do(
                county,
                "village",
                actions.record_asked,
                new=NewAsked(uuid7(), search.pk, wrong, "nothing", THIRD),
            )
    with pytest.raises(Invalid, match="晚于今天"):
        late = NewAsked(uuid7(), search.pk, "police", "nothing", TODAY + timedelta(days=1))
        _do(county, "village", actions.record_asked, new=late)
    with pytest.raises(NotFound):
        new = NewAsked(uuid7(), search.pk, "police", "nothing", THIRD)
        _do(county, "village_2", actions.record_asked, new=new)


def test_police_are_told_at_once_when_a_risky_person_is_known_to_have_left(
    county: County, risky: UUID, miss: Miss
) -> None:
    miss(risky, FIRST, outcome="away")
    search = _search(risky)
    assert (search.grave, search.left_on) == (True, FIRST)
    clock = Clock.objects.get(code="D15P")
    assert (clock.due_on, clock.outcome) == (FIRST + timedelta(days=1), "open")
    new = NewTold(uuid7(), search.pk, "police", "phone", FIRST, "北桥派出所 值班民警")
    told = _do(county, "village", actions.tell, new=new)
    assert _do(county, "village", actions.tell, new=new).pk == told.pk
    assert Told.objects.count() == 1
    clock.refresh_from_db()
    assert (clock.outcome, clock.ended_on) == ("done", FIRST)
    assert not {"class", "risk", "reason"} & set(told.fields)


def test_a_calm_person_who_is_away_is_no_case_for_the_police(person: UUID, miss: Miss) -> None:
    miss(person, FIRST, outcome="away")
    assert not Clock.objects.filter(code="D15P").exists()


def test_the_written_report_waits_for_the_township(county: County, person: UUID, miss: Miss) -> None:
    search = _three(person, miss)
    group = NewTold(uuid7(), search.pk, "group", "paper", TODAY, "北桥镇综治中心 王主任")
    with pytest.raises(NotAllowed):
        _do(county, "village", actions.tell, new=group)
    with pytest.raises(Invalid, match="认定失访后"):
        _do(county, "township", actions.tell, new=group)
    _confirm(county, search)
    _do(county, "township", actions.tell, new=group)
    assert Clock.objects.get(code="D15R").outcome == "open"
    office = NewTold(uuid7(), search.pk, "office", "paper", TODAY, "双桥县精防办")
    _do(county, "township", actions.tell, new=office)
    assert Clock.objects.get(code="D15R").outcome == "done"


def test_tries_made_stay_made_when_it_becomes_known_why_nobody_is_there(
    county: County, person: UUID, miss: Miss
) -> None:
    miss(person, FIRST)
    miss(person, SECOND)
    _do(county, "township", record_life_events, events=[NewLifeEvent(person, "lost", THIRD, "1")])
    assert _search(person).reason == "unknown"
    rows = {one.code: (one.outcome, one.ended_on) for one in Clock.objects.filter(code__in=["D15", "D15B"])}
    assert rows == {"D15": ("done", SECOND), "D15B": ("cancelled", THIRD)}


def test_police_are_told_from_the_day_it_became_known_not_from_the_first_miss(
    county: County, risky: UUID, miss: Miss
) -> None:
    miss(risky, FIRST)
    _do(county, "township", record_life_events, events=[NewLifeEvent(risky, "lost", THIRD, "1")])
    row = Clock.objects.get(code="D15P")
    assert (_search(risky).left_on, row.started_on, row.outcome) == (THIRD, THIRD, "open")


def test_who_is_said_to_have_gone_after_a_miss_is_known_to_have_left_from_that_day(
    risky: UUID, miss: Miss, visit: Callable[..., Any]
) -> None:
    miss(risky, FIRST)
    visit(risky, SECOND, lost_reason="3")
    assert _search(risky).left_on == SECOND


def test_police_who_were_not_told_in_time_stand_as_overdue_when_the_person_is_back(
    county: County, risky: UUID, miss: Miss, visit: Callable[..., Any]
) -> None:
    miss(risky, FIRST, outcome="away")
    state = {"risk": 3, "symptoms": ["1", "3"], "symptom_severity": "3", "insight": "3", "doctor": "周大夫"}
    visit(risky, FIRST + timedelta(days=5), **state)
    row = Clock.objects.get(code="D15P")
    assert (row.outcome, row.due_on, row.ended_on) == (
        "cancelled", FIRST + timedelta(days=1), FIRST + timedelta(days=5)
    )  # fmt: skip


def test_death_ends_the_search(county: County, person: UUID, miss: Miss) -> None:
    miss(person, FIRST)
    _do(county, "township", record_life_events, events=[NewLifeEvent(person, "died", SECOND, "1")])
    assert (_search(person).stage, _search(person).ended_how) == ("ended", "dead")


def test_people_lost_before_get_a_search_on_request(
    county: County, person: UUID, visit: Callable[..., Any]
) -> None:
    visit(person, THIRD, "county", "import", lost_reason="2")
    Search.objects.all().delete()
    Standing.objects.update(searched_since=None)
    assert _do(county, "other_township", actions.open_for_the_lost) == 0
    assert _do(county, "township", actions.open_for_the_lost) == 1
    assert _do(county, "township", actions.open_for_the_lost) == 0
    assert _search(person).stage == "lost"
