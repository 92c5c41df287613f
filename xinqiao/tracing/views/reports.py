"""The written report of a loss: a sheet for each receiver, with the fields this receiver may have and no others."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.followup.models import Visit
from xinqiao.followup.rules import FIELDS as FOLLOWUP
from xinqiao.kernel.errors import NotFound
from xinqiao.places.queries import name_of, short_name
from xinqiao.policy import current
from xinqiao.registry.choices import printed
from xinqiao.registry.shown import Shown, address_words
from xinqiao.web.files import send_file
from xinqiao.web.formats import moment
from xinqiao.web.papers import render

from .. import queries
from ..actions.reports import CLAUSE
from ..choices import BASIS, FIELD_WORDS, FIELDS, Receiver, Way
from ..rules import HIGH_RISK
from .listing import who

CLASSES = {
    "1": gettext_lazy("不稳定"),
    "2": gettext_lazy("基本稳定"),
    "3": gettext_lazy("稳定"),
    "": gettext_lazy("未评"),
}


@require_GET
def report(request: HttpRequest, search_id: UUID, receiver: str) -> HttpResponse:
    """One receiver's sheet as PDF; the sending is a person's, and is written down on the page."""
    actor, clock = who(request)
    require(actor, Permission.CLOSE_TRACE)
    if receiver not in FIELDS:
        raise NotFound(code="not_found.receiver")
    found = queries.whole(actor=actor, today=clock.today(), search_id=search_id)
    it = found.search
    if receiver != Receiver.POLICE and not it.confirmed:
        raise NotFound(code="not_found.report")
    audit.read(actor=actor, clock=clock, kind="print", person_ids=[it.person_id], purpose="tracing")
    words = _words(found, receiver, clock.today())
    data = {
        "foot": {
            "by": f"{actor.display_name}（{actor.username}）", "at": moment(clock.now()), "purpose": _("失访报告"),
        },
        "title": _("关于请求协助查找的函") if receiver == Receiver.POLICE else _("失访患者书面报告"),
        "to": str(Receiver(receiver).label),
        "lead": _lead(receiver, found),
        "rows": [[str(FIELD_WORDS[key]), words[key]] for key in FIELDS[receiver] if key not in ("tries", "steps", "told")],
        "tables": [
            {"title": str(FIELD_WORDS[key]), "rows": rows} for key, rows in _tables(found) if key in FIELDS[receiver]
        ],
        "basis": str(BASIS[receiver]) + "：" + current().clause(CLAUSE).text,
        "care": _("只用于查找和救助，请勿转给无关人员；找到后请电话告知联系医生。"),
        "unit": name_of(actor.place),
        "day": clock.today().isoformat(),
    }  # fmt: skip
    body = render("tracing/report.typ", data)
    name = _("报告") + f"-{clock.today():%Y%m%d}.pdf"
    return send_file(request, body, name=name, content_type="application/pdf", inline=True)


def _lead(receiver: str, found: queries.Whole) -> str:
    if receiver == Receiver.POLICE:
        return _("下列人员去向不明，家属和村（居）委会多方联系未果，请协助查找。")
    if receiver == Receiver.GROUP:
        return _("下列服务对象已认定失访，请有关单位协助查找，并在本月例会上通报进展。")
    return _("下列服务对象按规定程序联系未果，已认定失访，现报告如下。")


def _words(found: queries.Whole, receiver: str, today: date) -> dict[str, str]:
    """The fields of this receiver in words. Computed only for them, so that nothing else can slip in."""
    it, page, person = found.search, found.page, found.search.person
    standing = getattr(person, "standing", None)
    risk = standing.risk if standing else None
    live = page.address("live")
    lead = next((one for one in page.responsible if one.worker or one.worker_name), None)
    doctor = (lead.worker.display_name if lead.worker else lead.worker_name) if lead else ""
    phone = lead.worker.phone if lead and lead.worker else ""
    make: dict[str, Any] = {
        "name": lambda: person.name,
        "sex": lambda: _(printed.label_of(printed.SEX, person.sex)),
        "age": lambda: _("%(n)s 岁") % {"n": page.age},
        "id": lambda: page.identifier.number if page.identifier else "",
        "address": lambda: address_words(live, Shown(True)) if live else short_name(it.managing_code),
        "village": lambda: short_name(it.managing_code),
        "risk": lambda: "" if risk is None else _("%(n)s 级") % {"n": risk},
        "class": lambda: str(CLASSES.get(standing.visit_class if standing else "", "")),
        "danger": lambda: _("有，接触时请注意安全") if (risk or 0) >= HIGH_RISK else _("未发现"),
        "lost_on": lambda: (it.lost_on or it.opened_on).isoformat(),
        "last_seen": lambda: (
            standing.last_visit_on.isoformat() if standing and standing.last_visit_on else ""
        ),
        "reason": lambda: _(printed.label_of(printed.LOST_REASON, it.lost_code)) if it.lost_code else "",
        "note": lambda: it.lost_note or it.note,
        "locked": lambda: _locked(found),
        "hospital": lambda: _("住院中") if standing and standing.in_hospital else _("未住院"),
        "responsible": lambda: doctor,
        "needs": lambda: _("请派出所、村（居）委会和家属协助了解去向；有消息即告责任人"),
        "doctor": lambda: f"{doctor} {phone}".strip(),
        "guardian": lambda: "、".join(f"{one.name} {one.phone}".strip() for one in page.present_guardians),
    }
    return {key: str(make[key]()) for key in FIELDS[receiver] if key in make}


def _locked(found: queries.Whole) -> str:
    standing = getattr(found.search.person, "standing", None)
    last = (
        Visit.objects.filter(pk=standing.last_visit_id).first()
        if standing and standing.last_visit_id
        else None
    )
    return str(FOLLOWUP["locked"].label_of(last.locked)) if last and last.locked else ""


def _tables(found: queries.Whole) -> list[tuple[str, list[list[str]]]]:
    entries = sorted(found.entries, key=lambda one: one.on)
    return [
        ("steps", [[one.on.isoformat(), str(one.kind), str(one.result), one.by] for one in entries]),
        (
            "told",
            [
                [
                    one.happened_on.isoformat(),
                    str(Receiver(one.receiver).label),
                    str(Way(one.way).label),
                    one.receiver_name,
                ]
                for one in found.told
            ],
        ),
    ]
