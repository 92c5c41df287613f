"""The pages: what a form says when it is wrong, what is shown and hidden, where a press leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.test import Client

from tests.factories.county import NORTH, NORTH_1, SOUTH_1, County
from tests.factories.records import person_record
from xinqiao.accounts.scope import acting
from xinqiao.audit.models import Read
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_people
from xinqiao.registry.models import Person
from xinqiao.screening import actions
from xinqiao.screening.models import Clue, Rediagnosis, RoundPerson, SweepVillage

from .conftest import CLOCK, TODAY, Noted, answer_record, clue_record

Enter = Callable[[str], Client]
Asked = Callable[..., Rediagnosis]


def test_what_was_typed_stays_when_something_is_wrong(signed_in: Enter) -> None:
    client = signed_in("village")
    assert client.get("/clues/new/").status_code == 200
    wrong = client.post(
        "/clues/new/", clue_record(NORTH_1, "5", q7="", facts="夜里喊叫") | {"op_id": str(uuid7())}
    )
    assert wrong.status_code == 422
    assert "第 7 项没有回答" in wrong.content.decode()
    assert "夜里喊叫" in wrong.content.decode()
    right = client.post("/clues/new/", clue_record(NORTH_1, "3") | {"op_id": str(uuid7())})
    page = client.get(right["Location"]).content.decode()
    assert "今天就联系" in page
    assert "13900000004" not in page  # the informant
    assert "李邻居" not in page


def test_nothing_found_leads_to_the_next_one(signed_in: Enter) -> None:
    client = signed_in("village")
    done = client.post("/clues/new/", clue_record(NORTH_1, "0") | {"op_id": str(uuid7())})
    assert done["Location"] == "/clues/"
    assert Clue.objects.count() == 0


def test_the_list_shows_danger_first_and_its_book_leaves_informants_out(
    signed_in: Enter, noted: Noted
) -> None:
    noted("township", clue_record(NORTH_1, "9", name="安急切"))
    noted("township", clue_record(NORTH_1, "5", name="安从容"))
    client = signed_in("county")
    page = client.get("/clues/").content.decode()
    assert page.index("安急切") < page.index("安从容")
    assert "1 条线索有伤害自己或他人的危险" in page
    for query in ("?state=all", "?state=closed", "?urgent=1&source=4", f"?place={NORTH}", "?after=x"):
        assert client.get("/clues/" + query).status_code == 200
    book = client.get("/clues/book/")
    assert book.status_code == 200
    assert Read.objects.filter(kind="download", purpose="screening").count() == 1


def test_whole_numbers_are_shown_on_request_and_written_down(signed_in: Enter, noted: Noted) -> None:
    clue, client = noted(), signed_in("township")
    assert "13900000003" not in client.get(f"/clues/{clue.pk}/").content.decode().replace(
        "tel:13900000003", ""
    )
    assert "13900000003" in client.post(f"/clues/{clue.pk}/unmask/").content.decode()
    assert Read.objects.filter(kind="unmask", person_ids=[clue.pk]).count() == 1


def test_the_township_goes_from_judgement_to_file(county: County, signed_in: Enter, noted: Noted) -> None:
    clue, client = (
        noted("township", clue_record(NORTH_1, "5", birth_on="1990-01-02", age="")),
        signed_in("township"),
    )
    home = f"/clues/{clue.pk}/"
    assert client.post(home + "judge/", {}).status_code == 422
    judged = {"judgement": "six", "judged_on": TODAY.isoformat()}
    assert client.post(home + "judge/", judged).status_code == 302
    act = {"kind": "persuade", "happened_on": TODAY.isoformat(), "note": "同意就诊", "op_id": str(uuid7())}
    assert client.post(home + "act/", act | {"kind": "x"}).status_code == 422
    assert client.post(home + "act/", act).status_code == 302
    assert client.get(home + "send/").status_code == 200
    send = {
        "hospital": "paper",
        "hospital_name": "某院",
        "asked_on": TODAY.isoformat(),
        "op_id": str(uuid7()),
    }
    wrong = client.post(home + "send/", send | {"sent_by": "police", "sent_on": TODAY.isoformat()})
    assert wrong.status_code == 422
    assert "第二十八条" in wrong.content.decode()
    asked = client.post(home + "send/", send)["Location"]
    assert client.get(asked).status_code == 200
    assert client.post(asked + "answer/", answer_record() | {"icd10": "F41"}).status_code == 422
    assert client.post(asked + "answer/", answer_record())["Location"] == home
    form = client.get(home + "file/").content.decode()
    for known in ("安寻之", "F20.9", "某院", "13900000003"):
        assert known in form
    assert client.post(home + "file/", {"op_id": str(uuid7())}).status_code == 422


def test_a_number_with_a_file_elsewhere_is_kept_as_a_look_up(
    county: County, signed_in: Enter, asked: Asked
) -> None:
    other, township = county.actors["other_township"], county.actors["township"]
    there = person_record("安在南", SOUTH_1, filed_on=TODAY, serial=733)
    with acting(other):
        made = register_people(actor=other, clock=CLOCK, batch=[NewPerson(uuid7(), there)], source="form")
    one = asked(hospital=False)
    with acting(township):
        actions.answer_review(actor=township, clock=CLOCK, review_id=one.pk, record=answer_record())
    typed = {"op_id": str(uuid7()), "past_danger": "7"}
    sent = person_record("安寻之", NORTH_1, filed_on=TODAY, serial=733) | typed
    page = f"/clues/{one.clue_id}/file/"
    assert signed_in("township").post(page, sent).status_code == 422
    look = Read.objects.get(kind="lookup")
    assert (look.person_ids, look.actor_id) == ([made[0].person_id], county.users["township"].pk)


def test_a_clue_judged_to_need_a_psychiatrist_says_so_in_the_list(signed_in: Enter, noted: Noted) -> None:
    clue, client = noted(), signed_in("township")
    assert "待提请复核" not in client.get("/clues/").content.decode()
    told = {"judgement": "six", "judged_on": TODAY.isoformat()}
    assert client.post(f"/clues/{clue.pk}/judge/", told).status_code == 302
    assert "待提请复核" in client.get("/clues/").content.decode()


def test_the_hospital_answers_in_its_own_queue(signed_in: Enter, asked: Asked) -> None:
    one, client = asked(), signed_in("hospital")
    assert "安寻之" in client.get("/clues/reviews/").content.decode()
    page = client.get(f"/clues/reviews/{one.pk}/").content.decode()
    assert "李邻居" not in page
    assert client.post(f"/clues/reviews/{one.pk}/return/", {"reason": ""}).status_code == 422
    assert client.post(f"/clues/reviews/{one.pk}/answer/", answer_record()).status_code == 302
    assert "安寻之" in client.get("/clues/reviews/?state=answered").content.decode()
    assert client.get(f"/clues/{one.clue_id}/").status_code == 403
    assert client.get("/people/").status_code == 403


def test_a_refused_sending_is_said_on_the_clue(signed_in: Enter, asked: Asked) -> None:
    one, client = asked(), signed_in("village")
    sent = {"sent_by": "civil", "sent_on": TODAY.isoformat()}
    answer = client.post(f"/clues/reviews/{one.pk}/brought/", sent)
    assert answer.status_code == 422
    assert "流浪乞讨" in answer.content.decode()


def test_somebody_on_the_register_has_reviews_and_a_timeline(
    county: County, signed_in: Enter, person: Person
) -> None:
    client = signed_in("township")
    home = f"/clues/people/{person.pk}/"
    assert client.get(home).status_code == 200
    given = {"purpose": "first", "hospital": "paper", "hospital_name": "某院", "asked_on": TODAY.isoformat()}
    assert client.post(home, given | {"purpose": "clue", "op_id": str(uuid7())}).status_code == 422
    asked = client.post(home, given | {"op_id": str(uuid7())})["Location"]
    answer = {"diagnosed_on": TODAY.isoformat(), "doctor": "沈医师", "advice": "继续原方案"}
    assert client.post(asked + "answer/", answer)["Location"] == home
    page = client.get(f"/people/{person.pk}/").content.decode()
    assert "首次全面评估" in page


def test_a_sweep_is_opened_marked_and_ended_on_pages(signed_in: Enter) -> None:
    head, doctor = signed_in("township"), signed_in("village")
    assert "还没有开展摸排" in doctor.get("/clues/sweeps/").content.decode()
    address = head.post("/clues/sweeps/open/")["Location"]
    assert head.post("/clues/sweeps/open/").status_code == 302
    row = SweepVillage.objects.get(managing_code=NORTH_1)
    assert doctor.get(f"/clues/villages/{row.pk}/").status_code == 200
    assert doctor.post(f"/clues/villages/{row.pk}/", {"done_on": "x"}).status_code == 422
    done = {"done_on": TODAY.isoformat(), "households": "80", "people": "200"}
    assert doctor.post(f"/clues/villages/{row.pk}/", done).status_code == 302
    assert "没有完成" in head.get(address + "?state=left").content.decode()
    assert head.post(address + "close/").status_code == 302
    assert "已结束" in head.get("/clues/sweeps/").content.decode()


def test_a_round_is_planned_filled_and_ended_on_pages(signed_in: Enter, person: Person) -> None:
    client = signed_in("township")
    assert client.get("/clues/rounds/").status_code == 200
    plan = {
        "place": NORTH,
        "on": TODAY.isoformat(),
        "hospital_name": "某院",
        "doctors": "沈医师",
        "op_id": str(uuid7()),
    }
    assert client.post("/clues/rounds/new/", plan | {"on": ""}).status_code == 422
    add = client.post("/clues/rounds/new/", plan)["Location"]
    assert "安在册" in client.get(add + "?why=unassessed").content.decode()
    assert client.post(add, {"purpose": "advice"}).status_code == 422
    home = client.post(add, {"purpose": "advice", "person": [str(person.pk)]})["Location"]
    row = RoundPerson.objects.get()
    assert client.post(f"/clues/rounds/people/{row.pk}/", {"result": "seen"}).status_code == 422
    told = {"result": "seen", "seen_on": TODAY.isoformat(), "note": "减量观察"}
    assert client.get(f"/clues/rounds/people/{row.pk}/").status_code == 200
    assert client.post(f"/clues/rounds/people/{row.pk}/", told).status_code == 302
    assert client.post(home + "close/").status_code == 302
    assert "专家会诊" in client.get(f"/people/{person.pk}/").content.decode()


def test_a_forgotten_clue_still_has_a_page(county: County, signed_in: Enter, noted: Noted) -> None:
    early = date(2025, 10, 1)
    record: dict[str, Any] = clue_record(NORTH_1, "5", found_on=early.isoformat())
    clue, actor = noted("township", record, early), county.actors["township"]
    with acting(actor):
        actions.close_clue(actor=actor, clock=CLOCK, clue_id=clue.pk, reason="died", on=early)
    actions.forget_closed(clock=CLOCK)
    page = signed_in("township").get(f"/clues/{clue.pk}/").content.decode()
    assert "身份信息已到期去除" in page
    assert "安寻之" not in page
