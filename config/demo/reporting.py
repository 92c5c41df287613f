"""Report cards of the demo in every state: drafts, waiting, overdue, returned, passed on, addresses asked for, filed, discharged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from xinqiao.accounts.scope import acting
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock, FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution
from xinqiao.registry.models import Identifier, Person
from xinqiao.registry.rules import check_digit
from xinqiao.reporting import actions
from xinqiao.reporting.actions import NewCard, NewDraft, NewFile, PaperCard
from xinqiao.reporting.models import Card

from .ground import JINGUI, LIGANG, LIGANG_VILLAGE, MINLE, PANCHANG

HOSPITAL, HEAD, OTHER_HEAD, COUNTY, STATION = "yiyuan", "ligang1", "jingui", "xian", "paichusuo"
RISPERIDONE = {"drug": "利培酮片", "spec": "1mg", "unit": "mg", "morning": "1", "night": "2"}
PALIPERIDONE = {
    "drug": "棕榈酸帕利哌酮注射液", "long_acting": "1", "unit": "mg", "dose": "100", "every": "1", "every_unit": "month",
}  # fmt: skip
#: What the township adds when it makes the file.
ADDED = {
    "committee_contact": "演示主任", "committee_phone": "19900000001", "economy": "2", "past_symptoms": ["1", "3"], "last_effect": "2",
}  # fmt: skip


@dataclass
class Desk:
    """Acts as the demo's accounts, some days back."""

    actors: Mapping[str, Actor]
    today: date
    hospital: str
    serial: int = field(default=900)

    @contextmanager
    def at(self, who: str, days: int) -> Iterator[dict[str, Any]]:
        """Actor and clock of an account, `days` before the demo's day."""
        with acting(self.actors[who]):
            yield {"actor": self.actors[who], "clock": FixedClock(self.today - timedelta(days=days))}

    def send(self, name: str, village: str, days: int, *, sex: str = "1", **changes: Any) -> Card:
        """A card that was sent `days` ago about somebody diagnosed four days before."""
        with self.at(HOSPITAL, days) as here:
            record = self.record(name, village, self.today - timedelta(days=days), sex=sex) | changes
            kept = {key: value for key, value in record.items() if value is not None}
            return actions.send_card(**here, new=NewCard(uuid7(), "F03", kept))

    def step(self, who: str, days: int, action: Any, card: Card, **given: Any) -> Any:
        """One step of a card."""
        with self.at(who, days) as here:
            return action(**here, card_id=card.pk, op_id=uuid7(), **given)

    def discharge(self, report: Card, days: int) -> Card:
        """A discharge form sent `days` ago, two days after the discharge."""
        out = self.today - timedelta(days=days + 2)
        record = {
            "inpatient_no": f"Z{report.card_no[-6:]}", "admitted_on": (out - timedelta(days=31)).isoformat(),
            "discharged_on": out.isoformat(), "times_admitted": "1", "icd10": report.icd10, "diagnosed_on": report.dx_on.isoformat(),
            "past_danger": ["7"], "past_risk": "0", "effect": "2", "rehab": ["1", "4"], "notes": "按时服药，两周后复诊",
            "no_medication": "0", "drugs": [RISPERIDONE], "no_medication_after": "0", "drugs_after": [PALIPERIDONE],
            "doctor": "沈文", "dept_phone": "0951-6990000", "filled_on": (out + timedelta(days=1)).isoformat(),
        }  # fmt: skip
        with self.at(HOSPITAL, days) as here:
            return actions.send_card(**here, new=NewCard(uuid7(), "F04", record, report_id=report.pk))

    def record(self, name: str, village: str, sent: date, *, sex: str) -> dict[str, Any]:
        """A whole report card about somebody made up."""
        self.serial += 2
        birth = date(1972 + self.serial % 27, 1 + self.serial % 12, 1 + self.serial % 28)
        body = f"990122{birth:%Y%m%d}{self.serial + (0 if sex == '2' else 1):03d}"
        found = sent - timedelta(days=4)
        return {
            "report_type": "2", "patient_source": "1", "outpatient_no": f"M{self.serial:06d}", "name": name, "id_kind": "01",
            "id_number": body + check_digit(body), "sex": sex, "birth_on": birth.isoformat(), "ethnic": "01", "education": "7",
            "marital": "1", "employment": "3", "contact_name": f"{name[0]}守望", "contact_phone": f"199{self.serial:08d}",
            "guardian_relation": "5", "live_place": village, "live_detail": f"{self.serial % 9 + 1}组{self.serial % 40 + 1}号",
            "hukou_kind": "2", "hukou_type": "001", "hukou_same": "1", "mental_kin": "2", "onset_on": str(found.year - 1),
            "treated_before": "0", "admissions": "0", "past_locked": "1", "past_danger": ["7"], "past_risk": "0", "sender": ["2"],
            "dx_hospital": self.hospital, "diagnosed_on": found.isoformat(), "icd10": "F20.9", "consent": "1", "signer": "1",
            "signed_on": found.isoformat(), "no_medication": "0", "drugs": [RISPERIDONE], "doctor": "沈文",
            "filled_on": (sent - timedelta(days=1)).isoformat(), "dept_phone": "0951-6990000",
        }  # fmt: skip


def report_cards(actors: Mapping[str, Actor], clock: Clock) -> None:
    """Cards in every state, made through the product's own steps."""
    own = Institution.objects.get(pk=str(actors[HOSPITAL].institution_id))
    desk = Desk(actors, clock.today(), own.name)
    _waiting(desk)
    _addresses(desk)
    _filed(desk)
    with desk.at(HOSPITAL, 0) as here:
        typed = {
            "name": "白朝晖", "sex": "2", "diagnosed_on": (desk.today - timedelta(days=6)).isoformat(), "dx_hospital": desk.hospital,
            "report_type": "2", "patient_source": "1",
        }  # fmt: skip
        actions.save_draft(**here, new=NewDraft(uuid7(), "F03", typed))


def _waiting(desk: Desk) -> None:
    desk.send("马新程", MINLE, 1)
    desk.send("杨望舒", LIGANG_VILLAGE, 11, sex="2")
    by_law: dict[str, Any] = {
        "past_danger": ["2"],
        "past_risk": "3",
        "report_type": "1",
        "notifier": "沈文",
        "sender": ["3"],
    }
    told = (desk.today - timedelta(days=6)).isoformat()
    desk.send("丁启明", MINLE, 2, **by_law, notified_on=told)
    back = desk.send("田长宁", LIGANG_VILLAGE, 5)
    desk.step(HEAD, 3, actions.return_card, back, reason="5", note="现住址写的是前几年的老宅，请再问家属")
    away = desk.send("何远航", MINLE, 6)
    desk.step(HEAD, 4, actions.pass_card, away, to_code=JINGUI, note="去年已搬到女儿家")
    _about_somebody_known(desk)
    record = desk.record("金晚晴", PANCHANG, desk.today - timedelta(days=7), sex="2") | {
        "dx_hospital": "外省某精神专科医院（演示）"
    }
    paper = PaperCard(uuid7(), record, "外省某精神专科医院（演示）", desk.today - timedelta(days=4))
    with desk.at(COUNTY, 1) as here:
        actions.enter_paper_card(**here, new=paper)


def _about_somebody_known(desk: Desk) -> None:
    """A card whose number has a file here: to be compared and joined."""
    with acting(desk.actors[HEAD]):
        kept = (
            Identifier.objects.filter(managing_code=MINLE, kind="01", voided_at=None)
            .select_related("person")
            .order_by("id")
            .first()
        )
        if kept is None:
            return
        person: Person = kept.person
        known = {"birth_on": person.birth_on.isoformat(), "id_number": kept.number}
    card = desk.send(
        person.name, MINLE, 4, sex=person.sex, **known, onset_on=str(desk.today.year - 1), marital="4"
    )
    desk.step(HEAD, 2, actions.receive_card, card)


def _addresses(desk: Desk) -> None:
    """住址不详: asked, found, not found."""
    station = Institution.objects.filter(kind=InstitutionKind.POLICE_STATION, place=LIGANG).first()
    if station is None:
        return
    gaps: dict[str, Any] = {
        "address_unknown": "1",
        "live_place": LIGANG,
        "hukou_same": None,
        "hukou_code": LIGANG_VILLAGE,
        "hukou_detail": "老街12号",
    }
    for name, outcome in (("吴归途", ""), ("王晓寻", "found"), ("李无恙", "not_found")):
        card = desk.send(name, LIGANG, 9, **gaps, live_detail="集市附近租住，门牌不详")
        desk.step(HEAD, 7, actions.receive_card, card)
        search = desk.step(HEAD, 5, actions.ask_station, card, station_id=station.pk)
        found: dict[str, Any] = {"place": MINLE, "detail": "4组21号（租住）"} if outcome == "found" else {}
        if outcome:
            with desk.at(STATION, 2) as here:
                actions.answer_search(**here, search_id=search.pk, outcome=outcome, **found)


def _filed(desk: Desk) -> None:
    """Waiting for a file; filed, with the discharge taken over; a discharge that waits."""
    ready = desk.send("赵清和", MINLE, 8, past_danger=["1"], past_risk="1")
    desk.step(HEAD, 5, actions.receive_card, ready)
    _file(desk, desk.send("刘念慈", LIGANG_VILLAGE, 40, sex="2"), 30)
    done = desk.send("陈复苏", MINLE, 60)
    _file(desk, done, 52)
    first = desk.discharge(done, 9)
    desk.step(HEAD, 7, actions.receive_card, first)
    desk.step(HEAD, 6, actions.take_over_discharge, first)
    waiting = desk.send("孙朝阳", LIGANG_VILLAGE, 45)
    _file(desk, waiting, 36)
    desk.discharge(waiting, 3)


def _file(desk: Desk, card: Card, days: int) -> UUID:
    desk.step(HEAD, days + 2, actions.receive_card, card)
    with desk.at(HEAD, days) as here:
        return actions.file_card(**here, new=NewFile(uuid7(), card.pk, ADDED)).pk
