"""A hospital sends a card, corrects one that came back, or takes one back before anybody received it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import connection, transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor, of_institution
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import NATION, county_of
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.words import sentence
from xinqiao.places.queries import existing
from xinqiao.registry.fields import keyed_hash
from xinqiao.registry.rules.check import category_of

from ..choices import Entry, EventKind, Form, State
from ..choices.printed import MISTAKEN
from ..models import Card, CardDraft, CardEvent, CardVersion
from ..queries.hospital import own_institution, reporting_county, same_person
from ..queries.places import county_office, receiver_of
from ..rules import check_card, from_json, to_json
from .common import NewStep, check_step, key_of_hospital, lie_with, locked, take
from .drafts import end_draft
from .sharing import share

#: The clauses under which a card is sent.
BASIS = {Form.REPORT: "R13/report-card", Form.DISCHARGE: "R13/discharge"}


@dataclass(frozen=True, slots=True)
class NewCard:
    """A whole card. `record` has the keys of `rules.FIELDS[form]`; `draft_id` the draft it grew from; `card_id` the returned card it
    corrects; `report_id` the report card of a discharge form; `different_because`: why an equal number is somebody else."""

    op_id: UUID
    form: str
    record: Mapping[str, Any]
    draft_id: UUID | None = None
    card_id: UUID | None = None
    report_id: UUID | None = None
    different_because: str = ""


def send_card(*, actor: Actor, clock: Clock, new: NewCard) -> Card:
    """Check a card and send it to the institution of residence; all or nothing, the same operation again answers the same.

    Raises Invalid with every problem (also when the own hospital has a card about the same person), NotFound for a card of another
    hospital, Conflict when the card was taken on meanwhile.
    """
    require(actor, Permission.REPORT_CARD)
    with transaction.atomic():
        own = own_institution(actor)
        if (done := _done(new, own.pk)) is not None:
            return done
        _lock(new.op_id)
        former = locked(new.card_id) if new.card_id else None
        if former is not None:
            if former.hospital_id != own.pk:
                raise NotFound(code="not_found.card")
            check_step(former, EventKind.SENT)
        report = _report_of(new, former, own.pk)
        clean = checked(new.form, new.record, clock=clock, county=reporting_county(own), report=report)
        card = former or Card(pk=new.draft_id or uuid7(), form=new.form, op_id=new.op_id, report=report)
        card.hospital, card.hospital_name, card.county = own, own.name, reporting_county(own)
        card.shared_codes = [of_institution(own.pk)]
        card.different_because = new.different_because.strip()[:200]
        fill(card, clean, clock=clock, actor=actor)
        _lock(f"{own.pk} {card.form} {bytes(card.number_hash or b'').hex() or card.name}")
        _twice(card, clock)
        before, card.managing_code = card.managing_code, destination(card, clock)
        sent = write_sent(
            card,
            clean,
            actor=actor,
            clock=clock,
            op_id=new.op_id,
            kind=EventKind.SENT,
            former=former is not None,
        )
        if former is not None and card.managing_code != before:
            _bring_forms(card, actor=actor, clock=clock, op_id=new.op_id)
    return sent


def _bring_forms(card: Card, *, actor: Actor, clock: Clock, op_id: UUID) -> None:
    """Discharge forms that nobody took over yet go where the corrected report card goes."""
    forms = Card.objects.select_for_update().filter(report=card, state__in=[State.SENT, State.RECEIVED])
    for form in forms.exclude(managing_code=card.managing_code).order_by("pk"):
        form.managing_code = card.managing_code
        step = NewStep(EventKind.PASSED, uuid5(op_id, str(form.pk)), to_code=card.managing_code)
        take(form, step, actor=actor, clock=clock, action="pass_card", detail={"to": card.managing_code})
        lie_with(form)


def withdraw_card(
    *, actor: Actor, clock: Clock, card_id: UUID, op_id: UUID, note: str = "", mistaken: bool = False
) -> Card:
    """Take a card back that nobody received yet: the institution of residence sees it no longer. Until it is sent again its
    clock runs on, unless it was `mistaken` and there is nothing to report."""
    require(actor, Permission.REPORT_CARD)
    with transaction.atomic():
        card = locked(card_id)
        if card.hospital_id != actor.institution_id:
            raise NotFound(code="not_found.card")
        if CardEvent.objects.filter(op_id=op_id).exists():
            return card
        check_step(card, EventKind.WITHDRAWN)
        card.managing_code = NATION
        take(
            card,
            NewStep(EventKind.WITHDRAWN, op_id, MISTAKEN if mistaken else "", note.strip()[:200]),
            actor=actor,
            clock=clock,
            action="withdraw_card",
        )
        lie_with(card)
    return card


# ── shared with cards that the county enters from paper ──────────────────────────────────────────────────────────


def checked(
    form: str, record: Mapping[str, Any], *, clock: Clock, county: str, report: Card | None
) -> dict[str, Any]:
    """The clean answers, or Invalid."""
    found = check_card(
        form,
        record,
        today=clock.today(),
        county=county,
        born_on=report.birth_on if report else None,
        demo=settings.XINQIAO_DEMO,
    )
    problems = list(found.problems)
    place = found.clean.get("live_place", "")
    if place and not any(one.field == "live_place" for one in problems):
        if place not in existing([place], clock.today()):
            words = sentence("没有代码为 %(code)s 的地方，请核对现住址。", code=place)
            problems.append(Problem("live_place", "not_found", words, place))
        elif receiver_of(place, clock.today()) is None:
            words = sentence(
                "代码为 %(code)s 的地方还没有使用本系统的机构：请打印纸质卡，寄给当地县级精防机构。",
                code=place,
            )
            problems.append(Problem("live_place", "unserved", words, place))
    if problems:
        raise Invalid(problems)
    return found.clean


def fill(card: Card, clean: Mapping[str, Any], *, clock: Clock, actor: Actor) -> None:
    """The columns that follow from the answers."""
    who: Mapping[str, Any] = clean
    if (report := card.report) is not None:
        who = {
            "name": report.name, "sex": report.sex, "birth_on": report.birth_on, "id_number": report.number,
            "contact_phone": report.phone, "live_place": report.place,
        }  # fmt: skip
    card.name, card.sex, card.birth_on = who["name"], who["sex"], who["birth_on"]
    card.number, card.phone = who.get("id_number", ""), who.get("contact_phone", "")
    card.number_hash, card.phone_hash = keyed_hash("id", card.number), keyed_hash("phone", card.phone)
    card.place = who.get("live_place", "")
    card.address_unknown = bool(clean.get("address_unknown")) if card.form == Form.REPORT else False
    card.located_detail = ""
    card.report_type = clean.get("report_type", "")
    card.icd10, card.risk, card.dx_on = clean["icd10"], int(clean["past_risk"]), clean["diagnosed_on"]
    card.own_diagnosis = clean.get("dx_hospital", card.hospital_name) == card.hospital_name
    card.discharged_on = clean.get("discharged_on")
    card.content = to_json(clean)
    card.recorded_at, card.recorded_by = clock.now(), actor.user_id


def destination(card: Card, clock: Clock) -> str:
    """Where the card waits: the residence as far as it is known; failing that the registered home's county, else the reporting one."""
    if card.report is not None:
        return card.report.managing_code
    if card.place:
        return card.place
    home = from_json(card.form, card.content).get("hukou_code", "")
    for county in (county_of(home) if home else "", card.county):
        if county and county_office(county, clock.today()) is not None:
            return county
    return card.county


def write_sent(
    card: Card, clean: Mapping[str, Any], *, actor: Actor, clock: Clock, op_id: UUID, kind: str, former: bool
) -> Card:
    """Write the card, its version, the step and the receipt of sharing."""
    if former:
        card.version += 1
    else:
        card.card_no = _number(card.county, clock)
        card.state, card.state_on = State.SENT, clock.today()
    card.save(force_insert=not former)
    if former:
        lie_with(card)
    CardVersion.objects.create(
        card=card, managing_code=card.managing_code, shared_codes=card.shared_codes, number=card.version, content=card.content,
        made_on=clock.today(), recorded_at=clock.now(), recorded_by=actor.user_id,
    )  # fmt: skip
    drafts = (
        CardDraft.objects.filter(ended_at=None, card_id=card.pk)
        if former
        else CardDraft.objects.filter(ended_at=None, pk=card.pk)
    )
    for draft in drafts:
        end_draft(draft, clock=clock, sent=True)
    share(
        card, kind="report", basis="MHL/report-by-law" if card.report_type == "1" else BASIS[Form(card.form)], fields=sorted(clean), actor=actor, clock=clock,
        receiver=receiver_of(card.managing_code, clock.today()), shared=key_of_hospital(card),
    )  # fmt: skip
    detail = {"category": category_of(card.icd10), "paper": card.entry == Entry.PAPER}
    take(
        card,
        NewStep(kind, op_id, to_code=card.managing_code),
        actor=actor,
        clock=clock,
        action="send_card",
        detail=detail,
    )
    return card


def _done(new: NewCard, hospital_id: UUID) -> Card | None:
    made = Card.objects.filter(op_id=new.op_id, hospital_id=hospital_id).first()
    if made is not None:
        return made
    step = CardEvent.objects.filter(op_id=new.op_id).select_related("card").first()
    return step.card if step is not None else None


def _lock(what: object) -> None:
    """Two presses at once, and two cards about the same person, come one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"send_card {what}"])


def _report_of(new: NewCard, former: Card | None, hospital_id: UUID) -> Card | None:
    if new.form == Form.REPORT:
        return None
    wanted = former.report_id if former is not None else new.report_id
    report = Card.objects.filter(pk=wanted or new.op_id, hospital_id=hospital_id, form=Form.REPORT).first()
    if report is None:
        raise NotFound(code="not_found.card")
    if report.state in (State.RETURNED, State.WITHDRAWN):
        raise Conflict(
            sentence("这位患者的报告卡已退回或撤回，请先更正报告卡并重新报出。"),
            code="conflict.report_not_sent",
        )
    return report


def _twice(card: Card, clock: Clock) -> None:
    """One report card for a person at one hospital; one discharge form for a stay."""
    found = same_person(card)
    if card.form == Form.DISCHARGE:
        again = found.filter(report_id=card.report_id, discharged_on=card.discharged_on).first()
        if again is not None:
            words = sentence(
                "这次出院（%(day)s）已经报过，卡号 %(no)s。", day=str(card.discharged_on), no=again.card_no
            )
            raise Invalid([Problem("discharged_on", "twice", words, str(card.discharged_on))])
        return
    if card.different_because:
        return
    if (again := found.first()) is not None:
        field = "id_number" if card.number else "name"
        words = sentence(
            "本院已有这位患者的报告卡（卡号 %(no)s）：内容有变请更正原卡，出院请填出院信息单；确为不同的人，请写明原因。",
            no=again.card_no,
        )
        raise Invalid([Problem(field, "own_card", words)])


def _number(county: str, clock: Clock) -> str:
    code = f"{county[:6]}{clock.today():%y}"
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into reporting_cardserial (code, last) values (%s, 1)"
            " on conflict (code) do update set last = reporting_cardserial.last + 1 returning last",
            [code],
        )
        return f"{code}{cursor.fetchone()[0]:06d}"


__all__ = ["NewCard", "checked", "destination", "fill", "send_card", "withdraw_card", "write_sent"]
