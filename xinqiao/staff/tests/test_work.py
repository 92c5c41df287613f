"""The quarterly work record: counted, signed, frozen, appealed, corrected with both versions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from tests.factories.county import County
from xinqiao.accounts.models import VillageAssignment
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.followup.actions import review_visits
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.staff import actions, queries
from xinqiao.staff.models import WorkLine, WorkRecord
from xinqiao.staff.rules import Quarter, quarter_of

TODAY = date(2026, 11, 21)
CLOCK = FixedClock(TODAY)
Q3 = Quarter(2026, 3)


@pytest.fixture
def worked(county: County, people: list[UUID], visit: Callable[..., Any]) -> list[UUID]:
    """Two visits in the third quarter, one passed and one returned, and one in the fourth."""
    first = visit("village", people[0], date(2026, 7, 2))
    second = visit("village", people[1], date(2026, 9, 30), form="3")
    visit("village", people[0], date(2026, 10, 1))
    actor = county.actors["township"]
    with acting(actor):
        review_visits(actor=actor, clock=CLOCK, visit_ids=[first.visit_id], decision="1")
        review_visits(
            actor=actor,
            clock=CLOCK,
            visit_ids=[second.visit_id],
            decision="2",
            reason="电话随访未写明与谁通话",
        )
    return people


def _do(county: County, key: str, act: Callable[..., Any], **more: Any) -> Any:
    actor = actor_of(county.users[key], CLOCK)
    with acting(actor):
        return act(actor=actor, clock=CLOCK, doctor_id=county.users["village"].pk, quarter=Q3, **more)


def test_quarters_begin_and_end_where_they_should() -> None:
    assert quarter_of(date(2026, 9, 30)) == Q3
    assert (Q3.first, Q3.after) == (date(2026, 7, 1), date(2026, 10, 1))
    assert Quarter(2026, 1).before == Quarter(2025, 4)
    assert Quarter(2026, 4).next == Quarter(2027, 1)
    assert (Q3.over(date(2026, 9, 30)), Q3.over(date(2026, 10, 1))) == (False, True)


def test_figures_are_of_the_quarter_and_of_this_doctor(county: County, worked: list[UUID]) -> None:
    found = queries.figures_of(county.users["village"].pk, Q3)
    expected = {
        "done": 2,
        "people": 2,
        "face": 1,
        "phone": 1,
        "qualified": 1,
        "returned": 1,
        "open_returned": 1,
    }
    assert {key: found[key] for key in expected} == expected
    assert queries.figures_of(county.users["village_2"].pk, Q3)["done"] == 0


def test_work_in_a_village_served_then_and_no_longer_still_counts(county: County, worked: list[UUID]) -> None:
    VillageAssignment.objects.filter(user=county.users["village"]).update(valid_to=date(2026, 10, 2))
    record = _do(county, "village", actions.sign_work)
    assert record.figures["done"] == 2
    assert not WorkLine.objects.filter(
        record=record
    ).exists()  # whose visits they were is no longer the doctor's to see


def test_a_signed_record_does_not_change_when_the_visits_do(
    county: County, worked: list[UUID], visit: Callable[..., Any]
) -> None:
    record = _do(county, "village", actions.sign_work)
    visit("village", worked[2], date(2026, 8, 1), on=TODAY)
    record.refresh_from_db()
    assert (record.figures["done"], record.state) == (2, "signed")
    assert queries.figures_of(county.users["village"].pk, Q3)["done"] == 3
    assert _do(county, "village", actions.sign_work).pk == record.pk
    assert [line.reason for line in WorkLine.objects.filter(kind="returned")] == ["电话随访未写明与谁通话"]
    change = "update staff_workrecord set figures = '{}'"
    with pytest.raises(Exception, match="permission denied"), acting(county.actors["county"]):
        connection.cursor().execute(change)


def test_only_the_doctor_signs_and_only_the_township_countersigns(county: County, worked: list[UUID]) -> None:
    for key in ("township", "county", "village_2"):
        with pytest.raises((NotAllowed, NotFound)):
            _do(county, key, actions.sign_work)
    with pytest.raises(Conflict):
        _do(county, "township", actions.agree_work)
    _do(county, "village", actions.sign_work)
    for key in ("village", "other_township", "other_county"):
        with pytest.raises((NotAllowed, NotFound)):
            _do(county, key, actions.agree_work)
    record = _do(county, "township", actions.agree_work)
    assert (record.state, record.agreed_by) == ("agreed", county.users["township"].pk)


def test_a_quarter_that_has_not_ended_is_not_signed(county: County, worked: list[UUID]) -> None:
    actor = actor_of(county.users["village"], CLOCK)
    with acting(actor), pytest.raises(Invalid, match="2027-01-01"):
        actions.sign_work(actor=actor, clock=CLOCK, doctor_id=actor.user_id, quarter=Quarter(2026, 4))


def test_an_appeal_that_is_right_gives_a_second_version_and_both_stay(
    county: County, worked: list[UUID], visit: Callable[..., Any]
) -> None:
    first = _do(county, "village", actions.sign_work)
    _do(county, "village", actions.appeal_work, text="少算了 8 月 1 日的一次")
    with pytest.raises(Invalid, match="没有变化"):
        _do(county, "township", actions.answer_appeal, answer="已核对", correct=True)
    visit("village", worked[2], date(2026, 8, 1), on=TODAY)
    second = _do(county, "township", actions.answer_appeal, answer="已补录，重算", correct=True)
    first.refresh_from_db()
    assert (first.state, first.figures["done"]) == ("replaced", 2)
    assert (second.state, second.version, second.figures["done"]) == ("draft", 2, 3)
    assert _do(county, "village", actions.sign_work).pk == second.pk
    assert WorkRecord.objects.count() == 2


def test_an_appeal_that_is_not_leaves_the_record_as_it_was(county: County, worked: list[UUID]) -> None:
    _do(county, "village", actions.sign_work)
    _do(county, "township", actions.agree_work)
    with pytest.raises(Invalid):
        _do(county, "village", actions.appeal_work, text="  ")
    _do(county, "village", actions.appeal_work, text="电话那次不该退回")
    record = _do(county, "township", actions.answer_appeal, answer="退回原因成立", correct=False)
    assert (record.state, record.version) == ("agreed", 1)


def test_class_and_speed_are_not_on_the_record(
    county: County, worked: list[UUID], signed_in: Callable[[str], Client]
) -> None:
    body = signed_in("village").get(f"/staff/work/{county.users['village'].pk}/2026/3/").content.decode()
    body = body.replace("不统计病情分类，也不统计快慢", "")
    assert "完成随访" in body
    for word in ("不稳定", "病情分类", "危险性", "用时", "分钟/次"):
        assert word not in body.split('id="main"', 1)[1].split("</main>", 1)[0], word


def test_the_pages_of_work_and_what_leaves_from_them(
    county: County, worked: list[UUID], signed_in: Callable[[str], Client]
) -> None:
    doctor, head = signed_in("village"), signed_in("township")
    page = f"/staff/work/{county.users['village'].pk}/2026/3/"
    assert doctor.get("/staff/work/")["Location"] == page
    assert doctor.post(page + "sign/").status_code == 302
    assert doctor.post(page + "appeal/", {"text": ""}).status_code == 422
    assert "演示village" in head.get("/staff/work/?quarter=2026-3").content.decode()
    assert head.post(page + "agree/").status_code == 302
    assert head.get(page + "paper/")["Content-Type"] == "application/pdf"
    assert head.get("/staff/work/book/?quarter=2026-3").status_code == 200
    for path in ("2026/5/", "2027/1/", "1999/1/"):
        assert head.get(f"/staff/work/{county.users['village'].pk}/{path}").status_code == 404
    assert head.get(f"/staff/work/{uuid7()}/2026/3/").status_code == 404
    assert signed_in("other_township").get(page).status_code == 404
    assert signed_in("village_2").get(page).status_code == 404
