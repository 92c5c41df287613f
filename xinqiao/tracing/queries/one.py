"""One search whole: its line of steps, everything tried and asked, who was told, whom one may call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.followup.choices import AttemptOutcome
from xinqiao.followup.models import VisitAttempt
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import NotFound
from xinqiao.registry.models import Attachment
from xinqiao.registry.queries import PersonPage, page_of_person

from ..choices import TRIES, Heard, StepKind
from ..models import Asked, Search, Told
from ..rules import Step, due_next
from .listed import facts_with, line_of
from .seen import Seen, seen_again

_KIND_OF_FORM = {form: kind for kind, form in TRIES.items()}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing done, in words: a try of follow-up, or somebody asked. `attachment` is the id of a paper, or None."""

    on: date
    kind: Any
    result: Any
    note: str
    by: str
    attachment: UUID | None = None


@dataclass(slots=True)
class Whole:
    """One search. `steps` are the protocol's line, `entries` newest first, `earlier` former searches of the person."""

    search: Search
    page: PersonPage
    steps: list[Step]
    entries: list[Entry]
    told: list[Told]
    earlier: list[Search]
    papers: list[Attachment] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    users: dict[UUID, str] = field(default_factory=dict)

    @property
    def next(self) -> Step | None:
        return None if self.search.ended_on else due_next(self.steps)

    @property
    def told_police(self) -> bool:
        return any(one.receiver == "police" for one in self.told)


def whole(*, actor: Actor, today: date, search_id: UUID) -> Whole:
    """Everything about one search; NotFound for one not yours. A fixed number of statements."""
    require(actor, Permission.TRACE_LOST)
    search = Search.objects.select_related("person", "person__standing").filter(pk=search_id).first()
    if search is None:
        raise NotFound(code="not_found.search")
    asked = list(Asked.objects.filter(search=search, voided_at=None))
    told = list(Told.objects.filter(search=search, voided_at=None).order_by("happened_on", "recorded_at"))
    tries = VisitAttempt.objects.filter(
        person_id=search.person_id, voided_at=None, happened_on__gte=search.opened_on
    )
    if search.ended_on:
        tries = tries.filter(happened_on__lte=search.ended_on)
    attempts = list(tries)
    ids = {one.recorded_by for one in (*asked, *attempts, *told)} | {
        search.confirmed_by,
        search.ended_by,
        search.opened_by,
    }
    users = dict(User.objects.filter(pk__in=[one for one in ids if one]).values_list("pk", "display_name"))
    first: dict[str, date] = {}
    for one in told:
        first.setdefault(one.receiver, one.happened_on)
    facts = facts_with(search, sorted(one.happened_on for one in asked), first)
    return Whole(
        search,
        page_of_person(actor=actor, today=today, person=search.person),
        line_of(search, facts, today),
        _entries(asked, attempts, users),
        told,
        list(Search.objects.filter(person_id=search.person_id).exclude(pk=search.pk).order_by("-opened_on")),
        list(
            Attachment.objects.filter(person_id=search.person_id, voided_at=None).order_by("-happened_on")[
                :20
            ]
        ),
        seen_again([search.pk]).get(search.pk, []),
        users,
    )


def _entries(asked: Sequence[Asked], attempts: Sequence[VisitAttempt], users: dict[UUID, str]) -> list[Entry]:
    found = [
        Entry(
            one.happened_on,
            StepKind(one.kind).label,
            Heard(one.heard).label,
            one.note,
            one.done_by,
            one.attachment_id,
        )
        for one in asked
    ]
    found += [
        Entry(
            one.happened_on,
            StepKind(_KIND_OF_FORM.get(one.form, StepKind.HOME)).label,
            AttemptOutcome(one.outcome).label,
            one.note,
            users.get(one.recorded_by, "") if one.recorded_by else "",
        )
        for one in attempts
    ]
    return sorted(found, key=lambda one: one.on, reverse=True)
