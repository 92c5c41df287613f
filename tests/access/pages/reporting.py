"""Addresses of cards, discharge forms and requests for an address."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories.county import NORTH, NORTH_1, NORTH_2
from xinqiao.accounts.permissions import Permission
from xinqiao.accounts.scope import acting
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.reporting import actions
from xinqiao.reporting.tests.cards import card_record, discharge_record

from ..page import Case, Page

_P = Permission
PAGES: dict[str, Page] = {
    "reporting:list": Page(_P.RECEIVE_CARD),
    "reporting:paper": Page(_P.IMPORT_REGISTER),
    "reporting:own": Page(_P.REPORT_CARD),
    "reporting:own-discharges": Page(_P.REPORT_CARD),
    "reporting:new-card": Page(_P.REPORT_CARD),
    "reporting:searches": Page(_P.SEARCH_ADDRESS),
    "reporting:open": Page(_P.SEE_INBOX, "card"),
    "reporting:draft": Page(_P.REPORT_CARD, "card draft"),
    "reporting:own-card": Page(_P.REPORT_CARD, "card"),
    "reporting:correct": Page(_P.REPORT_CARD, "card"),
    "reporting:withdraw": Page(_P.REPORT_CARD, "card", "post"),
    "reporting:new-discharge": Page(_P.REPORT_CARD, "card"),
    "reporting:card": Page(_P.RECEIVE_CARD, "card"),
    "reporting:receive": Page(_P.RECEIVE_CARD, "card", "post"),
    "reporting:return": Page(_P.RECEIVE_CARD, "card", "post"),
    "reporting:pass": Page(_P.RECEIVE_CARD, "card", "post"),
    "reporting:fault": Page(_P.RECEIVE_CARD, "card", "post"),
    "reporting:ask": Page(_P.RECEIVE_CARD, "card", "post"),
    "reporting:locate": Page(_P.RECEIVE_CARD, "card", "post"),
    "reporting:file": Page(_P.RECEIVE_CARD, "card"),
    "reporting:take-over": Page(_P.RECEIVE_CARD, "card", "post"),
    "reporting:search": Page(_P.SEARCH_ADDRESS, "address search"),
}
TODAY = date(2026, 11, 21)
HOSPITAL = frozenset({"hospital"})
RECEIVES = frozenset({"township", "township_2", "county"})


def cases(world: Any) -> list[Case]:
    """Cards about people of the north in every state, a draft, and a request to the station there."""
    county, clock = world.county, FixedClock(TODAY)
    hospital, township = county.actors["hospital"], county.actors["township"]
    unknown = {
        "address_unknown": "1",
        "live_detail": None,
        "hukou_same": None,
        "hukou_code": NORTH_2,
        "hukou_detail": "1组",
    }

    def sent(serial: int, **changes: Any) -> Any:
        record = card_record("安北辰", changes.pop("village", NORTH_1), serial=serial, **changes)
        with acting(hospital):
            return actions.send_card(actor=hospital, clock=clock, new=actions.NewCard(uuid7(), "F03", record))

    def received(card: Any) -> Any:
        with acting(township):
            return actions.receive_card(actor=township, clock=clock, card_id=card.pk, op_id=uuid7())

    waiting, to_return, to_pass, to_fault, to_withdraw = (sent(serial).pk for serial in range(300, 305))
    back, ready, lost = sent(310), received(sent(311)), received(sent(312, village=NORTH, **unknown))
    with acting(hospital):
        form = actions.send_card(
            actor=hospital, clock=clock, new=actions.NewCard(uuid7(), "F04", discharge_record(), report_id=waiting)
        ).pk  # fmt: skip
        draft = actions.save_draft(
            actor=hospital, clock=clock, new=actions.NewDraft(uuid7(), "F03", {"name": "安北辰"})
        ).pk
    with acting(township):
        actions.return_card(
            actor=township, clock=clock, card_id=back.pk, op_id=uuid7(), reason="5", note="不全"
        )
        search = actions.ask_station(
            actor=township, clock=clock, card_id=lost.pk, op_id=uuid7(), station_id=county.institutions["police"].pk
        ).pk  # fmt: skip
    return [
        Case("reporting:open", waiting, HOSPITAL | RECEIVES),
        Case("reporting:draft", draft, HOSPITAL),
        Case("reporting:own-card", waiting, HOSPITAL),
        Case("reporting:correct", back.pk, HOSPITAL),
        Case("reporting:withdraw", to_withdraw, HOSPITAL),
        Case("reporting:new-discharge", waiting, HOSPITAL),
        Case("reporting:card", waiting, RECEIVES),
        Case("reporting:receive", waiting, RECEIVES),
        Case("reporting:return", to_return, RECEIVES),
        Case("reporting:pass", to_pass, RECEIVES),
        Case("reporting:fault", to_fault, RECEIVES),
        Case("reporting:ask", lost.pk, RECEIVES),
        Case("reporting:locate", lost.pk, RECEIVES),
        Case("reporting:file", ready.pk, RECEIVES),
        Case("reporting:take-over", form, RECEIVES),
        Case("reporting:search", search, frozenset({"police"})),
    ]
