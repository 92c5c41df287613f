"""The register of addresses: every page, who may open it, and what a stranger gets from it.

A new address fails the first test until it stands here. For every account of the small county each page is asked for an own
record, a foreign one and one that does not exist; the two last must look the same and must not name anybody.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories.county import (
    ACCOUNTS,
    COUNTY,
    EAST_1,
    NEXT_COUNTY,
    NORTH,
    NORTH_1,
    NORTH_2,
    SOUTH,
    SOUTH_1,
    County,
)
from tests.factories.records import exam_record, person_record, visit_record
from xinqiao.accounts.permissions import Permission, may
from xinqiao.accounts.scope import acting
from xinqiao.followup.actions import NewVisit, record_visits
from xinqiao.followup.models import Confirmation, Visit
from xinqiao.interchange.actions import bring_workbook
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.terms import Role
from xinqiao.national.actions import bring_export, choose_columns, run_comparison
from xinqiao.national.models import Difference
from xinqiao.papers.actions import begin_pack, begin_pile
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution, ServiceArea
from xinqiao.registry.actions import (
    NewPerson,
    NewScan,
    add_care_member,
    attach_scan,
    open_care_group,
    register_people,
)
from xinqiao.registry.models import Guardian, Inquiry, Person
from xinqiao.registry.tests.scans import jpeg
from xinqiao.rosters.lists import all_lists
from xinqiao.staff.actions import NewHandOver, NewLeave, arrange_leave, draw_up_hand_over
from xinqiao.synth.cells import VISITS_SHEET, row_of, visit_columns
from xinqiao.treatment.actions import record_exam

from .page import NOBODY, PUBLIC, SIGNED_IN, Page
from .pages import MODULES, PAGES

TODAY = date(2026, 11, 21)
FIGURE = "registered"

REGISTER: dict[str, Page] = {
    "home": Page(SIGNED_IN),
    "health": Page(PUBLIC),
    "set_language": Page(PUBLIC, method="post"),
    "accounts:sign-in": Page(PUBLIC),
    "accounts:sign-out": Page(SIGNED_IN, method="post"),
    "accounts:password": Page(SIGNED_IN),
    "accounts:roles": Page(SIGNED_IN),
    "regulations:list": Page(SIGNED_IN),
    "regulations:rule": Page(SIGNED_IN),
    "regulations:calendar": Page(SIGNED_IN),
    "regulations:withdraw": Page(Permission.SET_RULES, "rule value", "post"),
    "accounts:list": Page(Permission.MANAGE_USERS),
    "accounts:new": Page(Permission.MANAGE_USERS),
    "accounts:account": Page(Permission.MANAGE_USERS, "account"),
    "accounts:change": Page(Permission.MANAGE_USERS, "account"),
    "accounts:villages": Page(Permission.MANAGE_USERS, "account", "post"),
    "accounts:reset": Page(Permission.MANAGE_USERS, "account", "post"),
    "accounts:unlock": Page(Permission.MANAGE_USERS, "account", "post"),
    "accounts:close": Page(Permission.MANAGE_USERS, "account", "post"),
    "accounts:reopen": Page(Permission.MANAGE_USERS, "account", "post"),
    "accounts:trail": Page(Permission.READ_TRAIL),
    "accounts:institutions": Page(Permission.MANAGE_PLACES),
    "accounts:open-institution": Page(Permission.MANAGE_PLACES),
    "accounts:close-institution": Page(Permission.MANAGE_PLACES, "institution", "post"),
    "accounts:in-charge": Page(Permission.MANAGE_PLACES, "institution"),
    "accounts:divisions": Page(Permission.MANAGE_PLACES),
    "opening:begin": Page(NOBODY),
    "opening:county": Page(NOBODY),
    "opening:steps": Page(Permission.MANAGE_USERS),
    "opening:divisions": Page(Permission.MANAGE_PLACES),
    "opening:division": Page(Permission.MANAGE_PLACES, "division"),
    "opening:institutions": Page(Permission.MANAGE_PLACES),
    "opening:population": Page(Permission.MANAGE_PLACES),
    "opening:accounts": Page(Permission.MANAGE_USERS),
    "opening:import": Page(Permission.MANAGE_USERS),
    "web:styleguide": Page(NOBODY),
    "web:styleguide-page": Page(NOBODY, "slug"),
    "registry:list": Page(Permission.VIEW_RECORDS),
    "registry:search": Page(Permission.VIEW_RECORDS),
    "registry:new": Page(Permission.LOOK_UP_REGISTERED),
    "registry:new-alike": Page(Permission.REGISTER_PERSON, method="post"),
    "registry:person": Page(Permission.VIEW_RECORDS, "person"),
    "registry:unmask": Page(Permission.UNMASK, "person", "post"),
    "registry:responsible": Page(Permission.ASSIGN_WORKER, "person", "post"),
    "followup:today": Page(Permission.VIEW_RECORDS),
    "followup:preview": Page(Permission.VIEW_RECORDS, "person"),
    "followup:record": Page(Permission.RECORD_VISIT, "person"),
    "followup:proposal": Page(Permission.RECORD_VISIT, "person", "post"),
    "followup:visit": Page(Permission.VIEW_RECORDS, "visit"),
    "followup:amend": Page(Permission.AMEND_VISIT, "visit"),
    "followup:undo": Page(Permission.RECORD_VISIT, "visit", "post"),
    "followup:attempt": Page(Permission.RECORD_ATTEMPT, "person"),
    "followup:plan": Page(Permission.RECORD_VISIT, "person", "post"),
    "followup:versions": Page(Permission.VIEW_RECORDS, "visit"),
    "followup:draft": Page(Permission.RECORD_VISIT, "person", "post"),
    "followup:draft-discard": Page(Permission.RECORD_VISIT, "person", "post"),
    "followup:emergency": Page(Permission.RECORD_ATTEMPT, "person"),
    "followup:reviews": Page(Permission.REVIEW_VISIT),
    "followup:reviews-together": Page(Permission.REVIEW_VISIT, method="post"),
    "followup:review": Page(Permission.REVIEW_VISIT, "visit"),
    "followup:review-decide": Page(Permission.REVIEW_VISIT, "visit", "post"),
    "followup:rehearsal": Page(Permission.REVIEW_VISIT),
    "followup:confirmations": Page(Permission.CONFIRM_CLASS),
    "followup:confirm": Page(Permission.CONFIRM_CLASS, "confirmation", "post"),
    "interchange:home": Page(Permission.IMPORT_REGISTER),
    "interchange:upload": Page(Permission.IMPORT_REGISTER, method="post"),
    "interchange:history-book": Page(Permission.IMPORT_REGISTER),
    "interchange:template": Page(Permission.IMPORT_REGISTER),
    "interchange:visits-out": Page(Permission.EXPORT_LIST),
    "interchange:batch": Page(Permission.IMPORT_REGISTER, "batch"),
    "interchange:progress": Page(Permission.IMPORT_REGISTER, "batch"),
    "interchange:problems": Page(Permission.IMPORT_REGISTER, "batch"),
    "interchange:problems-book": Page(Permission.IMPORT_REGISTER, "batch"),
    "interchange:fix": Page(Permission.IMPORT_REGISTER, "batch", "post"),
    "interchange:skip": Page(Permission.IMPORT_REGISTER, "batch", "post"),
    "interchange:check": Page(Permission.IMPORT_REGISTER, "batch", "post"),
    "interchange:commit": Page(Permission.IMPORT_REGISTER, "batch", "post"),
    "interchange:abandon": Page(Permission.IMPORT_REGISTER, "batch", "post"),
    "national:list": Page(Permission.ENTER_NATIONAL),
    "national:list-book": Page(Permission.ENTER_NATIONAL),
    "national:entered": Page(Permission.ENTER_NATIONAL),
    "national:visit": Page(Permission.ENTER_NATIONAL, "visit"),
    "national:tick": Page(Permission.ENTER_NATIONAL, method="post"),
    "national:untick": Page(Permission.ENTER_NATIONAL, method="post"),
    "national:timeliness": Page(Permission.ENTER_NATIONAL),
    "national:timeliness-book": Page(Permission.ENTER_NATIONAL),
    "national:settings": Page(Permission.COMPARE_NATIONAL),
    "national:comparisons": Page(Permission.COMPARE_NATIONAL),
    "national:upload": Page(Permission.COMPARE_NATIONAL, method="post"),
    "national:comparison": Page(Permission.COMPARE_NATIONAL, "comparison"),
    "national:columns": Page(Permission.COMPARE_NATIONAL, "comparison"),
    "national:abandon": Page(Permission.COMPARE_NATIONAL, "comparison", "post"),
    "national:differences": Page(Permission.ENTER_NATIONAL),
    "national:differences-book": Page(Permission.ENTER_NATIONAL),
    "national:difference": Page(Permission.ENTER_NATIONAL, "difference"),
    "national:settle": Page(Permission.ENTER_NATIONAL, method="post"),
    "national:assign": Page(Permission.ENTER_NATIONAL, method="post"),
    "registry:add-row": Page(Permission.REGISTER_PERSON, "person"),
    "registry:household": Page(Permission.REGISTER_PERSON, "person"),
    "registry:sheet": Page(Permission.VIEW_RECORDS, "person"),
    "registry:correct-row": Page(Permission.REGISTER_PERSON, "row"),
    "registry:end-row": Page(Permission.REGISTER_PERSON, "row"),
    "registry:void-row": Page(Permission.REGISTER_PERSON, "row"),
    "registry:groups": Page(Permission.VIEW_RECORDS),
    "registry:add-member": Page(Permission.REGISTER_PERSON, "group"),
    "registry:close-group": Page(Permission.REGISTER_PERSON, "group", "post"),
    "registry:end-member": Page(Permission.REGISTER_PERSON, "member", "post"),
    "registry:edit": Page(Permission.REGISTER_PERSON, "person"),
    "registry:event": Page(Permission.REGISTER_PERSON, "person"),
    "registry:reads": Page(Permission.VIEW_RECORDS, "person"),
    "registry:inquiries": Page(Permission.REGISTER_PERSON),
    "registry:inquiry": Page(Permission.REGISTER_PERSON, "inquiry"),
    "registry:look-ups": Page(Permission.CORRECT_RECORD),
    "registry:attach": Page(Permission.RECORD_VISIT, "person"),
    "registry:attachment": Page(Permission.VIEW_RECORDS, "attachment"),
    "registry:void-scan": Page(Permission.AMEND_VISIT, "attachment"),
    "registry:consent": Page(Permission.REGISTER_PERSON, "person"),
    "treatment:exam": Page(Permission.RECORD_VISIT, "person"),
    "treatment:amend-exam": Page(Permission.AMEND_VISIT, "exam"),
    "treatment:void-exam": Page(Permission.AMEND_VISIT, "exam", "post"),
    "rosters:index": Page(Permission.VIEW_RECORDS),
    "rosters:list": Page(Permission.VIEW_RECORDS, "list"),
    "rosters:ledger": Page(Permission.EXPORT_LIST, "list"),
    "papers:prints": Page(Permission.VIEW_RECORDS),
    "papers:blank": Page(Permission.VIEW_RECORDS),
    "papers:day": Page(Permission.VIEW_RECORDS),
    "papers:slips": Page(Permission.VIEW_RECORDS),
    "papers:endings": Page(Permission.VIEW_RECORDS),
    "papers:person": Page(Permission.VIEW_RECORDS, "person"),
    "papers:visit": Page(Permission.VIEW_RECORDS, "visit"),
    "papers:slip": Page(Permission.RECORD_VISIT, "person"),
    "papers:piles": Page(Permission.RECORD_VISIT),
    "papers:pile": Page(Permission.RECORD_VISIT, "pile"),
    "papers:pile-add": Page(Permission.RECORD_VISIT, "pile", "post"),
    "papers:pile-finish": Page(Permission.RECORD_VISIT, "pile", "post"),
    "papers:pile-summary": Page(Permission.RECORD_VISIT, "pile"),
    "papers:row": Page(Permission.RECORD_VISIT, "pilerow", "post"),
    "papers:row-draft": Page(Permission.RECORD_VISIT, "pilerow", "post"),
    "papers:row-undo": Page(Permission.RECORD_VISIT, "pilerow", "post"),
    "papers:packs": Page(Permission.EXPORT_LIST),
    "papers:pack": Page(Permission.EXPORT_LIST, "pack"),
    "papers:pack-progress": Page(Permission.EXPORT_LIST, "pack"),
    "papers:pack-settle": Page(Permission.EXPORT_LIST, "pack", "post"),
    "papers:pack-start": Page(Permission.EXPORT_LIST, "pack", "post"),
    "papers:pack-download": Page(Permission.EXPORT_LIST, "pack", "post"),
    "papers:pack-drop": Page(Permission.EXPORT_LIST, "pack", "post"),
    "staff:hand-overs": Page(Permission.TAKE_PART),
    "staff:new-hand-over": Page(Permission.ARRANGE_STAFF),
    "staff:hand-over": Page(Permission.TAKE_PART, "hand_over"),
    "staff:confirm": Page(Permission.TAKE_PART, "hand_over", "post"),
    "staff:complete": Page(Permission.ARRANGE_STAFF, "hand_over", "post"),
    "staff:withdraw": Page(Permission.ARRANGE_STAFF, "hand_over", "post"),
    "staff:hand-over-paper": Page(Permission.TAKE_PART, "hand_over"),
    "staff:hand-over-book": Page(Permission.TAKE_PART, "hand_over"),
    "staff:leaves": Page(Permission.TAKE_PART),
    "staff:new-leave": Page(Permission.ARRANGE_STAFF),
    "staff:end-leave": Page(Permission.ARRANGE_STAFF, "leave", "post"),
    "staff:works": Page(Permission.TAKE_PART),
    "staff:works-book": Page(Permission.COUNTERSIGN_WORK),
    "staff:work": Page(Permission.TAKE_PART, "quarter"),
    "staff:sign": Page(Permission.SIGN_OWN_WORK, "quarter", "post"),
    "staff:agree": Page(Permission.COUNTERSIGN_WORK, "quarter", "post"),
    "staff:appeal": Page(Permission.SIGN_OWN_WORK, "quarter", "post"),
    "staff:answer": Page(Permission.COUNTERSIGN_WORK, "quarter", "post"),
    "staff:work-paper": Page(Permission.TAKE_PART, "quarter"),
    "indicators:table": Page(Permission.SEE_FIGURES, "place"),
    "indicators:workbook": Page(Permission.SEE_FIGURES, "place"),
    "indicators:variants": Page(Permission.SEE_FIGURES, "variants"),
    "indicators:outside": Page(Permission.SEE_FIGURES, "county"),
    "indicators:outside-workbook": Page(Permission.SEE_FIGURES, "county"),
    "indicators:trend": Page(Permission.SEE_FIGURES, "place"),
    "indicators:people": Page(Permission.OPEN_FIGURE, "place"),
    "indicators:balance": Page(Permission.SEE_FIGURES, "place"),
    "indicators:balance-people": Page(Permission.OPEN_FIGURE, "place"),
    "indicators:balance-workbook": Page(Permission.SEE_FIGURES, "place"),
    "indicators:measures": Page(Permission.SEE_FIGURES),
    "indicators:measure": Page(Permission.SEE_FIGURES, "figure"),
} | PAGES


def _names(patterns: list[Any], space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield space + str(pattern.name)


def test_every_address_stands_in_the_register() -> None:
    assert set(_names(get_resolver().url_patterns)) == set(REGISTER)


# ── records of three places ─────────────────────────────────────────────────────────────────────────────────────────

NAMES = {"north": "安北望", "south": "安南归", "east": "安东行"}
SERIALS = {"north": 101, "south": 102, "east": 103}


@dataclass
class World:
    """The same records in three places: `things[place][subject]` is a key for the address."""

    county: County
    things: dict[str, dict[str, Any]]


@pytest.fixture
def world(county: County) -> World:
    """A person with a visit, a confirmation that waits, and an import, in the north, the south and the next county."""
    east = Institution.objects.create(
        name="东岸镇卫生院",
        kind=InstitutionKind.TOWNSHIP_HOSPITAL,
        place="990102100000",
        valid_from=date(2004, 1, 1),
    )
    ServiceArea.objects.create(institution=east, division_code=east.place, valid_from=date(2004, 1, 1))
    clock = FixedClock(TODAY)
    things: dict[str, dict[str, Any]] = {}
    for place, village, key in (
        ("north", NORTH_1, "county"),
        ("south", SOUTH_1, "county"),
        ("east", EAST_1, "other_county"),
    ):
        actor = county.actors[key]
        record = person_record(NAMES[place], village, filed_on=date(2024, 3, 1), serial=SERIALS[place])
        milder = visit_record(TODAY, insight="2", visit_class="3", class_reason="自知力基本恢复")
        with acting(actor):
            person = register_people(
                actor=actor, clock=clock, batch=[NewPerson(uuid7(), record)], source="form"
            )[0]
            visit = record_visits(
                actor=actor,
                clock=clock,
                batch=[NewVisit(uuid7(), person.person_id, milder)],
                entry_mode="full",
            )[0]
            batch = bring_workbook(actor=actor, clock=clock, data=_workbook(record), name="visits.xlsx")
            confirmation = Confirmation.objects.get(visit_id=visit.visit_id)
            exam = record_exam(
                actor=actor, clock=clock, person_id=person.person_id, op_id=uuid7(), record=exam_record(TODAY)
            )
            paper = NewScan(uuid7(), "01", TODAY, jpeg((60, 80)))
            scan = attach_scan(actor=actor, clock=clock, person_id=person.person_id, scan=paper)
        inquiry = Inquiry.objects.create(
            managing_code=village, asked_by=uuid7(), asked_on=TODAY, asked_at=clock.now(), by="id",
            asked=json.dumps({"id_number": record["id_number"]}),
        )  # fmt: skip
        things[place] = {
            "person": person.person_id,
            "visit": visit.visit_id,
            "confirmation": confirmation.pk,
            "batch": batch.pk,
            "exam": exam.fact_id,
            **_dated(actor, clock, village, person.person_id),
            "attachment": scan,
            "inquiry": inquiry.pk,
            **_kept(county, place, east),
            **_comparison(actor, clock, person.person_id),
            **_papers(actor, clock, village, person.person_id),
        }
    return World(county, things)


def _kept(county: County, place: str, east: Institution) -> dict[str, Any]:
    """An account of the place and an institution, for who manages them."""
    worker = {"north": "village_2", "south": "other_township", "east": "other_county"}[place]
    house = {"north": county.institutions[NORTH_2], "south": county.institutions[SOUTH], "east": east}[place]
    return {"account": county.users[worker].pk, "institution": house.pk}


def affairs_of_staff(world: World) -> dict[str, Any]:
    """A hand-over that waits, a leave and a quarter's work of those who work in the north; they are everybody's keys."""
    users, clock = world.county.users, FixedClock(TODAY)
    actor = world.county.actors["county"]
    with acting(actor):
        paper = draw_up_hand_over(
            actor=actor,
            clock=clock,
            new=NewHandOver(users["village"].pk, {NORTH_1: users["township"].pk}, TODAY),
        )
        leave = arrange_leave(
            actor=actor, clock=clock, new=NewLeave(users["township"].pk, users["township_2"].pk, TODAY, TODAY)
        )
    keys = {"hand_over": paper.pk, "leave": leave.pk, "quarter": users["village"].pk}
    for things in world.things.values():
        things.update(keys)
    return keys


def _papers(actor: Actor, clock: FixedClock, village: str, person_id: UUID) -> dict[str, Any]:
    """A pile of one paper form and a bundle that waits, both their maker's alone."""
    with acting(actor):
        person = Person.objects.get(pk=person_id)
        pile = begin_pile(
            actor=actor,
            clock=clock,
            place=village,
            month=TODAY.replace(day=1),
            visited_by=None,
            doctor="",
            people=[person],
        )
        pack = begin_pack(
            actor=actor,
            clock=clock,
            sample=person.name,
            purpose="督导",
            period_from=TODAY,
            period_to=TODAY,
            parts=["personal"],
        )
        return {"pile": pile.pk, "pilerow": pile.rows.get().pk, "pack": pack.pk}


def _comparison(actor: Actor, clock: FixedClock, person_id: UUID) -> dict[str, Any]:
    """A comparison that waits for its columns, and the difference that an earlier one left: the person is only here."""
    import io

    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["姓名", "性别", "出生日期"])
        sheet.write_row(1, 0, ["某人", "男", "1970-01-01"])
    with acting(actor):
        for _round in range(2):
            found = bring_export(actor=actor, clock=clock, data=out.getvalue(), as_of=TODAY)
            if not Difference.objects.filter(person_id=person_id).exists():
                columns = ["name", "sex", "birth_on"]
                choose_columns(actor=actor, clock=clock, comparison_id=found.pk, meanings=columns)
                run_comparison(actor=actor, clock=clock, comparison_id=found.pk)
        difference = Difference.objects.get(person_id=person_id)
    return {"comparison": found.pk, "difference": difference.pk}


def _dated(actor: Actor, clock: FixedClock, village: str, person: UUID) -> dict[str, Any]:
    """A row of the file, and the village's care group with somebody in it."""
    group = open_care_group(actor=actor, clock=clock, op_id=uuid7(), village=village, name="", since=TODAY)
    member = add_care_member(
        actor=actor,
        clock=clock,
        op_id=uuid7(),
        group_id=group.pk,
        record={"role": "head", "name": "王主任"},
        since=TODAY,
    )
    guardian = Guardian.objects.get(person_id=person).pk
    return {"row": f"guardian-{guardian}", "group": group.pk, "member": member.pk}


def _workbook(record: dict[str, Any]) -> bytes:
    import io

    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet(VISITS_SHEET)
    columns = visit_columns()
    sheet.write_row(0, 0, [column.title for column in columns])
    given = visit_record(date(2026, 5, 5), name=record["name"], id_number=record["id_number"])
    sheet.write_row(1, 0, row_of(columns, given))
    book.close()
    return out.getvalue()


#: What stands in the addresses of pages about no record.
KEYS: dict[str, list[Any]] = {
    "regulations:rule": ["followup", "intervals"],
    "regulations:calendar": [2026],
}


def address_of(name: str, page: Page, key: Any) -> str:
    """The address; addresses of figures and divisions say their place in the query and take no key."""
    if page.subject in ("", "place", "county", "division", "rule value"):
        return reverse(name, args=KEYS.get(name))
    return reverse(name, args=[key, 2026, 3] if page.subject == "quarter" else [key])


def said(answer: Any) -> str:
    """All that an answer says, in a workbook too."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK"):
        with ZipFile(BytesIO(body)) as book:
            return "".join(book.read(one).decode("utf-8", "replace") for one in book.namelist())
    return str(body.decode("utf-8", "replace"))


def _ask(client: Client, name: str, page: Page, key: Any) -> Any:
    if page.subject == "variants":
        return client.get(reverse(name, args=[FIGURE]), {"place": key, "on": TODAY.isoformat()})
    if page.subject in ("place", "county"):
        query = {"figure": FIGURE, "place": key, "on": TODAY.isoformat(), "part": "numerator"}
        return client.get(reverse(name), query)
    address = address_of(name, page, key)
    return client.post(address, {}) if page.method == "post" else client.get(address)


#: Whose records are own for an account; imports belong to the county office that made them.
OWN = {
    "village": "north",
    "township": "north",
    "township_2": "north",
    "other_township": "south",
    "county": "north",
    "other_county": "east",
}
FOREIGN = {
    "village": ("south", "east"),
    "village_2": ("north", "south", "east"),
    "township": ("south", "east"),
    "township_2": ("south", "east"),
    "other_township": ("north", "east"),
    "county": ("east",),
    "other_county": ("north", "south"),
}
REFUSED = {403, 404}
#: What opens for the account that made it and nobody else; here the county offices.
MAKERS_ALONE = ("pile", "pilerow", "pack")
RECORDS = [
    name
    for name, page in REGISTER.items()
    if page.subject
    in (
        "person",
        "visit",
        "confirmation",
        "batch",
        "exam",
        "attachment",
        "inquiry",
        "comparison",
        "difference",
    )
    or page.subject in MAKERS_ALONE
]
PLAIN = [name for name, page in REGISTER.items() if not page.subject and page.who not in (PUBLIC, NOBODY)]


def test_pages_without_a_record_open_for_their_roles_only(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    wrong = []
    for account, actor in world.county.actors.items():
        client = signed_in(account)
        for name in PLAIN:
            page = REGISTER[name]
            status = _ask(client, name, page, None).status_code
            allowed = page.who is SIGNED_IN or may(actor, page.who)
            if status not in ({200, 302, 422} if allowed else REFUSED):
                wrong.append((account, name, status))
            if name == "accounts:sign-out":
                client = signed_in(account)
    assert wrong == []


def test_own_records_open_for_their_roles_only(world: World, signed_in: Callable[[str], Client]) -> None:
    wrong = []
    for account, actor in world.county.actors.items():
        client = signed_in(account)
        for name in RECORDS:
            page = REGISTER[name]
            key = world.things[OWN.get(account, "north")][page.subject]
            status = _ask(client, name, page, key).status_code
            alone = page.subject in MAKERS_ALONE and actor.role is not Role.COUNTY_OFFICE
            if not may(actor, page.who) or account not in OWN or alone:
                right = status in REFUSED
            elif name == "followup:undo":
                # only the author may undo, and the county office wrote these visits
                right = status == (422 if actor.role is Role.COUNTY_OFFICE else 403)
            elif name == "followup:confirm" and actor.role is Role.COUNTY_OFFICE:
                right = status == 403  # nobody confirms what he wrote himself
            elif name in ("interchange:fix", "interchange:problems-book"):
                right = (
                    status in {404, 200} if actor.role is Role.COUNTY_OFFICE else False
                )  # nothing is wrong in the file
            else:
                right = status < 500 and status not in REFUSED
            if not right:
                wrong.append((account, name, status))
    assert wrong == []


def test_foreign_and_missing_records_look_the_same_and_name_nobody(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    wrong = []
    for account in ACCOUNTS:
        client = signed_in(account)
        for name in RECORDS:
            page = REGISTER[name]
            missing = _ask(client, name, page, UUID(int=7)).status_code
            for place in FOREIGN.get(account, tuple(NAMES)):
                response = _ask(client, name, page, world.things[place][page.subject])
                body = said(response)
                named = any(word in body for word in NAMES.values())
                if response.status_code not in REFUSED or response.status_code != missing or named:
                    wrong.append((account, name, place, response.status_code, missing, named))
                if "filename" in response.headers.get("Content-Disposition", ""):
                    wrong.append((account, name, place, "a file"))
    assert wrong == []


#: Not records of people: accounts and institutions, for who manages them.
KEPT = [name for name, page in REGISTER.items() if page.subject in ("account", "institution")]


def test_accounts_and_institutions_open_for_their_managers_and_look_missing_to_others(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    wrong = []
    for account, actor in world.county.actors.items():
        client = signed_in(account)
        for name in KEPT:
            page = REGISTER[name]
            own, foreign = (world.things[place][page.subject] for place in ("north", "east"))
            asked = {
                key: _ask(client, name, page, value).status_code
                for key, value in (("own", own), ("foreign", foreign), ("missing", UUID(int=7)))
            }
            allowed = may(actor, page.who) and account not in ("other_county",)
            right = asked["foreign"] == asked["missing"] or account == "other_county"
            right = right and asked["missing"] in REFUSED
            right = right and (asked["own"] in {200, 302, 422} if allowed else asked["own"] in REFUSED)
            if not right:
                wrong.append((account, name, asked))
    assert wrong == []


#: Affairs of those who work in the north: who may see them at all.
STAFF = [name for name, page in REGISTER.items() if page.subject in ("hand_over", "leave", "quarter")]
SEES_STAFF = {"village", "township", "township_2", "county"}


def test_affairs_of_staff_are_seen_by_those_concerned_and_look_missing_to_others(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    keys = affairs_of_staff(world)
    wrong = []
    for account, who in world.county.actors.items():
        client = signed_in(account)
        for name in STAFF:
            page = REGISTER[name]
            own = _ask(client, name, page, keys[page.subject])
            missing = _ask(client, name, page, UUID(int=7))
            allowed = may(who, page.who) and account in SEES_STAFF
            right = missing.status_code in REFUSED and missing.status_code >= 400
            if allowed:
                # A village doctor sees the own papers only; what has ended meanwhile is a conflict (409).
                # A confirmation that says for nobody finds nobody.
                nobody = {404} if name == "staff:confirm" else set()
                right = right and own.status_code in {200, 302, 409, 422, 403} | nobody
            else:
                right = right and own.status_code == missing.status_code
            if not right or (not allowed and any(word in said(own) for word in NAMES.values())):
                wrong.append((account, name, own.status_code, missing.status_code))
    assert wrong == []


def test_lists_and_searches_show_no_foreign_person(world: World, signed_in: Callable[[str], Client]) -> None:
    records = {
        place: person_record(NAMES[place], "", filed_on=TODAY, serial=SERIALS[place]) for place in NAMES
    }
    wrong = []
    for account in FOREIGN:
        client = signed_in(account)
        answers = {
            name: client.get(address_of(name, REGISTER[name], None))
            for name in PLAIN
            if REGISTER[name].method == "get"
        }
        for record in records.values():
            for text in (record["name"], record["name"][:1], record["id_number"]):
                answers[f"search {text}"] = client.post(reverse("registry:search"), {"q": text})
        for place in FOREIGN[account]:
            for name, answer in answers.items():
                if str(world.things[place]["person"]) in said(answer):
                    wrong.append((account, name, place))
    assert wrong == []


def test_figures_open_for_the_places_an_account_serves_and_show_no_foreign_person(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    places = ["990000000000", COUNTY, NORTH, NORTH_1, NORTH_2, SOUTH, SOUTH_1, NEXT_COUNTY, EAST_1]
    wrong = []
    for account, actor in world.county.actors.items():
        client = signed_in(account)
        foreign = {str(world.things[place]["person"]) for place in FOREIGN.get(account, tuple(NAMES))}
        for name in [n for n, page in REGISTER.items() if page.subject in ("place", "variants", "county")]:
            for place in places:
                answer = _ask(client, name, REGISTER[name], place)
                allowed = may(actor, REGISTER[name].who) and actor.serves(place)
                if REGISTER[name].subject == "county":  # no village or township leaves the health side
                    allowed = allowed and place.endswith("000000")
                right = answer.status_code == 200 if allowed else answer.status_code in REFUSED
                if not right or any(one in said(answer) for one in foreign):
                    wrong.append((account, name, place, answer.status_code))
        status = _ask(client, "indicators:measure", REGISTER["indicators:measure"], FIGURE).status_code
        if (status == 200) != may(actor, Permission.SEE_FIGURES):
            wrong.append((account, "indicators:measure", FIGURE, status))
    assert wrong == []


def test_lists_open_for_their_roles_and_name_nobody_of_another_place(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    wrong = []
    for account, actor in world.county.actors.items():
        client = signed_in(account)
        foreign = {str(world.things[place]["person"]) for place in FOREIGN.get(account, tuple(NAMES))}
        for name in ("rosters:list", "rosters:ledger"):
            page = REGISTER[name]
            for one in all_lists():
                answer = _ask(client, name, page, one.key)
                right = (answer.status_code == 200) == (may(actor, page.who) and may(actor, one.permission))
                if not right or any(key in said(answer) for key in foreign):
                    wrong.append((account, name, one.key, answer.status_code))
            if _ask(client, name, page, "no-such-list").status_code not in REFUSED:
                wrong.append((account, name, "no-such-list"))
            elsewhere = client.get(reverse("rosters:list", args=["unexamined"]), {"place": EAST_1})
            if elsewhere.status_code not in REFUSED and account != "other_county":
                wrong.append((account, name, EAST_1))
    assert wrong == []


def test_signed_out_every_page_but_the_public_ones_leads_to_sign_in(world: World) -> None:
    affairs_of_staff(world)
    for name, page in REGISTER.items():
        if page.who is PUBLIC or (name in PAGES and page.subject):
            continue
        key = {"slug": "today", "figure": FIGURE, "list": "unexamined"}.get(page.subject)
        key = COUNTY if page.subject in ("place", "variants", "county") else key
        key = key or world.things["north"].get(page.subject)
        response = _ask(Client(), name, page, key)
        if name in ("opening:begin", "opening:county"):
            # Public while nobody has an account; once somebody has, as if they did not exist.
            assert response.status_code == 404, name
            continue
        assert response.status_code == 302, name
        assert response["Location"].startswith(reverse("accounts:sign-in")), name


def test_the_styleguide_does_not_exist_outside_the_demo(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    assert signed_in("county").get(reverse("web:styleguide")).status_code == 404


def test_nothing_was_written_by_all_this_asking(world: World, signed_in: Callable[[str], Client]) -> None:
    before = (Person.objects.count(), Visit.objects.count())
    for name in RECORDS:
        _ask(signed_in("other_county"), name, REGISTER[name], world.things["north"][REGISTER[name].subject])
    assert (Person.objects.count(), Visit.objects.count()) == before


# ── records of single domains (`pages`) ─────────────────────────────────────────────────────────────────────────────


def _open(client: Client, case: Any, key: Any) -> Any:
    address = reverse(case.name, args=key if isinstance(key, tuple) else (key,))
    return (
        client.post(address, case.data)
        if PAGES[case.name].method == "post"
        else client.get(address, case.data)
    )


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_domain_opens_its_records_to_those_named_and_to_others_they_are_not_there(
    module: Any, world: World, signed_in: Callable[[str], Client]
) -> None:
    cases = module.cases(world)
    about_records = {name for name, page in module.PAGES.items() if page.subject}
    assert {case.name for case in cases} == about_records
    wrong = []
    for account in ACCOUNTS:
        client = signed_in(account)
        for case in cases:
            missing = case.missing or (
                (UUID(int=7), *case.key[1:]) if isinstance(case.key, tuple) else UUID(int=7)
            )
            gone, answer = _open(client, case, missing), _open(client, case, case.key)
            if gone.status_code not in REFUSED:
                wrong.append((account, case.name, "missing", gone.status_code))
            if account in case.opens:
                if answer.status_code not in case.statuses:
                    wrong.append((account, case.name, answer.status_code))
            elif answer.status_code != gone.status_code or any(
                word in said(answer) for word in NAMES.values()
            ):
                wrong.append((account, case.name, "a stranger", answer.status_code))
    signed_out = Client()
    for case in cases:
        if _open(signed_out, case, case.key).status_code != 302:
            wrong.append(("signed out", case.name))
    assert wrong == []
