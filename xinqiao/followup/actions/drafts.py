"""Drafts: what somebody has typed so far, kept on the server for that person only, until saved, thrown away or ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence
from xinqiao.registry.models import Person

from ..models import Draft, Visit

#: A form with every box filled stays far below this.
LONGEST = 40_000
#: What travels with the form and is no answer of it.
_NO_ANSWERS = frozenset({"csrfmiddlewaretoken", "act", "back", "draft_form", "draft_seen", "tab", "force"})


@dataclass(frozen=True, slots=True)
class Kept:
    """One draft as it stands. `values`: everything as typed, lists for multiple choice."""

    form: str
    op_id: UUID
    tab: UUID
    revision: int
    saved_at: datetime
    values: dict[str, Any]


class DraftElsewhere(Conflict):
    """Another window wrote this draft since; `saved_at` says when."""

    code = "conflict.draft_elsewhere"

    def __init__(self, saved_at: datetime) -> None:
        super().__init__("另一个窗口也在填这张表")
        self.saved_at = saved_at


def ends_before(clock: Clock) -> datetime:
    """Drafts last changed before this instant have ended."""
    return clock.now() - timedelta(hours=settings.XINQIAO_DRAFT_HOURS)


def answers_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """What of a sent form belongs into its draft."""
    return {key: value for key, value in values.items() if key not in _NO_ANSWERS}


@transaction.atomic
def save_draft(
    *,
    actor: Actor,
    clock: Clock,
    person_id: UUID,
    form: str,
    op_id: UUID,
    tab: UUID,
    seen: int,
    values: Mapping[str, Any],
    force: bool = False,
) -> Kept:
    """Keep what is typed so far. `seen` is the revision this window last knew (0: none).

    Raises NotFound for somebody not yours, Invalid when it is too long, Conflict when the form was saved meanwhile, and
    DraftElsewhere when another window wrote since, unless `force`. No event in the trail: nothing of the record changed.
    """
    require(actor, Permission.RECORD_VISIT)
    person = Person.objects.filter(pk=person_id).only("managing_code", "shared_codes").first()
    if person is None:
        raise NotFound()
    body = json.dumps(answers_of(values), ensure_ascii=False, separators=(",", ":"))
    if len(body) > LONGEST:
        raise Invalid(
            [
                Problem(
                    "",
                    "too_long",
                    sentence("草稿有 %(body)s 个字符，应不超过 %(longest)s", body=len(body), longest=LONGEST),
                )
            ]
        )
    if Visit.objects.filter(op_id=op_id).exists():
        raise Conflict(sentence("这张表已经保存，不再存草稿"), code="conflict.saved_already")
    here = (
        Draft.objects.select_for_update()
        .filter(user_id=actor.user_id, person_id=person_id, form=form)
        .first()
    )
    now = clock.now()
    alive = here is not None and here.saved_at >= ends_before(clock)
    if here is not None and alive and here.tab != tab and here.revision != seen and not force:
        raise DraftElsewhere(here.saved_at)
    row, _made = Draft.objects.update_or_create(
        user_id=actor.user_id,
        person_id=person_id,
        form=form,
        defaults={
            "managing_code": person.managing_code,
            "shared_codes": person.shared_codes,
            "op_id": op_id,
            "tab": tab,
            "revision": (here.revision if here else 0) + 1,
            "body": body,
            "saved_at": now,
        },
    )
    return _kept(row)


def find_draft(*, actor: Actor, clock: Clock, person_id: UUID, form: str) -> Kept | None:
    """The actor's own draft of this form about this person, unless it has ended. One statement."""
    row = Draft.objects.filter(
        user_id=actor.user_id, person_id=person_id, form=form, saved_at__gte=ends_before(clock)
    ).first()
    return _kept(row) if row else None


@transaction.atomic
def discard_draft(*, actor: Actor, person_id: UUID, form: str) -> None:
    """Throw one's own draft away. Nothing happens when there is none; NotFound for somebody not yours."""
    require(actor, Permission.RECORD_VISIT)
    if not Person.objects.filter(pk=person_id).exists():
        raise NotFound()
    Draft.objects.filter(user_id=actor.user_id, person_id=person_id, form=form).delete()


def finish_draft(*, actor: Actor, op_id: UUID) -> None:
    """The form was saved under this operation: its draft is over. One statement."""
    Draft.objects.filter(user_id=actor.user_id, op_id=op_id).delete()


def end_drafts(*, clock: Clock) -> int:
    """End, for everybody, the drafts nobody came back to; how many."""
    with connection.cursor() as cursor:
        cursor.execute("select end_drafts(%s)", [ends_before(clock)])
        return int(cursor.fetchone()[0])


def _kept(row: Draft) -> Kept:
    return Kept(row.form, row.op_id, row.tab, row.revision, row.saved_at, json.loads(row.body))
