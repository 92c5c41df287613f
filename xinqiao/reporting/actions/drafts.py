"""Unfinished cards of a hospital: kept as typed, seen by nobody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor, of_institution
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import NATION
from xinqiao.kernel.errors import Conflict, NotFound
from xinqiao.kernel.words import sentence
from xinqiao.registry.rules.values import read_date, tidy

from ..choices import Form
from ..models import Card, CardDraft
from ..queries.hospital import own_institution, reporting_county
from .common import KIND


@dataclass(frozen=True, slots=True)
class NewDraft:
    """`draft_id` names the draft from its first saving on; `typed` is the page as it was filled in, right or wrong. `card_id`: the
    returned card it corrects; `report_id`: the report card of a discharge form."""

    draft_id: UUID
    form: str
    typed: Mapping[str, Any]
    card_id: UUID | None = None
    report_id: UUID | None = None


def save_draft(*, actor: Actor, clock: Clock, new: NewDraft) -> CardDraft:
    """Keep what was typed; again under the same key replaces it. Nothing is checked: half a card is no card yet."""
    require(actor, Permission.REPORT_CARD)
    with transaction.atomic():
        own = own_institution(actor)
        for wanted, form in ((new.card_id, ""), (new.report_id, Form.REPORT)):
            if wanted is not None and not _own_card(own.pk, wanted, form):
                raise NotFound(code="not_found.card")
        draft = CardDraft.objects.select_for_update().filter(pk=new.draft_id).first()
        if draft is None:
            draft = CardDraft(
                pk=new.draft_id, managing_code=NATION, shared_codes=[of_institution(own.pk)], hospital=own, form=new.form,
                county=reporting_county(own), card_id=new.card_id, report_id=new.report_id,
            )  # fmt: skip
        elif draft.ended_at is not None:
            raise Conflict(
                sentence("这份草稿已经报出或删除，请从名单重新打开。"), code="conflict.draft_ended"
            )
        typed = new.typed
        draft.body = json.dumps(dict(typed), ensure_ascii=False)
        draft.name = tidy(typed.get("name") or "")[:60].replace("\x00", "")
        draft.dx_on = _past(typed.get("diagnosed_on"), clock.today())
        draft.own_diagnosis = tidy(typed.get("dx_hospital") or own.name) == own.name
        draft.discharged_on = _past(typed.get("discharged_on"), clock.today())
        draft.saved_at, draft.saved_by = clock.now(), actor.user_id
        draft.save()
        settle(clock=clock, kind=KIND, subjects=[draft.pk])
        audit.record(
            actor=actor, clock=clock, action="save_card_draft", object_type="card_draft", object_id=draft.pk,
            place=draft.county, detail={"form": draft.form},
        )  # fmt: skip
    return draft


def discard_draft(*, actor: Actor, clock: Clock, draft_id: UUID) -> None:
    """Throw a draft away: its content is emptied, and its clock cancelled. Again changes nothing."""
    require(actor, Permission.REPORT_CARD)
    with transaction.atomic():
        draft = CardDraft.objects.select_for_update().filter(pk=draft_id).first()
        if draft is None:
            raise NotFound(code="not_found.card_draft")
        if draft.ended_at is None:
            end_draft(draft, clock=clock)
            settle(clock=clock, kind=KIND, subjects=[draft.pk])
            audit.record(
                actor=actor, clock=clock, action="discard_card_draft", object_type="card_draft", object_id=draft.pk,
                place=draft.county, detail={"form": draft.form},
            )  # fmt: skip


def end_draft(draft: CardDraft, *, clock: Clock, sent: bool = False) -> None:
    """Nothing of what was typed stays."""
    draft.body, draft.name, draft.ended_at, draft.sent = "", "", clock.now(), sent
    draft.save()


def _own_card(hospital_id: UUID, card_id: UUID, form: str) -> bool:
    rows = Card.objects.filter(pk=card_id, hospital_id=hospital_id)
    return (rows.filter(form=form) if form else rows).exists()


def _past(typed: Any, today: date) -> date | None:
    found = read_date(typed) if typed else None
    return found if found is not None and found <= today else None
