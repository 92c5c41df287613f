"""Who answers for a person, changed from a day on. The counting institution changes by transfer, not here."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import ancestors
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence
from xinqiao.places.choices import PRIMARY
from xinqiao.places.models import Institution

from ..choices import ResponsibilityKind
from ..listeners import facts_changed
from ..models import Person, Responsibility


def change_responsibility(
    *,
    actor: Actor,
    clock: Clock,
    person_id: UUID,
    worker_id: UUID | None,
    institution_id: UUID | None = None,
    worker_name: str = "",
    since: date | None = None,
    row_version: int | None = None,
) -> Responsibility:
    """Name another responsible worker (an account whose place covers the person's village, or a name) from `since` on.

    At least one responsible row stays open at every instant. The same answer again changes nothing. NotFound for a person
    or worker out of reach, Conflict when `row_version` is old.
    """
    require(actor, Permission.ASSIGN_WORKER)
    since = since or clock.today()
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(pk=person_id).first()
        if person is None:
            raise NotFound(code="not_found.person")
        if row_version is not None and row_version != person.row_version:
            raise Conflict(sentence("档案刚被别人改过，请重新打开后再改。"), code="conflict.row_version")
        worker = worker_near(worker_id, person)
        institution = _institution(institution_id, worker, person)
        _check(worker, worker_name, since, person, clock.today())
        open_rows = list(
            Responsibility.objects.filter(
                person=person, kind=ResponsibilityKind.RESPONSIBLE, valid_to=None, voided_at=None
            )
        )
        for row in open_rows:
            if (row.worker_id, row.worker_name, row.institution_id) == (worker_id, worker_name, institution):
                return row
        if late := [row for row in open_rows if row.valid_from > since]:
            day = late[0].valid_from.isoformat()
            raise Invalid(
                [
                    Problem(
                        "since",
                        "order",
                        sentence("起始日期不能早于现责任人的起始日期 %(day)s。", day=day),
                        since.isoformat(),
                    )
                ]
            )
        made = Responsibility.objects.create(
            person=person, managing_code=person.managing_code, shared_codes=person.shared_codes,
            kind=ResponsibilityKind.RESPONSIBLE, institution_id=institution, worker=worker, worker_name=worker_name,
            counted_code=person.managing_code, valid_from=since, recorded_at=clock.now(), recorded_by=actor.user_id,
        )  # fmt: skip
        Responsibility.objects.filter(pk__in=[row.pk for row in open_rows]).update(valid_to=since)
        person.row_version += 1
        person.save(update_fields=["row_version"])
        audit.record(
            actor=actor, clock=clock, action="change_responsibility", object_type="person", object_id=person.pk,
            place=person.managing_code,
            detail={"from": [str(row.worker_id or "") for row in open_rows], "to": str(worker_id or ""), "row": str(made.pk)},
        )  # fmt: skip
        facts_changed(actor, clock, [person.pk])
    return made


def worker_near(worker_id: UUID | None, person: Person) -> User | None:
    """An active account whose place is the village or above it, up to the county, or that serves the village."""
    if worker_id is None:
        return None
    serves = Q(villages__division_code=person.managing_code, villages__valid_to=None, villages__covers=None)
    near = Q(place__in=ancestors(person.managing_code)[:3])
    found = User.objects.filter(near | serves, pk=worker_id, is_active=True).first()
    if found is None:
        raise NotFound(code="not_found.worker")
    return found


def _institution(institution_id: UUID | None, worker: User | None, person: Person) -> UUID:
    if institution_id is None and worker is not None and worker.institution_id is not None:
        return worker.institution_id
    covering = Q(place__in=ancestors(person.managing_code)[:3])
    rows = Institution.objects.filter(covering, valid_to=None, kind__in=PRIMARY)
    found = (rows.filter(pk=institution_id) if institution_id else rows.order_by("-place")).first()
    if found is None:
        raise NotFound(code="not_found.institution")
    return found.pk


def _check(worker: User | None, worker_name: str, since: date, person: Person, today: date) -> None:
    problems = []
    if worker is None and not worker_name.strip():
        problems.append(Problem("worker", "missing", sentence("责任人没有选择。")))
    if since > today:
        problems.append(
            Problem(
                "since",
                "future",
                sentence("起始日期 %(since)s 晚于今天。", since=since.isoformat()),
                since.isoformat(),
            )
        )
    if since < person.filed_on:
        problems.append(
            Problem(
                "since",
                "order",
                sentence(
                    "起始日期 %(since)s 早于建档日期 %(filed_on)s。",
                    since=since.isoformat(),
                    filed_on=person.filed_on.isoformat(),
                ),
                since.isoformat(),
            )
        )
    if problems:
        raise Invalid(problems)
