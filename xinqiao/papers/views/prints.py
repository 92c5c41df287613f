"""Everything that prints: blank forms with their heads, the day's list, slips, registers, one person's forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.followup.queries import visit_page
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.places import queries as places
from xinqiao.registry.queries import find_person
from xinqiao.registry.shown import Shown
from xinqiao.web import papers
from xinqiao.web.fields import Field
from xinqiao.web.files import in_app, send_file

from ..documents.layout import Foot
from ..queries import file as files
from ..queries import print as prints
from .common import villages, who

PDF = "application/pdf"
REACHES = ("day", "week", "month")
#: What is printed from the page of prints: address, and for whom.
KINDS = ("blank", "day", "slips", "endings")
PERSON_PARTS = ("clue", "cards", "consent", "personal", "supplement", "visits", "exam", "transfers", "ending")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What can be printed for a village."""
    actor, clock = who(request)
    require(actor, Permission.VIEW_RECORDS)
    options = villages(actor)
    today = clock.today()
    fields = {
        "place": Field("place", _("村"), options[0][0] if options else "", options, required=True),
        "reach": Field(
            "reach",
            _("哪些人"),
            "month",
            [("day", _("今天及超期")), ("week", _("本周")), ("month", _("本月")), ("all", _("全部在册"))],
        ),
        "place2": Field("place", _("地点"), options[0][0] if options else "", options, required=True),
        "year": Field(
            "year", _("年份"), str(today.year), [(str(today.year - n), str(today.year - n)) for n in range(5)]
        ),
    }
    context = {
        "fields": fields,
        "may_unmask": may(actor, Permission.UNMASK),
        "may_pack": may(actor, Permission.EXPORT_LIST),
        "may_clues": may(actor, Permission.EXPORT_LIST) and may(actor, Permission.REVIEW_CLUE),
        "since": today.replace(month=1, day=1).isoformat(),
        "until": today.isoformat(),
        "blocked": in_app(request),
    }
    return render(request, "papers/prints.html", context)


@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    """Blank record forms with the heads printed, by village, with a code that opens the record form."""
    heads, place = _heads(request)
    codes = _codes(request, heads)
    data = {"forms": prints.blank_forms(heads, codes)}
    return pdf(
        request,
        "papers/form.typ",
        data,
        heads,
        kind="blank_forms",
        name="随访表",
        purpose=f"空白随访表 {place}",
    )


@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """The list to take along, in the order of the way."""
    heads, place = _heads(request)
    today = who(request)[1].today()
    _until, words = prints.horizon(today, request.GET.get("reach", "day"))
    words = "在册名单" if request.GET.get("reach") == "all" else words
    made = prints.day_list(heads, title=words, sub=f"{place}　{today.isoformat()}　共 {len(heads)} 人")
    return pdf(
        request,
        "papers/list.typ",
        {"lists": [made]},
        heads,
        kind="day_list",
        name="应访名单",
        purpose="随访用，用后交回或销毁",
    )


@require_safe
def slips(request: HttpRequest) -> HttpResponse:
    """Visit slips, eight to a page, to be cut."""
    heads, place = _heads(request, whole=False)
    data = {"slips": prints.slips(heads, _codes(request, heads))}
    return pdf(request, "papers/slips.typ", data, heads, kind="slips", name="随访条", purpose=place)


@require_safe
def endings(request: HttpRequest) -> HttpResponse:
    """The register of losses and deaths of a place in a year."""
    actor, clock = who(request)
    require(actor, Permission.VIEW_RECORDS)
    place = asked_place(request)
    text = request.GET.get("year", "")
    year = int(text) if re.fullmatch(r"20[0-9]{2}", text) else clock.today().year
    made = prints.ending_register(actor=actor, place=place, year=year, shown=shown_to(request))
    seen = [UUID(one) for one in made.pop("people")]
    return pdf(
        request,
        "papers/list.typ",
        {"lists": [made]},
        seen,
        kind="ending_register",
        name="失访死亡登记册",
        purpose="登记册",
    )


@require_safe
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person's forms: `part` consent, personal, supplement, visits, exam or ending."""
    actor, clock = who(request)
    require(actor, Permission.VIEW_RECORDS)
    found = find_person(actor=actor, person_id=person_id)
    part = request.GET.get("part", "personal")
    if part not in PERSON_PARTS:
        raise NotFound()
    made = list(
        files.parts_of(
            actor=actor,
            person=found,
            today=clock.today(),
            parts=[part],
            since=date(1990, 1, 1),
            until=clock.today(),
            shown=shown_to(request),
            foot=foot(request, "存档"),
            qr=papers.qr_svg(request.build_absolute_uri(reverse("registry:person", args=[person_id]))),
        )
    )
    if not made:
        return render(
            request, "papers/nothing.html", {"person": found, "words": files.SHORT[part]}, status=404
        )
    audit.read(actor=actor, clock=clock, kind="print", person_ids=[person_id], purpose=f"print_{part}")
    return send_file(
        request,
        made[0][1],
        name=f"{files.SHORT[part]}-{clock.today():%Y%m%d}.pdf",
        content_type=PDF,
        inline=True,
    )


@require_safe
def visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """One visit as its form looks in print, with what an amendment changed."""
    actor, _clock = who(request)
    found = visit_page(actor=actor, visit_id=visit_id)
    form = prints.recorded_form(
        person=found.person,
        visit=found.visit,
        versions=found.versions,
        people=found.people,
        place=found.village,
    )
    return pdf(
        request,
        "papers/form.typ",
        {"forms": [form]},
        [found.person.pk],
        kind="visit_form",
        name="随访表",
        purpose="随访服务记录",
    )


@require_safe
def slip(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Where the code on a slip or a blank form leads: the record form, for whoever may fill it in."""
    actor, _clock = who(request)
    require(actor, Permission.RECORD_VISIT)
    find_person(actor=actor, person_id=person_id)
    return HttpResponseRedirect(reverse("followup:record", args=[person_id]))


# ── what they share ─────────────────────────────────────────────────────────────────────────────────────────────────


def asked_place(request: HttpRequest) -> str:
    """The place of the form, the first of one's own without one; NotFound for somebody else's."""
    actor, _clock = who(request)
    place = request.GET.get("place") or (villages(actor) or [("", "")])[0][0]
    if not re.fullmatch(r"[0-9]{12}", place):
        raise Invalid([Problem("place", "wrong_value", _("“地区”应为 12 位区划代码"), place[:20])])
    if not actor.serves(place):
        raise NotFound()
    return place


def shown_to(request: HttpRequest) -> Shown:
    """Numbers masked unless the box was ticked by somebody who may unmask."""
    whole = request.GET.get("whole") == "1"
    if whole:
        require(who(request)[0], Permission.UNMASK)
    return Shown(whole)


def _heads(request: HttpRequest, *, whole: bool = True) -> tuple[list[prints.Head], str]:
    actor, clock = who(request)
    require(actor, Permission.VIEW_RECORDS)
    place = asked_place(request)
    reach = request.GET.get("reach", "month")
    until = None if reach == "all" else prints.horizon(clock.today(), reach)[0]
    people = prints.people_for(actor=actor, place=place, until=until)
    shown = shown_to(request) if whole else Shown(False)
    return prints.heads_of(actor=actor, people=people, shown=shown), places.short_name(place)


def _codes(request: HttpRequest, heads: Sequence[prints.Head]) -> dict[UUID, str]:
    return {
        head.person.pk: papers.qr_svg(
            request.build_absolute_uri(reverse("papers:slip", args=[head.person.pk]))
        )
        for head in heads
    }


def foot(request: HttpRequest, purpose: str) -> dict[str, str]:
    """Who prints, when, what for."""
    actor, clock = who(request)
    return Foot(
        f"打印：{actor.display_name}", localtime(clock.now()).strftime("%Y-%m-%d %H:%M"), purpose
    ).data()


def pdf(
    request: HttpRequest,
    template: str,
    data: Mapping[str, Any],
    seen: Sequence[Any],
    *,
    kind: str,
    name: str,
    purpose: str,
    render_: Callable[..., bytes] = papers.render,
) -> HttpResponse:
    """Set it, write the look into the read log, send it."""
    actor, clock = who(request)
    ids = [one.person.pk if isinstance(one, prints.Head) else one for one in seen]
    if not ids:
        return render(request, "papers/nobody.html", {"back": reverse("papers:prints")})
    whole = "_whole" if request.GET.get("whole") == "1" and kind != "slips" else ""
    if not in_app(request):
        audit.read(actor=actor, clock=clock, kind="print", person_ids=ids, purpose=kind + whole)
    body = b"" if in_app(request) else render_(template, {**data, "foot": foot(request, purpose)})
    return send_file(request, body, name=f"{name}-{clock.today():%Y%m%d}.pdf", content_type=PDF, inline=True)
