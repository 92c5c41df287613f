"""Typing in a pile of signed forms."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse

from tests.factories.county import NORTH, NORTH_1, SOUTH_1, County
from xinqiao.followup.models import Visit
from xinqiao.papers.models import Pile, PileRow

from .conftest import AddPerson

CALM: dict[str, str] = {
    "visit_date": "1115", "form": "2", "targets": "12", "ending": "1", "risk": "0", "symptoms": "0", "insight": "1",
    "sleep": "1", "diet": "1", "soc_selfcare": "1", "soc_housework": "1", "soc_work": "2", "soc_study": "2",
    "soc_interpersonal": "1", "danger": "7", "locked": "1", "hospital": "0", "lab": "1", "adherence": "1", "adr": "1",
    "physical_severity": "0", "effect": "2", "refer_suggest": "1", "referred": "1", "drugs": "奥氮平 0-0-10",
}  # fmt: skip


def _begin(client: Client, county: County, **changes: Any) -> UUID:
    given = {
        "place": NORTH_1,
        "month": "2026-11",
        "who": "due",
        "visited_by": str(county.users["village"].pk),
        "doctor": "",
    } | changes
    answer = client.post(reverse("papers:piles"), given)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return UUID(answer["Location"].strip("/").split("/")[-1])


def _rows(pile: UUID) -> list[PileRow]:
    return list(PileRow.objects.filter(pile_id=pile).order_by("position"))


def _save(client: Client, row: PileRow, **changes: str) -> Any:
    return client.post(reverse("papers:row", args=[row.pk]), CALM | changes, headers={"X-Card": "1"})


def test_a_form_is_saved_as_paper_with_who_went_and_who_typed_apart(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    person = add_person("陈安宁", visits=[date(2026, 8, 10)])
    client = signed_in("township")
    (row,) = _rows(_begin(client, county))
    answer = _save(client, row)
    assert answer.status_code == 200, answer.content.decode()
    visit = Visit.objects.get(person_id=person.pk, visit_date=date(2026, 11, 15))
    assert visit.entry_mode == "paper"
    assert visit.visited_by == county.users["village"].pk
    assert visit.recorded_by == county.users["township"].pk
    assert visit.doctor == county.users["village"].display_name
    assert visit.visit_class == "3"
    assert visit.targets == ["1", "2"]
    assert visit.drugs[0]["night"] == 10


def test_saving_twice_records_once(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    person = add_person("陈安宁")
    client = signed_in("township")
    (row,) = _rows(_begin(client, county))
    assert [_save(client, row).status_code for _ in range(2)] == [200, 200]
    assert Visit.objects.filter(person_id=person.pk).count() == 1


def test_an_error_stands_at_its_box_and_what_was_typed_is_kept(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    person = add_person("陈安宁")
    client = signed_in("township")
    pile = _begin(client, county)
    (row,) = _rows(pile)
    answer = _save(client, row, risk="9", insight="")
    assert answer.status_code == 422
    body = answer.content.decode()
    assert 'id="k-1-risk-error"' in body
    assert 'id="k-1-insight-error"' in body
    assert not Visit.objects.filter(person_id=person.pk).exists()
    again = client.get(reverse("papers:pile", args=[pile])).content.decode()
    assert "奥氮平 0-0-10" in again
    assert 'id="k-1-risk-error"' in again
    assert PileRow.objects.get(pk=row.pk).state == "problem"


def test_one_wrong_form_does_not_stop_the_others(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    for name in ("陈安宁", "黄静波"):
        add_person(name)
    client = signed_in("township")
    pile = _begin(client, county)
    first, second = _rows(pile)
    assert _save(client, first, risk="").status_code == 422
    assert _save(client, second).status_code == 200
    words = client.get(reverse("papers:pile-summary", args=[pile])).content.decode()
    assert "已保存 1 张" in words
    assert "有待改正 1 张" in words


def test_a_draft_is_kept_sealed_and_comes_back(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    add_person("陈安宁")
    client = signed_in("township")
    pile = _begin(client, county)
    (row,) = _rows(pile)
    sent = client.post(reverse("papers:row-draft", args=[row.pk]), {"risk": "2", "drugs": "氯氮平 100-0-200"})
    assert sent.status_code == 204
    assert "氯氮平 100-0-200" in client.get(reverse("papers:pile", args=[pile])).content.decode()
    assert PileRow.objects.get(pk=row.pk).state == "typed"


def test_undo_takes_the_visit_back_and_opens_the_form_as_typed(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    person = add_person("陈安宁")
    client = signed_in("township")
    (row,) = _rows(_begin(client, county))
    _save(client, row)
    answer = client.post(reverse("papers:row-undo", args=[row.pk]), headers={"X-Card": "1"})
    assert answer.status_code == 200
    assert "奥氮平 0-0-10" in answer.content.decode()
    assert Visit.objects.get(person_id=person.pk).voided_at is not None
    assert _save(client, row, form="1").status_code == 200  # and it can be saved again
    assert Visit.objects.filter(person_id=person.pk, voided_at=None).count() == 1


def test_without_the_script_saving_leads_to_the_next_form(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    for name in ("陈安宁", "黄静波"):
        add_person(name)
    client = signed_in("township")
    pile = _begin(client, county)
    answer = client.post(reverse("papers:row", args=[_rows(pile)[0].pk]), CALM)
    assert answer.status_code == 302
    assert answer["Location"].endswith("#form-2")


def test_numbers_and_slips_choose_the_forms_and_strangers_are_not_found(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    own, other = add_person("陈安宁"), add_person("钱守信", SOUTH_1)
    client = signed_in("township")
    slip = f"http://testserver/papers/s/{own.pk}/"
    lines = f"{own.file_no[-8:]}\n{slip}"
    assert [
        row.person_id for row in _rows(_begin(client, county, place=NORTH, who="typed", lines=lines))
    ] == [own.pk, own.pk]
    wrong = client.post(
        reverse("papers:piles"),
        {"place": NORTH, "month": "2026-11", "who": "typed", "lines": f"{other.pk}\n没有此人"},
    )
    assert wrong.status_code == 422
    body = wrong.content.decode()
    assert body.count("未找到或不在本机构管理范围") >= 2
    assert "钱守信" not in body


def test_a_pile_is_its_makers_alone(
    county: County,
    signed_in: Callable[[str], Client],
    add_person: AddPerson,
    acting_as: Callable[[str], AbstractContextManager[None]],
) -> None:
    add_person("陈安宁")
    pile = _begin(signed_in("township"), county)
    (row,) = _rows(pile)
    for stranger in ("township_2", "other_township", "village", "county"):
        client = signed_in(stranger)
        for address in (reverse("papers:pile", args=[pile]), reverse("papers:pile-summary", args=[pile])):
            assert client.get(address).status_code == 404, stranger
        assert _save(client, row).status_code == 404, stranger
    with acting_as("other_township"):
        assert not Pile.objects.exists()
