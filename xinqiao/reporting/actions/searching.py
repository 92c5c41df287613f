"""Where does somebody live? The institution of residence asks a police station, which answers; nothing else is shown to it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor, of_institution
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import county_of, level_of
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.terms import Level
from xinqiao.places.queries import existing, path_of

from ..choices import ANSWERS, EventKind, Found
from ..models import AddressSearch, Card
from ..queries.places import stations_in
from ..rules import from_json
from .common import NewStep, by_place, check_step, end_searches, lie_with, locked, refuse, repeated, take
from .receiving import too_long
from .sharing import share

#: What the sharing matrix allows for a search.
FIELDS = ("name", "sex", "id_number", "last_address")
LONGEST_DETAIL = 200


def find_address_fault(*, actor: Actor, clock: Clock, card_id: UUID, op_id: UUID, note: str = "") -> Card:
    """The address on a received card turned out to be wrong: the search for it is due (D7)."""
    require(actor, Permission.RECEIVE_CARD)
    with transaction.atomic():
        card = by_place(actor, locked(card_id))
        if repeated(op_id):
            return card
        check_step(card, EventKind.FAULT)
        if problems := too_long("note", note):
            raise Invalid(problems)
        card.address_unknown = True
        take(
            card,
            NewStep(EventKind.FAULT, op_id, note=note.strip()),
            actor=actor,
            clock=clock,
            action="find_address_fault",
        )
    return card


def ask_station(*, actor: Actor, clock: Clock, card_id: UUID, op_id: UUID, station_id: UUID) -> AddressSearch:
    """Ask a police station of the county: it gets name, sex, document number and last address, and a receipt says so."""
    require(actor, Permission.RECEIVE_CARD)
    with transaction.atomic():
        card = by_place(actor, locked(card_id))
        there = AddressSearch.objects.filter(op_id=op_id).first()
        if there is not None:
            return there
        check_step(card, EventKind.ASKED)
        station = next(
            (one for one in stations_in(county_of(actor.place), clock.today()) if one.pk == station_id), None
        )
        if station is None:
            refuse("station", "missing", _("请选择派出所。"), str(station_id))
        if AddressSearch.objects.filter(card_id=card.pk, station=station, answered_on=None).exists():
            raise Conflict(
                _("已经请%(name)s协查，正在等答复。") % {"name": station.name}, code="conflict.asked_already"
            )
        made = AddressSearch.objects.create(
            card_id=card.pk, managing_code=card.managing_code, shared_codes=[of_institution(station.pk)], station=station,
            asker_id=actor.institution_id, name=card.name, sex=card.sex, number=card.number, last_address=last_address(card),
            asked_on=clock.today(), asked_at=clock.now(), asked_by=actor.user_id, op_id=op_id,
        )  # fmt: skip
        share(
            card,
            kind="search",
            basis="QYS24/address",
            fields=FIELDS,
            receiver=station,
            actor=actor,
            clock=clock,
        )
        card.address_unknown = True
        take(
            card,
            NewStep(EventKind.ASKED, op_id),
            actor=actor,
            clock=clock,
            action="ask_station",
            detail={"station": str(station.pk)},
        )
    return made


def answer_search(
    *,
    actor: Actor,
    clock: Clock,
    search_id: UUID,
    outcome: str,
    place: str = "",
    detail: str = "",
    note: str = "",
) -> AddressSearch:
    """The station answers once: found (village and address), not found, or something else that is written down."""
    require(actor, Permission.SEARCH_ADDRESS)
    with transaction.atomic():
        found = (
            AddressSearch.objects.select_for_update()
            .filter(pk=search_id, station_id=actor.institution_id)
            .first()
        )
        if found is None:
            raise NotFound(code="not_found.address_search")
        if found.outcome == Found.NEEDLESS:
            raise needless()
        if found.answered_on is not None:
            if found.outcome == outcome:
                return found
            raise Conflict(
                _("这件协查已经答复过；要更正请打电话给请求协查的机构。"), code="conflict.answered"
            )
        if problems := _answer_problems(outcome, place, detail, note, clock):
            raise Invalid(problems)
        found.outcome, found.note = outcome, note.strip()
        if outcome == Found.FOUND:
            found.found_place, found.found_detail = place, detail.strip()
        found.answered_on, found.answered_at, found.answered_by = clock.today(), clock.now(), actor.user_id
        found.save(
            update_fields=[
                "outcome",
                "note",
                "found_place",
                "found_detail",
                "answered_on",
                "answered_at",
                "answered_by",
            ]
        )
        audit.record(
            actor=actor, clock=clock, action="answer_search", object_type="address_search", object_id=found.pk,
            place=found.managing_code, detail={"outcome": outcome},
        )  # fmt: skip
    return found


def locate_person(
    *, actor: Actor, clock: Clock, card_id: UUID, op_id: UUID, place: str, detail: str, note: str = ""
) -> Card:
    """The address is known now: from the station's answer, or by asking otherwise. In another township's village the card is passed
    on next."""
    require(actor, Permission.RECEIVE_CARD)
    with transaction.atomic():
        card = by_place(actor, locked(card_id))
        if repeated(op_id):
            return card
        check_step(card, EventKind.LOCATED)
        problems = [*_place_problems(place, detail, clock), *too_long("note", note)]
        if problems:
            raise Invalid(problems)
        end_searches(card, actor=actor, clock=clock)
        card.place, card.located_detail, card.address_unknown = place, detail.strip(), False
        if actor.scope.covers(place):
            card.managing_code = place
        take(
            card,
            NewStep(EventKind.LOCATED, op_id, note=note.strip()),
            actor=actor,
            clock=clock,
            action="locate_person",
        )
        lie_with(card)
    return card


def needless() -> Conflict:
    """What a station is told that would answer too late."""
    return Conflict(_("请求协查的机构已经查明或撤回，不用再查。"), code="conflict.needless")


def last_address(card: Card) -> str:
    """The address on the card in words, as far as it is known; else the registered home."""
    content = from_json(card.form, card.content)
    for code, words in (
        (card.place, content.get("live_detail", "")),
        (content.get("hukou_code", ""), content.get("hukou_detail", "")),
    ):
        if code or words:
            path = " ".join(name for _code, name in path_of(code)) if code else ""
            return f"{path} {words}".strip()
    return ""


def _answer_problems(outcome: str, place: str, detail: str, note: str, clock: Clock) -> list[Problem]:
    problems = []
    if outcome not in ANSWERS:
        problems.append(Problem("outcome", "missing", _("请选择查的结果。"), outcome))
    if outcome == Found.FOUND:
        problems += _place_problems(place, detail, clock)
    if outcome == Found.OTHER and not note.strip():
        problems.append(Problem("note", "missing", _("选了“其他情况”要写明，如 已死亡、在外地务工、羁押。")))
    return [*problems, *too_long("note", note)]


def _place_problems(place: str, detail: str, clock: Clock) -> list[Problem]:
    problems = []
    if not place:
        problems.append(Problem("place", "missing", _("请选择查到的村或社区。")))
    elif not _is_village(place) or place not in existing([place], clock.today()):
        problems.append(
            Problem(
                "place",
                "not_found",
                _("没有代码为 %(code)s 的村，请重新选择。") % {"code": place[:12]},
                place[:12],
            )
        )
    words = detail.strip()
    if not words:
        problems.append(Problem("detail", "missing", _("详细地址没有填写。")))
    elif len(words) > LONGEST_DETAIL or "\x00" in words:
        problems.append(
            Problem(
                "detail",
                "long",
                _("详细地址最多 %(most)s 个字。") % {"most": LONGEST_DETAIL},
                words[:LONGEST_DETAIL],
            )
        )
    return problems


def _is_village(code: str) -> bool:
    return len(code) == 12 and code.isascii() and code.isdigit() and level_of(code) is Level.VILLAGE
