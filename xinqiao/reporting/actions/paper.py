"""Paper cards of hospitals without network: the county enters them and sends them on like the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import county_of
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.rules.values import tidy

from ..choices import Entry, EventKind, Form
from ..models import Card
from .sending import checked, destination, fill, write_sent


@dataclass(frozen=True, slots=True)
class PaperCard:
    """`hospital_name` as printed on the card; `paper_on`: when the paper came to the county (D2 ends, D3 begins)."""

    op_id: UUID
    record: Mapping[str, Any]
    hospital_name: str
    paper_on: date | None


def enter_paper_card(*, actor: Actor, clock: Clock, new: PaperCard) -> Card:
    """Enter a report card from paper; from there it waits at the institution of residence like any other."""
    require(actor, Permission.IMPORT_REGISTER)
    with transaction.atomic():
        done = Card.objects.filter(op_id=new.op_id).first()
        if done is not None:
            return done
        county = county_of(actor.place)
        problems = _problems(new, clock)
        try:
            clean = checked(Form.REPORT, new.record, clock=clock, county=county, report=None)
        except Invalid as wrong:
            raise Invalid([*problems, *wrong.problems]) from wrong
        if problems:
            raise Invalid(problems)
        if new.paper_on is not None and new.paper_on < clean["diagnosed_on"]:
            words = _("纸卡送达日期 %(day)s 早于确诊日期 %(dx)s，请核对其中一项。") % {
                "day": new.paper_on.isoformat(),
                "dx": clean["diagnosed_on"].isoformat(),
            }
            raise Invalid([Problem("paper_on", "date_order", words, new.paper_on.isoformat())])
        card = Card(
            pk=uuid7(), form=Form.REPORT, op_id=new.op_id, entry=Entry.PAPER, paper_on=new.paper_on, county=county,
            hospital_name=tidy(new.hospital_name), shared_codes=[],
        )  # fmt: skip
        fill(card, clean, clock=clock, actor=actor)
        card.managing_code = destination(card, clock)
        if not actor.scope.covers(card.managing_code):
            words = _("现住址不在本县：请把纸卡转寄居住地县级精防机构，或先按“住址不详”录入后转交。")
            raise Invalid([Problem("live_place", "elsewhere", words, card.place)])
        return write_sent(
            card, clean, actor=actor, clock=clock, op_id=new.op_id, kind=EventKind.ENTERED, former=False
        )


def _problems(new: PaperCard, clock: Clock) -> list[Problem]:
    problems = []
    name = tidy(new.hospital_name)
    if not name:
        problems.append(Problem("hospital_name", "missing", _("报告单位没有填写。")))
    elif len(name) > 60 or "\x00" in name:
        problems.append(Problem("hospital_name", "long", _("报告单位最多 60 个字。"), name[:60]))
    if new.paper_on is None:
        problems.append(Problem("paper_on", "missing", _("纸卡送达日期没有填写，或不是有效日期。")))
    elif new.paper_on > clock.today():
        words = _("纸卡送达日期 %(day)s 晚于今天，请核对。") % {"day": new.paper_on.isoformat()}
        problems.append(Problem("paper_on", "future", words, new.paper_on.isoformat()))
    return problems
