"""Pages of follow-up: they work without JavaScript, keep what was typed, and show a stranger nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import NORTH, NORTH_1, County
from tests.factories.people import make_person
from xinqiao.audit.models import Read
from xinqiao.followup.actions import Recorded
from xinqiao.followup.models import Confirmation, Standing, Visit, VisitAttempt
from xinqiao.registry.models import Guardian, Person

from .records import BASIC, UNSTABLE

Record = Callable[..., Recorded]
SignedIn = Callable[[str], Client]
TODAY = date(2026, 11, 21)
TYPED: dict[str, Any] = {
    "visit_date": "2026-11-21",
    "form": "2",
    "targets": ["1"],
    "ending": "1",
    "risk": "0",
    "symptoms": ["0"],
    "insight": "1",
    "sleep": "1",
    "diet": "1",
    "soc_selfcare": "1",
    "soc_housework": "1",
    "soc_work": "9",
    "soc_study": "1",
    "soc_interpersonal": "1",
    "danger_any": "0",
    "locked": "1",
    "hospital": "0",
    "adherence": "1",
    "drugs.0.drug": "利培酮片",
    "drugs.0.morning": "２",
    "drugs.0.night": "1.5",
    "adr": "1",
    "lab": "1",
    "physical_severity": "0",
    "effect": "2",
    "refer_suggest": "1",
    "referred": "1",
    "visit_class": "",
    "doctor": "演示医生",
    "co_visitors": "甲、乙",
    "act": "save",
}


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.fixture
def due(person: Person, record: Record) -> Person:
    """Somebody whose visit is due today."""
    record(person, visit_date=date(2026, 8, 21))
    return person


def test_the_list_shows_who_is_due_and_writes_the_look_down(signed_in: SignedIn, due: Person) -> None:
    answer = signed_in("township").get(reverse("followup:today"))
    assert answer.status_code == 200
    assert due.name in text_of(answer)
    assert "今天" in text_of(answer)
    assert Read.objects.get(kind="list").person_ids == [due.pk]


def test_the_list_of_a_stranger_is_empty_and_says_what_to_do(signed_in: SignedIn, due: Person) -> None:
    answer = signed_in("other_township").get(reverse("followup:today"))
    assert due.name not in text_of(answer)
    assert "未来 7 天没有应访的人" in text_of(answer)
    assert not Read.objects.exists()


def test_the_phone_of_the_guardian_can_be_tapped(signed_in: SignedIn, due: Person) -> None:
    Guardian.objects.create(
        person=due,
        managing_code=due.managing_code,
        recorded_at=due.recorded_at,
        name="张守望",
        relation="1",
        phone="13900000000",
        valid_from=date(2020, 1, 1),
    )
    client = signed_in("village")
    assert "13900000000" not in text_of(client.get(reverse("followup:today")))
    assert "139****0000" in text_of(client.get(reverse("followup:preview", args=[due.pk])))
    assert 'href="tel:13900000000"' in text_of(client.get(reverse("followup:attempt", args=[due.pk])))
    assert Read.objects.filter(kind="unmask", person_ids=[due.pk]).count() == 1


def test_a_wrong_filter_is_refused_with_a_sentence(signed_in: SignedIn, due: Person) -> None:
    answer = signed_in("township").get(reverse("followup:today"), {"place": "abc"})
    assert answer.status_code == 422
    assert "12 位区划代码" in text_of(answer)


@pytest.mark.parametrize("role", ["city", "programme", "system", "auditor"])
def test_roles_without_records_are_refused(signed_in: SignedIn, due: Person, role: str) -> None:
    client = signed_in(role)
    for address in (reverse("followup:today"), reverse("followup:record", args=[due.pk])):
        assert client.get(address).status_code == 403
    assert client.post(reverse("followup:record", args=[due.pk]), TYPED).status_code == 403
    assert not Visit.objects.filter(visit_date=TODAY).exists()


def test_a_stranger_gets_not_found_on_every_page_of_a_person(signed_in: SignedIn, due: Person) -> None:
    client = signed_in("other_township")
    visit = Visit.objects.get()
    gets = [
        reverse("followup:record", args=[due.pk]),
        reverse("followup:preview", args=[due.pk]),
        reverse("followup:attempt", args=[due.pk]),
        reverse("followup:visit", args=[visit.pk]),
        reverse("followup:amend", args=[visit.pk]),
    ]
    posts = [
        (reverse("followup:record", args=[due.pk]), TYPED),
        (reverse("followup:proposal", args=[due.pk]), TYPED),
        (
            reverse("followup:attempt", args=[due.pk]),
            {"happened_on": "2026-11-21", "form": "3", "outcome": "away"},
        ),
        (reverse("followup:plan", args=[due.pk]), {"planned_on": "2026-11-30"}),
        (reverse("followup:undo", args=[visit.pk]), {"reason": "x"}),
        (reverse("followup:amend", args=[visit.pk]), TYPED),
    ]
    assert [client.get(address).status_code for address in gets] == [404] * len(gets)
    assert [client.post(address, data).status_code for address, data in posts] == [404] * len(posts)
    assert Visit.objects.count() == 1


def test_the_form_prefills_no_judgement_and_shows_last_time_in_grey(
    signed_in: SignedIn, person: Person, record: Record
) -> None:
    record(person, UNSTABLE, visit_date=date(2026, 11, 1), adherence="2")
    page = text_of(signed_in("township").get(reverse("followup:record", args=[person.pk])))
    assert not re.search(
        r'name="(risk|symptoms|insight|danger_any|locked|hospital|adherence|adr)"[^>]*checked', page
    )
    assert "上次：" in page or "上次:" in page
    assert "间断用药" in page


def test_carrying_over_fills_all_but_judgements(signed_in: SignedIn, person: Person, record: Record) -> None:
    record(person, visit_date=date(2026, 8, 21))
    page = text_of(signed_in("township").get(reverse("followup:record", args=[person.pk]), {"carry": "1"}))
    assert re.search(r'name="sleep" value="1" checked', page)
    assert 'value="利培酮片"' in page
    assert not re.search(
        r'name="(risk|symptoms|insight|danger_any|locked|hospital|adherence|adr)"[^>]*checked', page
    )


def test_saving_makes_one_visit_however_often_it_is_sent_and_the_list_is_one_shorter(
    signed_in: SignedIn, due: Person
) -> None:
    client = signed_in("village")
    before = text_of(client.get(reverse("followup:today"))).count("data-row ")
    sent = {**TYPED, "op_id": str(uuid4())}
    first = client.post(reverse("followup:record", args=[due.pk]), sent)
    again = client.post(reverse("followup:record", args=[due.pk]), sent)
    assert (first.status_code, again.status_code) == (302, 302)
    kept = Visit.objects.get(visit_date=TODAY)
    assert (kept.visit_class, kept.entry_mode, kept.co_visitors) == ("3", "full", ["甲", "乙"])
    assert kept.drugs == [
        {"drug": "利培酮片", "long_acting": False, "morning": 2, "night": 1.5, "unit": "mg"}
    ]
    page = text_of(client.get(first["Location"]))
    assert "随访已保存" in page
    assert "2027-02-21" in page
    assert page.count("data-row ") == before - 1


def test_the_note_after_saving_undoes_the_visit(signed_in: SignedIn, due: Person) -> None:
    client = signed_in("village")
    client.post(reverse("followup:record", args=[due.pk]), TYPED)
    page = text_of(client.get(reverse("followup:today")))
    visit = Visit.objects.get(visit_date=TODAY)
    assert reverse("followup:undo", args=[visit.pk]) in page
    reason = re.search(r'name="reason" value="([^"]+)"', page)
    assert reason
    answer = client.post(reverse("followup:undo", args=[visit.pk]), {"reason": reason[1]})
    assert answer.status_code == 302
    assert Visit.objects.get(pk=visit.pk).voided_at is not None
    assert due.name in text_of(client.get(reverse("followup:today")))


def test_an_invalid_form_names_each_problem_links_to_it_and_keeps_what_was_typed(
    signed_in: SignedIn, due: Person
) -> None:
    typed = {
        **TYPED,
        "visit_date": "2026-12-31",
        "insight": "",
        "note": "老人要求周末来",
        "drugs.1.drug": "奥氮平片",
    }
    answer = signed_in("township").post(reverse("followup:record", args=[due.pk]), typed)
    page = text_of(answer)
    assert answer.status_code == 422
    assert '<a href="#f-visit_date">' in page
    assert '<a href="#f-insight">' in page
    assert 'id="f-insight"' in page
    for kept in (
        "老人要求周末来",
        'value="奥氮平片"',
        'value="2026-12-31"',
        'name="soc_work" value="9" checked',
    ):
        assert kept in page
    assert not Visit.objects.filter(visit_date=TODAY).exists()


def test_every_problem_has_a_place_on_the_page(signed_in: SignedIn, due: Person) -> None:
    typed = {
        **{k: v for k, v in TYPED.items() if k in ("ending", "act")},
        "adherence": "1",
        "danger_any": "1",
        "danger_acts.2": "x",
        "adr": "2",
    }
    page = text_of(signed_in("township").post(reverse("followup:record", args=[due.pk]), typed))
    targets = set(re.findall(r'<a href="#(f-[^"]+)">', page))
    assert len(targets) > 20
    assert {target for target in targets if f'id="{target}"' not in page} == set()


def test_a_level_that_was_high_at_the_time_is_asked_for_a_reason_even_when_the_visit_is_entered_late(
    signed_in: SignedIn, person: Person, record: Record
) -> None:
    record(person, UNSTABLE, visit_date=date(2026, 10, 1))
    record(person, visit_date=date(2026, 11, 1), risk_reason="集体评估")
    typed = {**TYPED, "visit_date": "2026-10-15"}
    answer = signed_in("township").post(reverse("followup:record", args=[person.pk]), typed)
    assert answer.status_code == 422
    assert 'id="f-risk_reason"' in text_of(answer)
    assert (
        signed_in("township")
        .post(reverse("followup:record", args=[person.pk]), {**typed, "risk_reason": "经集体评估下调"})
        .status_code
        == 302
    )
    assert Confirmation.objects.filter(reason="经集体评估下调").count() == 1


def test_the_preview_step_says_class_reason_clause_next_date_and_steps_and_saves_nothing(
    signed_in: SignedIn, due: Person
) -> None:
    typed = {**TYPED, "risk": "3", "act": "preview"}
    answer = signed_in("township").post(reverse("followup:record", args=[due.pk]), typed)
    page = text_of(answer)
    assert answer.status_code == 200
    for words in ("不稳定", "危险性评估为 3–5 级", "任一即为不稳定", "2026-12-05", "立即转诊"):
        assert words in page
    assert not Visit.objects.filter(visit_date=TODAY).exists()


def test_the_panel_of_a_lowered_level_says_what_counts_until_a_second_person_agrees(
    signed_in: SignedIn, person: Person, record: Record
) -> None:
    record(person, UNSTABLE, visit_date=date(2026, 11, 1))
    address = reverse("followup:proposal", args=[person.pk])
    page = text_of(signed_in("township").post(address, {**TYPED, "risk_reason": "集体评估"}))
    assert "下调危险性须另一人确认" in page
    assert "2026-12-05" in page
    assert "2027-02-21" not in page


def test_the_panel_says_what_is_still_missing(signed_in: SignedIn, due: Person) -> None:
    answer = signed_in("township").post(
        reverse("followup:proposal", args=[due.pk]), {"ending": "1", "risk": "0"}
    )
    assert answer.status_code == 200
    assert "还差" in text_of(answer)


@pytest.mark.django_db
@pytest.mark.parametrize(("ending", "name"), [("2", "失访原因"), ("3", "死亡日期")])
def test_an_ending_without_its_one_answer_asks_for_that_alone(
    signed_in: SignedIn, due: Person, ending: str, name: str
) -> None:
    sent = {key: value for key, value in TYPED.items() if key in ("visit_date", "form", "targets", "doctor")}
    page = signed_in("township").post(
        reverse("followup:record", args=[due.pk]), {**sent, "ending": ending, "act": "save"}
    )
    text = page.content.decode()
    assert page.status_code == 422
    assert f"“{name}”未填写" in text
    assert "有 1 处需要改" in text


@pytest.mark.parametrize(
    ("ending", "answers", "state"),
    [
        ("2", {"lost_reason": "3"}, "lost"),
        ("3", {"death_date": "2026-11-02", "death_cause": "4"}, "dead"),
        ("4", {}, "registered"),
    ],
)
def test_lost_dead_and_in_hospital_take_only_their_own_answers_whatever_else_was_sent(
    signed_in: SignedIn, due: Person, ending: str, answers: dict[str, str], state: str
) -> None:
    sent = {**TYPED, "ending": ending, **answers}
    assert signed_in("township").post(reverse("followup:record", args=[due.pk]), sent).status_code == 302
    kept = Visit.objects.get(visit_date=TODAY)
    assert (kept.risk, kept.visit_class) == (None, "")
    standing = Standing.objects.get(person=due)
    assert (standing.state, standing.in_hospital) == (state, ending == "4")


def test_another_visit_of_the_day_offers_to_amend_and_keeps_what_was_typed(
    signed_in: SignedIn, person: Person, record: Record
) -> None:
    first = record(person, BASIC)
    client = signed_in("township")
    answer = client.post(reverse("followup:record", args=[person.pk]), {**TYPED, "note": "第二次填"})
    assert answer.status_code == 409
    assert "第二次填" in text_of(answer)
    done = client.post(
        reverse("followup:record", args=[person.pk]),
        {**TYPED, "amends": str(first.visit_id), "amend_reason": "以第二次为准"},
    )
    assert done.status_code == 302
    page = text_of(client.get(reverse("followup:visit", args=[Visit.objects.get(superseded=False).pk])))
    assert "更正前" in page


def test_a_village_doctor_is_told_who_can_amend(signed_in: SignedIn, person: Person, record: Record) -> None:
    record(person, BASIC)
    client = signed_in("village")
    page = text_of(client.post(reverse("followup:record", args=[person.pk]), TYPED))
    assert "请乡镇精防人员处理" in page
    assert client.get(reverse("followup:amend", args=[Visit.objects.get().pk])).status_code == 403


def test_the_page_of_a_visit_shows_answers_class_clause_timing_and_review(
    signed_in: SignedIn, person: Person, record: Record
) -> None:
    done = record(person, UNSTABLE, by="village", visit_date=date(2026, 8, 1))
    page = text_of(signed_in("township").get(reverse("followup:visit", args=[done.visit_id])))
    for words in (
        "幻觉",
        "危险性评估为 3–5 级",
        "任一即为不稳定",
        "逾期",
        "未审核",
        "待乡镇核实",
        "利培酮片",
    ):
        assert words in page


def test_amending_opens_the_form_as_it_was_filled_in(
    signed_in: SignedIn, person: Person, record: Record
) -> None:
    done = record(person, UNSTABLE)
    page = text_of(signed_in("township").get(reverse("followup:amend", args=[done.visit_id])))
    assert re.search(r'name="risk" value="3" checked', page)
    assert 'value="利培酮片"' in page


def test_a_try_is_kept_and_a_wrong_one_keeps_what_was_typed(signed_in: SignedIn, due: Person) -> None:
    client = signed_in("village")
    address = reverse("followup:attempt", args=[due.pk])
    bad = client.post(address, {"happened_on": "2026-11-21", "form": "3", "note": "响了很久"})
    assert bad.status_code == 422
    assert "响了很久" in text_of(bad)
    good = client.post(
        address, {"happened_on": "2026-11-21", "form": "3", "outcome": "no_answer", "op_id": str(uuid4())}
    )
    assert good.status_code == 302
    assert VisitAttempt.objects.get().outcome == "no_answer"
    assert "未访到 1 次" in text_of(client.get(reverse("followup:today")))


def test_the_confirmations_page_decides_and_says_who_may_not(
    signed_in: SignedIn, person: Person, record: Record
) -> None:
    record(person, BASIC, by="township", visit_class="3", class_reason="平稳")
    address = reverse("followup:confirm", args=[Confirmation.objects.get().pk])
    assert "请另一位同事确认" in text_of(signed_in("township").get(reverse("followup:confirmations")))
    assert signed_in("township").post(address, {"decision": "accept"}).status_code == 403
    other = signed_in("township_2")
    assert "平稳" in text_of(other.get(reverse("followup:confirmations")))
    assert other.post(address, {"decision": "refuse"}).status_code == 422
    assert other.post(address, {"decision": "accept"}).status_code == 302
    assert Confirmation.objects.get().state == "accepted"
    assert signed_in("village").get(reverse("followup:confirmations")).status_code == 403
    assert signed_in("other_township").post(address, {"decision": "accept"}).status_code == 404


def test_an_agreed_day_is_set_from_the_persons_page(signed_in: SignedIn, due: Person) -> None:
    client = signed_in("village")
    assert (
        client.post(reverse("followup:plan", args=[due.pk]), {"planned_on": "2026-11-21"}).status_code == 302
    )
    assert Standing.objects.get(person=due).planned_on == TODAY
    assert client.post(reverse("followup:plan", args=[due.pk]), {"planned_on": "下周"}).status_code == 422


def test_a_persons_page_shows_visits_drugs_and_the_timeline(
    signed_in: SignedIn, due: Person, record: Record
) -> None:
    client = signed_in("township")
    page = text_of(client.get(reverse("registry:person", args=[due.pk])))
    assert "随访：家庭访视" in page
    drugs = text_of(client.get(reverse("registry:person", args=[due.pk]), {"tab": "drugs"}))
    assert "利培酮片 早 2 晚 2 mg" in drugs


def test_saving_a_visit_takes_twelve_statements_at_most(
    signed_in: SignedIn, due: Person, count_sql: Any
) -> None:
    for role in ("village", "township"):
        client = signed_in(role)
        client.get(reverse("followup:today"))
        with count_sql() as sql:
            answer = client.post(
                reverse("followup:record", args=[due.pk]),
                {**TYPED, "form": {"village": "2", "township": "1"}[role]},
            )
        assert answer.status_code == 302
        assert len(sql.captured_queries_after) <= 12


def test_the_list_takes_ten_statements_at_most(
    signed_in: SignedIn, due: Person, count_sql: Any, county: County
) -> None:
    for _number in range(5):
        make_person(NORTH_1, county.institutions[NORTH])
    client = signed_in("township")
    client.get(reverse("followup:today"))
    with count_sql() as sql:
        assert client.get(reverse("followup:today")).status_code == 200
    assert len(sql.captured_queries_after) <= 10


def test_signed_out_in_the_middle_of_the_form_one_comes_back_to_it(client: Client, due: Person) -> None:
    address = reverse("followup:record", args=[due.pk])
    answer = client.post(address, TYPED)
    assert answer.status_code == 302
    assert address in unescape(answer["Location"]).replace("%2F", "/")
