"""Hand-overs and work records as paper and as workbooks. No name of a patient leaves in a file's name."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.places.queries import short_name, short_names
from xinqiao.registry.models import Person
from xinqiao.web.files import send_file
from xinqiao.web.formats import moment
from xinqiao.web.papers import render
from xinqiao.web.sheets import CONTENT_TYPE, Column, Sheet, workbook

from .. import queries
from ..choices import LeaverReason, WorkState
from ..queries.work import FIGURES
from .handing import who
from .work import quarter_from, quarter_of_address

CLASSES = {
    "1": gettext_lazy("不稳定"),
    "2": gettext_lazy("基本稳定"),
    "3": gettext_lazy("稳定"),
    "": gettext_lazy("未评"),
}


def _foot(request: HttpRequest, purpose: str) -> dict[str, str]:
    actor, clock = who(request)
    return {"by": f"{actor.display_name}（{actor.username}）", "at": moment(clock.now()), "purpose": purpose}


@require_GET
def hand_over_paper(request: HttpRequest, hand_over_id: UUID) -> HttpResponse:
    """交接单 for signing, A4."""
    actor, clock = who(request)
    found = queries.hand_over_page(actor=actor, hand_over_id=hand_over_id, today=clock.today())
    it = found.hand_over
    audit.read(
        actor=actor,
        clock=clock,
        kind="print",
        person_ids=[one.person_id for one in found.people],
        purpose="hand_over",
    )
    data = {
        "foot": _foot(request, _("工作交接")),
        "title": _("工作交接单"),
        "place": found.names.get(it.place, it.place),
        "leaver": it.leaver.display_name,
        "reason": str(dict(LeaverReason.choices)[it.reason]),
        "last_day": it.last_day.isoformat(),
        "drawn": moment(it.drawn_at),
        "ended": moment(it.ended_at) if it.ended_at else "",
        "state": str(it.get_state_display()),
        "note": it.note,
        "paper_files": "" if it.paper_files is None else str(it.paper_files),
        "counts": [[str(words), str(value)] for words, value in found.counts],
        "takers": [
            [
                found.names.get(one.village, one.village),
                one.successor.display_name,
                moment(one.confirmed_at) if one.confirmed_at else "",
                one.confirmed_reason,
            ]
            for one in found.portions
        ],
        "leaver_confirmed": moment(it.leaver_confirmed_at) if it.leaver_confirmed_at else "",
        "leaver_absent": it.leaver_absent_reason,
        "people": [
            [
                str(index),
                one.name,
                found.names.get(one.village, one.village),
                str(CLASSES.get(one.visit_class, "")),
                "" if one.risk is None else str(one.risk),
                one.due_on.isoformat() if one.due_on else "",
                found.users.get(one.successor_id, "") if one.successor_id else "",
            ]
            for index, one in enumerate(found.people, 1)
        ],
    }
    body = render("staff/hand_over.typ", data)
    name = _("交接单") + f"-{clock.today():%Y%m%d}.pdf"
    return send_file(request, body, name=name, content_type="application/pdf", inline=True)


@require_GET
def hand_over_book(request: HttpRequest, hand_over_id: UUID) -> HttpResponse:
    """The same as a workbook: numbers and people."""
    actor, clock = who(request)
    found = queries.hand_over_page(actor=actor, hand_over_id=hand_over_id, today=clock.today())
    audit.read(
        actor=actor,
        clock=clock,
        kind="download",
        person_ids=[one.person_id for one in found.people],
        purpose="hand_over",
    )
    numbers = Sheet(
        _("事项"),
        [Column("what", _("事项"), width=28), Column("n", _("数量"), "int")],
        [(str(words), value) for words, value in found.counts],
        heading=_("工作交接单"),
    )
    people = Sheet(
        _("服务对象"),
        [
            Column("name", _("姓名")),
            Column("village", _("村"), width=22),
            Column("class", _("病情分类")),
            Column("risk", _("危险性"), "int"),
            Column("due", _("应访日"), "date"),
            Column("to", _("接收人")),
        ],
        [
            (
                one.name,
                found.names.get(one.village, one.village),
                str(CLASSES.get(one.visit_class, "")),
                one.risk,
                one.due_on,
                found.users.get(one.successor_id, "") if one.successor_id else "",
            )
            for one in found.people
        ],
        heading=_("移交的服务对象"),
    )
    body = workbook([numbers, people], made_by=actor.display_name, made_at=clock.now())
    return send_file(
        request, body, name=(_("交接单") + f"-{clock.today():%Y%m%d}.xlsx"), content_type=CONTENT_TYPE
    )


@require_GET
def work_paper(request: HttpRequest, doctor_id: UUID, year: int, number: int) -> HttpResponse:
    """工作量确认单, A4."""
    actor, clock = who(request)
    require(actor, Permission.TAKE_PART)
    quarter = quarter_of_address(year, number, clock.today())
    found = queries.work_page(actor=actor, doctor_id=doctor_id, quarter=quarter)
    people = {one.pk: one for one in Person.objects.filter(pk__in={line.person_id for line in found.lines})}
    audit.read(actor=actor, clock=clock, kind="print", person_ids=people, purpose="work_record")
    record = found.record
    data = {
        "foot": _foot(request, _("工作量核对")),
        "title": _("村医随访工作量确认单"),
        "doctor": found.doctor.display_name,
        "place": short_name(found.doctor.place),
        "period": _("%(year)s 年第 %(n)s 季度") % {"year": year, "n": number},
        "version": str(record.version) if record else "",
        "state": str(dict(WorkState.choices)[record.state]) if record else _("未签认"),
        "signed": moment(record.signed_at) if record and record.signed_at else "",
        "agreed": moment(record.agreed_at) if record and record.agreed_at else "",
        "agreed_by": found.users.get(record.agreed_by, "") if record and record.agreed_by else "",
        "figures": [[str(words), str(found.figures.get(key, 0))] for key, words in FIGURES.items()],
        "lines": [
            [
                line.visit_date.isoformat(),
                people[line.person_id].name if line.person_id in people else "—",
                _("被退回") if line.kind == "returned" else _("逾期"),
                line.reason,
            ]
            for line in found.lines
        ],
        "appeals": [
            [
                moment(one.made_at),
                one.text,
                one.answer,
                found.users.get(one.answered_by, "") if one.answered_by else "",
            ]
            for one in found.appeals
        ],
    }
    body = render("staff/work_record.typ", data)
    name = _("工作量确认单") + f"-{year}-{number}.pdf"
    return send_file(request, body, name=name, content_type="application/pdf", inline=True)


@require_GET
def works_book(request: HttpRequest) -> HttpResponse:
    """All doctors of the area in one quarter."""
    actor, clock = who(request)
    require(actor, Permission.COUNTERSIGN_WORK)
    quarter = quarter_from(request.GET.get("quarter", ""), clock.today())
    rows = queries.doctors_of(actor=actor, quarter=quarter)
    names = short_names({one.doctor.place for one in rows})
    states = dict(WorkState.choices)
    sheet = Sheet(
        _("工作量"),
        [
            Column("name", _("姓名")),
            Column("place", _("村"), width=22),
            *(Column(key, str(words), "int") for key, words in FIGURES.items()),
            Column("state", _("状态"), width=18),
            Column("version", _("版本"), "int"),
        ],
        [
            (
                one.doctor.display_name,
                names.get(one.doctor.place, one.doctor.place),
                *(one.record.figures.get(key) if one.record else None for key in FIGURES),
                str(states[one.record.state]) if one.record else _("未签认"),
                one.record.version if one.record else None,
            )
            for one in rows
        ],
        heading=_("村医随访工作量 %(year)s 年第 %(n)s 季度") % {"year": quarter.year, "n": quarter.number},
        notes=[_("未签认的没有数字；数字来自随访记录，签认后不再变动。")],
    )
    body = workbook([sheet], made_by=actor.display_name, made_at=clock.now())
    return send_file(
        request,
        body,
        name=(_("工作量") + f"-{quarter.year}-{quarter.number}.xlsx"),
        content_type=CONTENT_TYPE,
    )
