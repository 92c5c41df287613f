"""Requests of one person, and those of the own area that wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import NotFound

from ..choices import Asker, Verdict
from ..models import CorrectionRequest, ViewRequest

MOST = 100


@dataclass(frozen=True, slots=True)
class Request:
    """One line of a list: a request to see or to correct, about whom, since when, and whether it waits."""

    id: UUID
    kind: str
    person_id: UUID
    name: str
    asked_on: date
    asker: str
    state: str
    waits: bool


def requests_of(*, actor: Actor, person_id: UUID) -> list[Request]:
    """Everything this person (or the guardian) asked, newest first. Two statements."""
    require(actor, Permission.GIVE_ACCESS)
    views = ViewRequest.objects.filter(person_id=person_id).select_related("person")
    corrections = CorrectionRequest.objects.filter(person_id=person_id).select_related("person")
    return _lines(views, corrections)


def open_requests(*, actor: Actor) -> list[Request]:
    """What waits in the own area, the oldest first. Two statements."""
    require(actor, Permission.GIVE_ACCESS)
    views = (
        ViewRequest.objects.filter(handed_on=None, withdrawn_on=None)
        .exclude(verdict=Verdict.LATER)
        .select_related("person")
        .order_by("asked_on")[:MOST]
    )
    corrections = (
        CorrectionRequest.objects.filter(answer="").select_related("person").order_by("asked_on")[:MOST]
    )
    return sorted(_lines(views, corrections), key=lambda one: (one.asked_on, one.id))


def request(*, actor: Actor, request_id: UUID) -> ViewRequest:
    """One request to see, with the person; NotFound when it is not there or not the actor's."""
    require(actor, Permission.GIVE_ACCESS)
    found = ViewRequest.objects.select_related("person__standing").filter(pk=request_id).first()
    if found is None:
        raise NotFound(code="not_found.view_request")
    return found


def correction(*, actor: Actor, request_id: UUID) -> CorrectionRequest:
    """One request to correct, with the person."""
    require(actor, Permission.GIVE_ACCESS)
    found = CorrectionRequest.objects.select_related("person").filter(pk=request_id).first()
    if found is None:
        raise NotFound(code="not_found.correction_request")
    return found


def state_of(one: ViewRequest) -> str:
    """asked, decided, later, handed or withdrawn."""
    if one.withdrawn_on:
        return "withdrawn"
    if one.handed_on:
        return "handed"
    if one.verdict == Verdict.LATER:
        return "later"
    return "decided" if one.verdict else "asked"


def _lines(views: Iterable[ViewRequest], corrections: Iterable[CorrectionRequest]) -> list[Request]:
    found = [
        Request(
            one.pk, "view", one.person_id, one.person.name, one.asked_on, str(Asker(one.asker).label), state_of(one),
            state_of(one) in ("asked", "decided"),
        )
        for one in views
    ]  # fmt: skip
    found += [
        Request(
            one.pk, "correction", one.person_id, one.person.name, one.asked_on, str(Asker(one.asker).label),
            one.answer or "asked", not one.answer,
        )
        for one in corrections
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.asked_on, one.id), reverse=True)
