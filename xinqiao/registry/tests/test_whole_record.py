"""Both personal forms whole: read, written with the file, compared when they come again, and shown."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.county import County
from tests.factories.numbers import id_number
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_people, register_person, update_person
from xinqiao.registry.models import (
    Background,
    CareGroup,
    Certificate,
    Guardian,
    OtherNumber,
    Person,
    PersonName,
    PersonRevision,
    Support,
)
from xinqiao.registry.rules import check_person

from .records import new_person, whole_record
from .test_changes import changed
from .test_views import typed, words

Enter = Callable[[str], AbstractContextManager[None]]
SignedIn = Callable[[str], Client]
TODAY = date(2026, 11, 21)
NUMBER = id_number(date(1985, 7, 8), "1")

#: One answer to everything the forms ask besides, as somebody would type it.
BESIDES: dict[str, Any] = {
    "former_name": "沈旧名", "contact_name": "沈母", "contact_phone": "13800000004", "national_no": "99-0001",
    "report_card_no": "99000000000001", "insurance_no": "YB990001", "guardian_phone2": "13800000005",
    "police_station": "北桥派出所", "lives_with": "父母", "management_mode": "2", "targeted_poverty": "1", "low_income": "0",
    "guardian_subsidy": "1", "guardian_subsidy_amount": "2400", "free_medicine": "1", "disability_cert": "1",
    "disability_no": f"{NUMBER}62", "care_group": "1", "family_doctor": "1", "community_rehab": "0", "blood_type": "2",
    "rh": "2", "allergies": ["2", "5"], "allergies_note": "头孢", "exposures": ["1"],
    "past_diseases": "高血压 2015-03；恶性肿瘤 2019", "past_diseases_note": "甲状腺癌", "surgery": "阑尾切除2010年5月", "injury": "无",
    "transfusion": [], "family_father": ["2", "8"], "family_mother": ["1"], "family_siblings": ["1"],
    "family_children": ["12"], "family_note": "癫痫", "mental_kin": "1", "hereditary": "1", "disabilities": ["7"],
    "kitchen": "2", "fuel": "3", "water": "1", "toilet": "1", "livestock": "1",
}  # fmt: skip


def besides(**changes: Any) -> dict[str, Any]:
    return whole_record(id_number=NUMBER, **(BESIDES | changes))


def check(**changes: Any) -> Any:
    return check_person(besides(**changes), today=TODAY, entry="form", demo=True)


def test_everything_the_forms_ask_is_read() -> None:
    clean, problems, _flags = check()
    assert problems == []
    assert clean["past_diseases"] == {"2": "2015-03", "6": "2019"}
    assert clean["surgery"] == [{"name": "阑尾切除", "on": "2010-05"}]
    assert (clean["injury"], clean["transfusion"]) == ([], [])
    assert clean["guardian_subsidy_amount"] == Decimal("2400.00")
    assert clean["disability_level"] == "2"  # out of the certificate's number


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"allergies": ["1", "2"]}, "allergies"),
        ({"allergies_note": None}, "allergies_note"),
        ({"past_diseases": {"1": "", "2": ""}}, "past_diseases"),
        ({"past_diseases": "感冒"}, "past_diseases"),
        ({"past_diseases": {"2": "2015-13"}}, "past_diseases"),
        ({"past_diseases": {"2": "2030"}}, "past_diseases"),
        ({"past_diseases": {"2": "1970"}}, "past_diseases"),
        ({"past_diseases_note": None}, "past_diseases_note"),
        ({"surgery": [{"name": "", "on": "2010"}]}, "surgery"),
        ({"surgery": [{"name": "阑尾切除", "on": "去年"}]}, "surgery"),
        ({"family_note": None}, "family_note"),
        ({"hereditary": "2"}, "hereditary_note"),
        ({"disabilities": ["1", "7"]}, "disabilities"),
        ({"guardian_subsidy": "0"}, "guardian_subsidy_amount"),
        ({"guardian_subsidy_amount": "二千"}, "guardian_subsidy_amount"),
        ({"disability_cert": "0"}, "disability_cert"),
        ({"disability_no": "990101198507081258" + "62"}, "disability_no"),
        ({"disability_no": "123"}, "disability_no"),
        ({"disability_level": "3"}, "disability_no"),
        ({"disability_no": None}, "disability_level"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(changes: dict[str, Any], field: str) -> None:
    assert [one.field for one in check(**changes).problems] == [field]


def test_an_imported_certificate_that_differs_is_kept_and_marked() -> None:
    found = check_person(besides(disability_no="123"), today=TODAY, entry="import", demo=True)
    assert (found.problems, "certificate_differs" in found.flags) == ([], True)


def test_a_form_of_the_older_print_is_read_by_its_own_list() -> None:
    found = check_person(whole_record(form_edition="2011", education="1"), today=TODAY, demo=True)
    assert (found.problems, found.clean["education"]) == ([], "1")
    assert check_person(whole_record(form_edition="2011", education="9"), today=TODAY, demo=True).problems


def test_a_partial_form_needs_the_core_only() -> None:
    core = {
        key: value
        for key, value in whole_record(id_number=NUMBER).items()
        if key in {"name", "id_number", "sex", "birth_on", "live_code", "icd10", "filed_on"}
    }
    found = check_person(core, today=TODAY, entry="partial", demo=True)
    assert (found.problems, "missing:consent" in found.flags) == ([], True)
    assert check_person(core, today=TODAY, entry="form", demo=True).problems
    assert check_person(
        {**core, "diagnosed_on": "2025-01-01", "filed_on": "2020-01-01"},
        today=TODAY,
        entry="partial",
        demo=True,
    ).problems


def test_the_whole_record_is_written_once(
    county: County,
    acting_as: Enter,
    clock: FixedClock,
    count_sql: Callable[[], AbstractContextManager[CaptureQueriesContext]],
) -> None:
    actor = county.actors["county"]
    with acting_as("county"):
        for outcome in ("new", "unchanged"):
            (done,) = register_people(
                actor=actor, clock=clock, batch=[NewPerson(uuid7(), besides())], source="import"
            )
            assert (done.outcome, done.changed) == (outcome, ())
        background = Background.objects.get()
        assert (background.family_father, background.surgery) == (
            ["2", "8"],
            [{"name": "阑尾切除", "on": "2010-05"}],
        )
        assert {one.kind: (one.answer, one.amount) for one in Support.objects.all()} == {
            "poverty": ("1", None), "low_income": ("0", None), "guardian": ("1", Decimal("2400.00")), "medicine": ("1", None),
            "care_group": ("1", None), "doctor": ("1", None), "rehab": ("0", None),
        }  # fmt: skip
        assert (Certificate.objects.get().level, Certificate.objects.get().number) == ("2", f"{NUMBER}62")
        assert {one.kind: one.number for one in OtherNumber.objects.all()} == {
            "national": "99-0001", "card": "99000000000001", "insured": "YB990001"
        }  # fmt: skip
        assert Guardian.objects.get().phone2 == "13800000005"


def test_a_batch_of_many_costs_no_more_statements_than_a_batch_of_one(
    county: County,
    acting_as: Enter,
    clock: FixedClock,
    count_sql: Callable[[], AbstractContextManager[CaptureQueriesContext]],
) -> None:
    actor, counts = county.actors["county"], []
    with acting_as("county"):
        for size, year in ((2, 1970), (6, 1971)):
            births = [date(year, month, 3) for month in range(1, size + 1)]
            batch = [
                NewPerson(
                    uuid7(),
                    whole_record(
                        birth_on=str(birth), **BESIDES | {"disability_no": None, "disability_level": "2"}
                    ),
                )
                for birth in births
            ]
            with count_sql() as sql:
                register_people(actor=actor, clock=clock, batch=batch, source="import")
            # Rules in force are read again every few seconds: only our own tables are counted.
            counts.append(sum(1 for one in sql.captured_queries if "registry_" in one["sql"]))
    assert counts[0] == counts[1]


def test_what_nobody_asked_writes_no_row(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    with acting_as("township"):
        for table in (Background, Support, Certificate, OtherNumber, PersonName):
            assert not table.objects.exists()


def test_an_update_ends_what_it_replaces_and_names_what_changed(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    actor = county.actors["township"]
    with acting_as("township"):
        pk = register_person(actor=actor, clock=clock, person=NewPerson(uuid7(), besides())).person_id
        record = changed(name="沈新名", low_income="1", allergies=["1"], disability_cert="0")
        record["id_number"] = NUMBER
        done = update_person(
            actor=actor, clock=clock, person_id=pk, op_id=uuid7(), record=record, row_version=1
        )
        assert set(done.changed) == {"name", "low_income", "allergies", "disability_cert"}
        assert [(one.allergies, one.valid_to) for one in Background.objects.order_by("recorded_at", "id")] == [
            (["2", "5"], TODAY), (["1"], None)
        ]  # fmt: skip
        assert Background.objects.get(valid_to=None).blood_type == "2"
        assert Certificate.objects.get().valid_to == TODAY
        assert Support.objects.get(kind="certificate").answer == "0"
        assert Support.objects.get(kind="low_income", valid_to=None).answer == "1"
        assert PersonName.objects.get(name="沈样例").valid_to == TODAY
        assert PersonRevision.objects.get().row_version == 2


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def sent(**changes: Any) -> dict[str, Any]:
    """The whole form as a browser sends it."""
    made = typed(
        id_number=NUMBER,
        **{
            k: v for k, v in BESIDES.items() if k not in {"past_diseases", "surgery", "injury", "transfusion"}
        },
    )
    return made | {
        "past_diseases": ["2", "6"], "past_diseases.2": "2015-03", "past_diseases.6": "2019", "surgery.1.name": "阑尾切除",
        "surgery.1.on": "2010-05", "injury": "1", **changes,
    }  # fmt: skip


def test_a_typed_form_is_shown_whole_and_masked(signed_in: SignedIn, county: County) -> None:
    client = signed_in("township")
    answer = client.post(reverse("registry:new"), sent(), follow=True)
    assert answer.status_code == 200
    person = Person.objects.get()
    shown = words(client.get(reverse("registry:person", args=[person.pk]), {"tab": "basic"}))
    for said in (
        "高血压 2015-03、恶性肿瘤 2019",
        "阑尾切除 2010-05",
        "青霉素、其他",
        "自来水",
        "北桥派出所",
        "2400.00",
        "沈旧名",
    ):
        assert said in shown, said
    for hidden in ("99-0001", f"{NUMBER}62", "13800000004", "13800000005", "YB990001"):
        assert hidden not in shown
    assert "必填没有填写" not in shown
    edit = client.get(reverse("registry:edit", args=[person.pk])).content.decode()
    assert 'name="past_diseases.2" type="text" value="2015-03"' in edit
    assert 'name="surgery.1.name" type="text" value="阑尾切除"' in edit
    sheet = words(client.get(reverse("registry:sheet", args=[person.pk])))
    assert "阑尾切除 2010-05" in sheet
    assert NUMBER not in sheet


def test_a_form_is_saved_before_it_is_complete_and_says_what_is_missing(
    signed_in: SignedIn, county: County
) -> None:
    client = signed_in("township")
    part = typed(id_number=NUMBER, partial="1", consent=None, signer=None, signed_on=None, employment=None)
    assert client.post(reverse("registry:new"), part).status_code == 302
    person = Person.objects.get()
    shown = words(client.get(reverse("registry:person", args=[person.pk]), {"tab": "basic"}))
    assert "还有 2 项必填没有填写" in shown
    assert client.post(reverse("registry:new"), part | {"op_id": str(uuid7()), "name": ""}).status_code == 422


def test_somebody_overtaken_sees_both_versions_and_loses_nothing(signed_in: SignedIn, north: UUID) -> None:
    address = reverse("registry:edit", args=[north])
    mine = changed(
        op_id=str(uuid7()), row_version="1", past_danger="7", economy="1", workplace="北桥砖厂", marital="1"
    )
    theirs = changed(op_id=str(uuid7()), row_version="1", past_danger="7", economy="3", employment="6")
    assert signed_in("township_2").post(address, theirs).status_code == 302
    client = signed_in("township")
    answer = client.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    for said in ("两边都改了", "只有您改了", "演示township_2"):
        assert said in page
    assert 'value="北桥砖厂"' in page
    assert 'name="row_version" value="2"' in page
    assert '<option value="6" selected>' in page  # what only the other changed is taken over
    again = mine | {"row_version": "2", "employment": "6"}
    assert client.post(address, again).status_code == 302
    person = Person.objects.get(pk=north)
    assert (person.economy, person.employment, person.workplace) == ("1", "6", "北桥砖厂")


def test_rows_are_added_ended_corrected_and_voided_on_pages(signed_in: SignedIn, north: UUID) -> None:
    client, add = signed_in("township"), reverse("registry:add-row", args=[north])
    for kind in (
        "name",
        "number",
        "address",
        "guardian",
        "relative",
        "certificate",
        "support",
        "keeper",
        "placement",
    ):
        assert client.get(add, {"kind": kind}).status_code == 200, kind
    assert client.get(add, {"kind": "nonsense"}).status_code == 404
    given = {
        "kind": "guardian",
        "op_id": str(uuid7()),
        "name": "沈母",
        "relation": "5",
        "valid_from": "2026-05-01",
    }
    wrong = client.post(add, given | {"phone": "12"})
    assert wrong.status_code == 422
    assert "不像电话号码" in words(wrong)
    assert 'value="沈母"' in wrong.content.decode()
    assert client.post(add, given | {"phone": "13800000006"}).status_code == 302
    row = f"guardian-{Guardian.objects.get(name='沈母').pk}"
    page = client.get(reverse("registry:correct-row", args=[row])).content.decode()
    assert "13800000006" not in page
    right = {"op_id": str(uuid7()), "name": "沈母", "relation": "8", "valid_from": "2026-05-01"}
    assert client.post(reverse("registry:correct-row", args=[row]), right).status_code == 422
    assert (
        client.post(reverse("registry:correct-row", args=[row]), right | {"reason": "关系写错"}).status_code
        == 302
    )
    fresh = Guardian.objects.get(name="沈母", voided_at=None)
    assert (fresh.relation, fresh.phone) == ("8", "13800000006")
    row = f"guardian-{fresh.pk}"
    assert client.post(reverse("registry:end-row", args=[row]), {"on": "2026-12-01"}).status_code == 422
    assert client.post(reverse("registry:end-row", args=[row]), {"on": "2026-11-01"}).status_code == 302
    assert client.post(reverse("registry:void-row", args=[row]), {}).status_code == 422
    assert client.post(reverse("registry:void-row", args=[row]), {"reason": "试"}).status_code == 302
    shown = words(client.get(reverse("registry:person", args=[north]), {"tab": "family"}))
    assert "以前和作废的 2 条" in shown
    for stranger in ("other_township", "other_county"):
        for name in ("correct-row", "end-row", "void-row"):
            assert signed_in(stranger).get(reverse(f"registry:{name}", args=[row])).status_code == 404
    assert signed_in("village").get(add).status_code == 403


def test_a_household_is_found_by_name_in_the_own_area_only(
    signed_in: SignedIn, county: County, acting_as: Enter, clock: FixedClock, north: UUID, south: UUID
) -> None:
    client, address = signed_in("township"), reverse("registry:household", args=[north])
    with acting_as("township"):
        register_person(
            actor=county.actors["township"],
            clock=clock,
            person=new_person(name="沈小妹", sex="2", birth_on="1990-01-01"),
        )
    assert client.get(address).status_code == 200
    foreign = client.post(address, {"other": "沈南方", "valid_from": "2026-05-01"})
    assert foreign.status_code == 422
    assert "您的辖区里没有找到" in words(foreign)
    assert (
        client.post(address, {"other": "沈小妹", "relation": "0", "valid_from": "2026-05-01"}).status_code
        == 302
    )
    shown = words(client.get(reverse("registry:person", args=[north]), {"tab": "family"}))
    assert "沈小妹" in shown


def test_a_care_group_is_made_on_a_page(signed_in: SignedIn, north: UUID) -> None:
    client, address = signed_in("township"), reverse("registry:groups")
    assert client.post(address, {"since": "2026-01-01"}).status_code == 422
    assert client.post(address, {"village": "990101100201", "since": "2026-01-01"}).status_code == 302
    page = client.get(address).content.decode()
    assert "柳树村关爱帮扶小组" in page
    group = str(CareGroup.objects.get().pk)
    assert client.get(reverse("registry:add-member", args=[group])).status_code == 200
    assert client.post(reverse("registry:add-member", args=[group]), {"role": "head"}).status_code == 422
    member = {"role": "head", "name": "王主任", "phone": "13900000009", "since": "2026-01-01"}
    assert client.post(reverse("registry:add-member", args=[group]), member).status_code == 302
    add = reverse("registry:add-row", args=[north])
    assert (
        client.post(add, {"kind": "placement", "group": group, "valid_from": "2026-02-01"}).status_code == 302
    )
    shown = words(client.get(reverse("registry:person", args=[north]), {"tab": "support"}))
    assert "组长 王主任" in shown
    assert "13900000009" not in shown
    assert signed_in("village").get(address).status_code == 200
    assert signed_in("village").post(address, {}).status_code == 403
    assert "柳树村" not in words(signed_in("other_township").get(address))
    assert signed_in("other_township").get(reverse("registry:add-member", args=[group])).status_code == 404
