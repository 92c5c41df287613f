"""The other official forms, one at a time: identification list, clue, report card, discharge form, referral, hand-over slip."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinqiao.accounts.forms import read_day
from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.followup.queries import visits_of
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.places.queries import short_name
from xinqiao.registry.queries import find_person, page_of_person
from xinqiao.registry.shown import Shown
from xinqiao.reporting.queries import own_card, received_card
from xinqiao.reporting.rules import from_json
from xinqiao.screening.queries import ClueFilters, all_clues, find_clue, reviews_by_clue, reviews_of
from xinqiao.transfers.queries import page_of
from xinqiao.web import papers
from xinqiao.web.files import in_app, send_file

from ..documents import card as cards
from ..documents import clue as clues
from ..documents import moving
from .common import who
from .prints import PDF, asked_place, foot, pdf, shown_to

#: Lines of one printed register; more is for the workbook.
MOST_LINES = 1000


@require_safe
def checklist(request: HttpRequest) -> HttpResponse:
    """A blank identification list (F01), for whoever goes from door to door."""
    require(who(request)[0], Permission.RECORD_CLUE)
    return _send(request, clues.checklist(None, Shown(False)), name="识别清单", purpose="摸排", seen=[])


@require_safe
def clue(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """A clue: `part` list (F01) or register (F02)."""
    actor, _clock = who(request)
    found = find_clue(actor=actor, clue_id=clue_id)
    if found.erased_at is not None:
        raise NotFound(code="not_found.clue")
    shown, qr = shown_to(request), _code(request, "screening:clue", clue_id)
    if request.GET.get("part") == "list":
        made, name = clues.checklist(found, shown, qr=qr), "识别清单"
    else:
        made, name = clues.register(found, reviews_of(found), shown, qr=qr), "线索复核登记表"
    return _send(request, made, name=name, purpose="线索调查复核", seen=[found.person_id or found.pk])


@require_safe
def clues_of_place(request: HttpRequest) -> HttpResponse:
    """The register of clues (F02) of a township, village or county in a period: `place`, `since` and `until` (by the day of
    asking; this year until today)."""
    actor, clock = who(request)
    place, today = asked_place(request), clock.today()
    since = read_day(request.GET.get("since") or today.replace(month=1, day=1).isoformat(), "since", _("起"))
    until = read_day(request.GET.get("until") or today.isoformat(), "until", _("止"))
    if since is None or until is None or since > until:
        raise Invalid([Problem("since", "order", _("“起”应不晚于“止”，请核对日期。"))])
    asked = ClueFilters(state="all", place=place, since=since, until=until)
    found = all_clues(actor=actor, asked=asked, most=MOST_LINES + 1)
    if len(found) > MOST_LINES:
        words = _("超过 %(n)s 条，请缩小地区或时间后再打印。") % {"n": MOST_LINES}
        raise Invalid([Problem("since", "many", words)])
    found.sort(key=lambda one: (one.found_on, one.clue_no))
    made = clues.register_list(
        found, reviews_by_clue(found), shown_to(request), place=short_name(place), period=f"{since} — {until}"
    )
    return pdf(
        request, "papers/list.typ", {"lists": [made]}, [one.person_id or one.pk for one in found], kind="clue_register",
        name="线索登记表", purpose="线索调查复核",
    )  # fmt: skip


@require_safe
def card(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """A report card (F03) or discharge form (F04): for the hospital that wrote it, numbers in full; for who receives it, masked."""
    actor, _clock = who(request)
    if may(actor, Permission.REPORT_CARD):
        found, shown = own_card(actor=actor, card_id=card_id), Shown(True)
    else:
        found, shown = received_card(actor=actor, card_id=card_id).card, shown_to(request)
    made = cards.card_form(
        found, from_json(found.form, found.content), shown, qr=_code(request, "reporting:open", card_id)
    )
    name = "报告卡" if found.form == "F03" else "出院信息单"
    return _send(request, made, name=name, purpose="报告", seen=[found.person_id or found.pk])


@require_safe
def referral(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """F10 of the newest visit that refers (or of `visit`), otherwise with the medical part to write by hand."""
    actor, clock = who(request)
    require(actor, Permission.VIEW_RECORDS)
    person = find_person(actor=actor, person_id=person_id)
    page = page_of_person(actor=actor, today=clock.today(), person=person)
    asked = read_uuid(request.GET.get("visit", ""))
    standing = [
        one
        for one in visits_of(actor=actor, person_id=person_id)
        if one.voided_at is None and not one.superseded and "2" in (one.referred, one.refer_suggest)
    ]
    visit = next((one for one in standing if asked in (None, one.pk)), None)
    made = moving.referral_form(
        page, visit, shown_to(request), age=page.age, qr=_code(request, "registry:person", person_id)
    )
    return _send(request, made, name="双向转诊单", purpose="转诊", seen=[person_id])


@require_safe
def transfer(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """L12 of a hand-over, with as much of the person as the reader may know of it."""
    actor, _clock = who(request)
    page = page_of(actor=actor, transfer_id=transfer_id)
    made = moving.transfer_form(
        page.row, page.preview, page.hops, page.names, shown_to(request), qr=_code(request, "transfers:transfer", transfer_id)
    )  # fmt: skip
    return _send(
        request, made, name="信息流转单", purpose="流转", seen=[page.row.person_id] if page.preview else []
    )


def _code(request: HttpRequest, name: str, key: UUID) -> str:
    """Where the code on the paper leads: the page, for whoever may open it."""
    return papers.qr_svg(request.build_absolute_uri(reverse(name, args=[key])))


def _send(
    request: HttpRequest, made: dict[str, Any], *, name: str, purpose: str, seen: list[UUID]
) -> HttpResponse:
    actor, clock = who(request)
    body = b""
    if not in_app(request):
        audit.read(actor=actor, clock=clock, kind="print", person_ids=seen, purpose="print")
        body = papers.render("papers/form.typ", {"forms": [made], "foot": foot(request, purpose)})
    return send_file(request, body, name=f"{name}-{clock.today():%Y%m%d}.pdf", content_type=PDF, inline=True)
