"""From a list to the report: who begins, who does, what a visit counts, what is frozen; and the pages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.factories.county import NORTH_1, NORTH_2, SOUTH, SOUTH_1, SOUTH_2, County
from tests.factories.records import person_record, visit_record
from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.audit.models import Event
from xinqiao.campaigns import actions, queries
from xinqiao.campaigns.actions import NewCampaign, NewLine
from xinqiao.campaigns.models import Campaign, Target
from xinqiao.clocks.models import Clock
from xinqiao.followup.actions import NewVisit, record_visits
from xinqiao.followup.models import Visit
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_people

TODAY = date(2026, 11, 21)
CLOCK = FixedClock(TODAY)
STARTS, ENDS = date(2026, 11, 1), date(2026, 12, 10)
STEPS = [
    {"key": "drugs", "ask": "药够吃到节后吗", "yes": "够", "no": "不够"},
    {"key": "home", "ask": "节日期间家里有人照看吗", "yes": "有人", "no": "没有"},
]
GOOD = {"drugs": "1", "home": "1"}


@pytest.fixture
def people(county: County) -> list[UUID]:
    """Two of the first northern village, one of the second, one of the south."""
    actor = county.actors["county"]
    batch = [
        NewPerson(uuid7(), person_record(name, village, filed_on=date(2024, 3, 1), serial=500 + n))
        for n, (name, village) in enumerate(
            [("安北甲", NORTH_1), ("安北乙", NORTH_1), ("安北丙", NORTH_2), ("安南丁", SOUTH_1)]
        )
    ]
    with acting(actor):
        found = register_people(actor=actor, clock=CLOCK, batch=batch, source="form")
    return [one.person_id for one in found]


def _do(county: County, key: str, act: Callable[..., Any], **more: Any) -> Any:
    actor = county.actors[key]
    with acting(actor):
        return act(actor=actor, clock=CLOCK, **more)


def _new(people: list[UUID], **changes: Any) -> NewCampaign:
    made = NewCampaign(
        uuid7(), "节前关爱走访", "care", "people", STARTS, ENDS, "名单：花名册", people, steps=STEPS
    )
    return replace(made, **changes)


def _start(county: County, people: list[UUID], key: str = "county", **changes: Any) -> Campaign:
    return _do(county, key, actions.start_campaign, new=_new(people, **changes))


def _line(campaign: Campaign, person: UUID) -> UUID:
    return Target.objects.get(campaign=campaign, person_id=person).pk


def _record(county: County, key: str, target: UUID, **changes: Any) -> Target:
    new = NewLine(uuid7(), target, TODAY, GOOD)
    return _do(county, key, actions.record_line, new=replace(new, **changes))


def _visit(county: County, person: UUID, day: date, **changes: Any) -> None:
    actor = county.actors["county"]
    with acting(actor):
        record_visits(
            actor=actor, clock=CLOCK, entry_mode="full",
            batch=[NewVisit(uuid7(), person, visit_record(day, **changes))],
        )  # fmt: skip


def _seen(county: County, key: str, campaign: Campaign, **more: Any) -> queries.Progress:
    actor = county.actors[key]
    with acting(actor):
        return queries.progress(actor=actor, campaign_id=campaign.pk, **more)


def test_a_countys_action_reaches_its_townships_and_villages(county: County, people: list[UUID]) -> None:
    campaign = _start(county, people)
    totals = {
        key: _seen(county, key, campaign).whole.total
        for key in ("county", "township", "other_township", "village", "village_2")
    }
    assert totals == {"county": 4, "township": 3, "other_township": 1, "village": 2, "village_2": 1}
    with pytest.raises(NotFound):
        _seen(county, "other_county", campaign)
    clock = Clock.objects.get(code="D28")
    assert (clock.due_on, clock.outcome) == (ENDS, "open")


def test_a_townships_action_does_not_reach_its_neighbour_but_the_county_sees_it(
    county: County, people: list[UUID]
) -> None:
    campaign = _start(county, people[:3], "township")
    assert _seen(county, "county", campaign).whole.total == 3
    with pytest.raises(NotFound):
        _seen(county, "other_township", campaign)
    with pytest.raises(NotFound):
        _start(county, people, "township")


def test_a_village_doctor_begins_none(county: County, people: list[UUID]) -> None:
    with pytest.raises(NotAllowed):
        _start(county, people[:1], "village")


def test_begun_twice_it_is_one(county: County, people: list[UUID]) -> None:
    new = _new(people)
    first = _do(county, "county", actions.start_campaign, new=new)
    assert _do(county, "county", actions.start_campaign, new=new).pk == first.pk
    assert (Campaign.objects.count(), Target.objects.count()) == (1, 4)
    assert Event.objects.filter(action="start_campaign").count() == 1
    with pytest.raises(Conflict):
        _do(county, "county", actions.start_campaign, new=replace(new, title="另一次"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"), ({"title": "长" * 61}, "title"), ({"kind": "party"}, "kind"), ({"people": []}, "people"),
        ({"deadline": None}, "deadline"), ({"deadline": STARTS - timedelta(days=1)}, "deadline"),
        ({"deadline": TODAY - timedelta(days=1)}, "deadline"), ({"starts_on": None}, "starts_on"),
        ({"subject": "villages", "people": []}, "villages"), ({"counts": "some"}, "counts"), ({"subject": "dogs"}, "subject"),
        ({"subject": "villages", "villages": [NORTH_1], "counts": "any"}, "counts"), ({"holiday": "easter"}, "holiday"),
        ({"steps": [{"key": "a", "ask": "问" * 41, "yes": "是", "no": "否"}]}, "steps"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(
    county: County, people: list[UUID], changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        _do(county, "county", actions.start_campaign, new=replace(_new(people), **changes))
    assert field in {problem.field for problem in refused.value.problems}
    assert not Campaign.objects.exists()


def test_villages_can_stand_on_the_list(county: County, people: list[UUID]) -> None:
    villages = [NORTH_1, NORTH_2, SOUTH_1, SOUTH_2]
    campaign = _start(county, [], subject="villages", villages=villages, kind="sweep")
    assert _seen(county, "village", campaign).whole.total == 1
    with pytest.raises(NotFound):
        _start(county, [], "township", subject="villages", villages=[SOUTH_1])
    row = _seen(county, "village", campaign).rows[0]
    assert row.name == "北桥镇 柳树村"
    assert _record(county, "village", row.target.pk).outcome == "done"


def test_a_line_is_done_corrected_and_written_once(county: County, people: list[UUID]) -> None:
    campaign = _start(county, people)
    target = _line(campaign, people[0])
    op = uuid7()
    _record(county, "village", target, op_id=op)
    _record(county, "village", target, op_id=op)
    assert Event.objects.filter(action="record_campaign_line").count() == 1
    with pytest.raises(Invalid, match="怎么处理"):
        _record(county, "village", target, answers={"drugs": "0", "home": "1"})
    line = _record(county, "village", target, answers={"drugs": "0", "home": "1"}, note="明天送药")
    assert (line.outcome, line.answers) == ("done", {"drugs": "0", "home": "1"})
    found = _seen(county, "township", campaign, state="problem")
    assert [one.problems for one in found.rows] == [["药够吃到节后吗：不够"]]
    line = _record(county, "village", target, reason="away", answers={})
    assert (line.outcome, line.answers, line.reason) == ("unreachable", {}, "away")
    with pytest.raises(NotFound):
        _record(county, "village_2", target)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"happened_on": None}, "happened_on"), ({"happened_on": TODAY + timedelta(days=1)}, "happened_on"),
        ({"happened_on": STARTS - timedelta(days=1)}, "happened_on"), ({"answers": {"drugs": "1"}}, "step-home"),
        ({"reason": "lazy"}, "reason"), ({"reason": "other"}, "note"), ({"note": "长" * 301}, "note"),
    ],
)  # fmt: skip
def test_a_line_says_what_is_missing(
    county: County, people: list[UUID], changes: dict[str, Any], field: str
) -> None:
    campaign = _start(county, people)
    with pytest.raises(Invalid) as refused:
        _record(county, "village", _line(campaign, people[0]), **changes)
    assert field in {problem.field for problem in refused.value.problems}


@pytest.mark.parametrize(
    ("counts", "form", "day", "done"),
    [
        ("any", "3", date(2026, 11, 5), 1),
        ("face", "3", date(2026, 11, 5), 0),
        ("face", "2", date(2026, 11, 5), 1),
        ("any", "2", date(2026, 10, 31), 0),
        ("none", "2", date(2026, 11, 5), 0),
    ],
)
def test_a_visit_of_the_period_counts_where_the_action_says_so(
    county: County, people: list[UUID], counts: str, form: str, day: date, done: int
) -> None:
    campaign = _start(county, people, counts=counts)
    _visit(county, people[0], day, form=form)
    whole = _seen(county, "county", campaign).whole
    assert (whole.visited, whole.open) == (done, 4 - done)
    actor = county.actors["county"]
    with acting(actor):
        assert queries.campaigns_of(actor=actor)[0].settled == done


def test_a_visit_returned_in_review_counts_no_line_as_done(county: County, people: list[UUID]) -> None:
    campaign = _start(county, people, counts="any")
    _visit(county, people[0], date(2026, 11, 5))
    assert _seen(county, "county", campaign).whole.visited == 1
    Visit.objects.filter(person_id=people[0]).update(review_status="2")
    assert _seen(county, "county", campaign).whole.visited == 0


def test_closing_freezes_the_numbers(county: County, people: list[UUID]) -> None:
    campaign = _start(county, people, counts="any")
    _record(county, "village", _line(campaign, people[0]), answers={"drugs": "0", "home": "1"}, note="送药")
    _record(county, "village_2", _line(campaign, people[2]), reason="hospital", answers={})
    _visit(county, people[1], date(2026, 11, 5))
    with pytest.raises(Invalid):
        _do(county, "county", actions.close_campaign, campaign_id=campaign.pk, conclusion=" ")
    closed = _do(county, "county", actions.close_campaign, campaign_id=campaign.pk, conclusion="药都送到了")
    whole = closed.figures["whole"]
    assert (whole["done"], whole["visited"], whole["unreachable"], whole["open"]) == (1, 1, 1, 1)
    assert (whole["no"], whole["reasons"]) == ({"drugs": 1}, {"hospital": 1})
    assert Target.objects.get(person_id=people[1]).visit_id is not None
    _visit(county, people[3], date(2026, 11, 20))
    assert _seen(county, "county", closed).whole.open == 1
    with pytest.raises(Conflict):
        _record(county, "other_township", _line(campaign, people[3]))
    assert _do(
        county, "county", actions.close_campaign, campaign_id=campaign.pk, conclusion="再写"
    ).conclusion == ("药都送到了")
    assert Clock.objects.get(code="D28").outcome == "done"


def test_a_report_stays_whoever_moves_afterwards(county: County, people: list[UUID]) -> None:
    campaign = _start(county, people)
    _record(county, "village", _line(campaign, people[0]), answers={"drugs": "0", "home": "1"}, note="送药")
    _do(county, "county", actions.close_campaign, campaign_id=campaign.pk, conclusion="药都送到了")
    keys = ("county", "township", "village", "other_township")

    def numbers() -> list[Any]:
        found = [_seen(county, key, campaign) for key in keys]
        return [(one.whole, one.places, one.elsewhere) for one in found]

    before = numbers()
    assert [one[0].total for one in before] == [4, 3, 2, 1]
    Target.objects.filter(person_id=people[0]).update(managing_code=SOUTH_1)
    assert numbers() == before
    actor = county.actors["township"]
    with acting(actor):
        listed = queries.campaigns_of(actor=actor, ended=True)[0]
    assert (listed.total, listed.settled) == (3, 1)
    assert [row.name for row in _seen(county, "village", campaign).rows] == ["安北乙"]


def test_somebody_who_serves_a_second_township_leads_and_does_it_there(
    county: County, people: list[UUID], signed_in: Callable[[str], Client]
) -> None:
    User.objects.filter(pk=county.users["township"].pk).update(further_places=[SOUTH])
    actor = actor_of(User.objects.get(pk=county.users["township"].pk), CLOCK)
    new = _new([], subject="villages", villages=[NORTH_1, SOUTH_1], kind="sweep")
    with acting(actor):
        made = actions.start_campaign(actor=actor, clock=CLOCK, new=new)
        there = queries.progress(actor=actor, campaign_id=made.pk, place=SOUTH)
    assert [row.target.managing_code for row in there.rows] == [SOUTH_1]
    own = _start(county, people[3:], "other_township")
    with acting(actor):
        assert queries.runs(actor, queries.find(actor, own.pk))
    look = signed_in("township").post(
        "/campaigns/new/", FORM | {"op_id": str(uuid7()), "target": "villages", "counts": "none"}
    )
    assert "南" in _main(look)


def test_one_townships_care_visits_do_not_serve_the_whole_county(county: County, people: list[UUID]) -> None:
    spring = date(2027, 2, 5)
    _start(county, people[:1], "township", holiday="spring", deadline=spring)
    held = {
        key: queries.held_for(county.actors[key], "spring", spring)
        for key in ("county", "township", "other_township")
    }
    assert held == {"county": False, "township": True, "other_township": False}


def test_only_who_leads_it_ends_it(county: County, people: list[UUID]) -> None:
    campaign = _start(county, people)
    for act, more in ((actions.close_campaign, {"conclusion": "完"}), (actions.withdraw_campaign, {})):
        with pytest.raises(NotFound):
            _do(county, "township", act, campaign_id=campaign.pk, **more)
        with pytest.raises(NotAllowed):
            _do(county, "village", act, campaign_id=campaign.pk, **more)


def test_it_is_withdrawn_only_before_anybody_did_anything(county: County, people: list[UUID]) -> None:
    campaign, other = _start(county, people), _start(county, people)
    _record(county, "village", _line(campaign, people[0]))
    with pytest.raises(Conflict):
        _do(county, "county", actions.withdraw_campaign, campaign_id=campaign.pk)
    _do(county, "county", actions.withdraw_campaign, campaign_id=other.pk)
    assert Clock.objects.get(subject=other.pk).outcome == "cancelled"
    with pytest.raises(Conflict):
        _do(county, "county", actions.close_campaign, campaign_id=other.pk, conclusion="完")


def test_nothing_costs_more_for_more_lines(
    county: County, people: list[UUID], count_sql: Callable[[], AbstractContextManager[Any]]
) -> None:
    small, large = _start(county, people[:1], counts="any"), _start(county, people, counts="any")

    def asked(campaign: Campaign) -> int:
        with acting(county.actors["county"]), count_sql() as sql:
            queries.progress(actor=county.actors["county"], campaign_id=campaign.pk)
        return len(sql)

    asked(large)
    assert asked(small) == asked(large) <= 6


SignedIn = Callable[[str], Client]
FORM = {
    "title": "走访", "kind": "care", "target": "list", "list": "register", "place": "", "counts": "any",
    "starts_on": "2026-11-01", "deadline": "2026-12-10", "steps": "药够吃到节后吗|够|不够", "document": "", "holiday": "",
    "owner": "",
}  # fmt: skip


def _main(response: Any) -> str:
    text: str = response.content.decode()
    return text.split('id="main"', 1)[1].split("</main>", 1)[0]


def test_a_list_is_looked_at_before_it_begins(
    county: County, people: list[UUID], signed_in: SignedIn
) -> None:
    head = signed_in("township")
    assert "下一步" in _main(head.get("/campaigns/new/?kind=sweep"))
    given = FORM | {"op_id": str(uuid7())}
    assert head.post("/campaigns/new/", given | {"title": ""}).status_code == 422
    assert head.post("/campaigns/new/", given | {"list": "nothing"}).status_code == 422
    assert head.post("/campaigns/new/", given | {"deadline": "过年"}).status_code == 422
    assert head.post("/campaigns/new/", given | {"place": "990101101000"}).status_code == 404
    # An empty text has no translation but the catalogue's own head: a step asks something.
    assert head.post("/campaigns/new/", given | {"steps": "|是|否"}).status_code == 422
    look = _main(head.post("/campaigns/new/", given))
    assert "安北甲" in look
    assert "安南丁" not in look
    assert not Campaign.objects.exists()
    some = {
        "act": "start",
        "picked": "1",
        "source": "名单：花名册",
        "person": [str(people[0]), str(people[2])],
    }
    answered = head.post("/campaigns/new/", given | some)
    made = Campaign.objects.get()
    assert answered["Location"] == f"/campaigns/{made.pk}/"
    assert ([one["key"] for one in made.steps], made.size) == (["drugs"], 2)
    foreign = given | some | {"op_id": str(uuid7()), "person": [str(people[3])]}
    assert head.post("/campaigns/new/", foreign).status_code == 404


def test_the_pages_from_doing_to_the_report(county: County, people: list[UUID], signed_in: SignedIn) -> None:
    campaign = _start(county, people)
    doctor, head = signed_in("village"), signed_in("county")
    assert "节前关爱走访" in _main(doctor.get("/campaigns/"))
    own = _main(doctor.get(f"/campaigns/{campaign.pk}/"))
    assert "安北甲" in own
    assert "安北丙" not in own
    page = f"/campaigns/line/{_line(campaign, people[0])}/"
    assert "药够吃到节后吗" in _main(doctor.get(page))
    given = {"act": "done", "step-drugs": "0", "step-home": "1", "happened_on": "2026-11-21"}
    assert doctor.post(page, given).status_code == 422
    assert doctor.post(page, given | {"note": "明天送药"}).status_code == 302
    second = f"/campaigns/line/{_line(campaign, people[1])}/"
    assert doctor.post(second, {"act": "missed", "happened_on": "2026-11-21"}).status_code == 422
    assert (
        doctor.post(second, {"act": "missed", "reason": "away", "happened_on": "2026-11-21"}).status_code
        == 302
    )
    assert head.post(f"/campaigns/{campaign.pk}/close/", {"conclusion": ""}).status_code == 422
    assert head.post(f"/campaigns/{campaign.pk}/close/", {"conclusion": "都走到了"}).status_code == 302
    report = _main(head.get(f"/campaigns/{campaign.pk}/report/"))
    for words in ("都走到了", "明天送药", "外出 1", "未办"):
        assert words in report, words
    assert head.get(f"/campaigns/{campaign.pk}/report/paper/")["Content-Type"] == "application/pdf"
    assert head.get(f"/campaigns/{campaign.pk}/report/book/").status_code == 200
    assert doctor.get(f"/campaigns/{campaign.pk}/report/paper/").status_code == 403
    assert "都走到了" not in _main(head.get("/campaigns/"))
    assert "看报告" in _main(head.get("/campaigns/?tab=ended"))
    assert doctor.post(page, given | {"note": "x"}).status_code == 409
    assert signed_in("other_county").get(f"/campaigns/{campaign.pk}/").status_code == 404


def test_care_visits_are_proposed_once(
    county: County, people: list[UUID], signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = signed_in("township")
    monkeypatch.setenv("XINQIAO_TODAY", "2026-01-10")
    assert "安排节前关爱走访" in _main(head.get("/campaigns/"))
    assert "2026 年春节前关爱走访" in _main(head.get("/campaigns/new/?kind=care&holiday=spring"))
    _start(county, people[:1], "township", holiday="spring", starts_on=date(2026, 1, 10), deadline=ENDS)
    assert "安排节前关爱走访" not in _main(head.get("/campaigns/"))
