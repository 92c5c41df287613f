"""A person moves to another village: the rows go along, and who counts and who answers changes on the day.

Moving in and out are steps between counting institutions: when the same institution counts both villages (two villages of one
township) nobody has moved out or in, and no event is written. Who counted on a date decides the figures of that date.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import township_of
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence
from xinqiao.places import queries as places
from xinqiao.places.queries import Serving

from ..choices import AddressKind, LifeEventKind, NumberKind, ResponsibilityKind
from ..fields import keyed_hash
from ..listeners import facts_changed
from ..models import Address, CarePlacement, FileSerial, LifeEvent, OtherNumber, Person, Responsibility
from ..rules import file_number, state_on
from .responsibility import worker_near


def move_person(
    *,
    actor: Actor,
    clock: Clock,
    person_id: UUID,
    village: str,
    since: date,
    reason: str,
    worker_id: UUID | None = None,
    detail: str | None = None,
    op_id: UUID | None = None,
) -> Person:
    """Move a person to another village of the actor's own area from `since` on; the same village again changes nothing.

    All rows follow; what counted before keeps its place. `worker_id`: who answers there (else the person in charge of the
    institution that serves the village). `detail`: the new address, where it is known. Conflict while a hand-over is under
    way; NotFound for a person, village or worker out of reach; Invalid for a day that does not fit or a village without anybody who could answer.
    """
    require(actor, Permission.TRANSFER_PERSON)
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(pk=person_id).first()
        if person is None:
            raise NotFound(code="not_found.person")
        if person.managing_code == village:
            return person
        if not actor.scope.covers(village):
            raise NotFound(code="not_found.place")
        now = Responsibility.objects.filter(person=person, valid_to=None, voided_at=None)
        if now.filter(kind=ResponsibilityKind.RECEIVING).exists():
            raise Conflict(
                sentence("这位患者正在流转，请先撤回流转单，或等对方接收。"), code="conflict.handed_over"
            )
        before = person.managing_code
        with connection.cursor() as cursor:
            cursor.execute("select registry_move_person(%s, %s)", [person_id, village])
            if not cursor.fetchone()[0]:
                raise NotFound(code="not_found.person")
        return settle_move(
            actor=actor, clock=clock, person_id=person_id, before=before, since=since, reason=reason,
            worker_id=worker_id, detail=detail, op_id=op_id,
        )  # fmt: skip


@transaction.atomic
def settle_move(
    *,
    actor: Actor,
    clock: Clock,
    person_id: UUID,
    before: str,
    since: date,
    reason: str,
    worker_id: UUID | None = None,
    detail: str | None = None,
    op_id: UUID | None = None,
) -> Person:
    """What follows once the rows lie in the new village, inside the caller's transaction: who counts and who answers, number
    of the file, address, events, the trail of both sides, the listeners. `before` is the village left."""
    person = Person.objects.select_for_update().get(pk=person_id)
    open_rows = list(
        Responsibility.objects.filter(person=person, valid_to=None, voided_at=None).order_by("valid_from")
    )
    serving = _serving(person.managing_code, since)
    worker = _worker(worker_id, person, serving)
    _check(person, since, clock, open_rows)
    common = {
        "person": person, "managing_code": person.managing_code, "shared_codes": person.shared_codes,
        "recorded_at": clock.now(), "recorded_by": actor.user_id,
    }  # fmt: skip
    counted = [one for one in open_rows if one.kind == ResponsibilityKind.COUNTING]
    changed = not counted or counted[0].institution_id != serving.counting.pk
    _answer(common, open_rows, serving, worker, since)
    former = _new_number(person, common, since)
    if detail is not None:
        _new_address(person, common, detail, since)
    CarePlacement.objects.filter(person=person, valid_to=None, voided_at=None).exclude(
        group__managing_code=person.managing_code
    ).update(valid_to=since)
    if changed and _on_register(person, since):
        _events(person, common, since)
    person.row_version += 1
    person.save(update_fields=["file_no", "row_version"])
    places_told = (
        [before, person.managing_code]
        if township_of(before) != township_of(person.managing_code)
        else [before]
    )
    for place in places_told:
        audit.record(
            actor=actor, clock=clock, action="move_person", object_type="person", object_id=person.pk, place=place,
            op_id=op_id if place == before else None,
            detail={
                "from": before, "to": person.managing_code, "since": since.isoformat(), "reason": reason,
                "worker": str(worker.pk) if worker else "", "institution_changed": changed, "new_number": bool(former),
            },
        )  # fmt: skip
    facts_changed(actor, clock, [person.pk])
    return person


def _serving(village: str, since: date) -> Serving:
    found = places.institutions_serving([village], since).get(village)
    if found is None or village not in places.existing([village], since):
        raise NotFound(code="not_found.place")
    return found


def _worker(worker_id: UUID | None, person: Person, serving: Serving) -> User | None:
    """The one named, else whoever is in charge there. Invalid when nobody is."""
    wanted = worker_id or serving.worker_id
    if wanted is None:
        raise Invalid([Problem("worker", "missing", sentence("该村的机构没有负责人，请选择责任人。"))])
    return worker_near(wanted, person)


def _check(person: Person, since: date, clock: Clock, open_rows: list[Responsibility]) -> None:
    day = since.isoformat()
    problems = []
    if since > clock.today():
        problems.append(Problem("since", "future", sentence("起始日期 %(since)s 晚于今天。", since=day), day))
    begun = max([person.filed_on, *(one.valid_from for one in open_rows)])
    if since < begun:
        problems.append(
            Problem(
                "since",
                "order",
                sentence("日期不能早于现责任机构和责任人的起始日期 %(day)s。", day=begun.isoformat()),
                day,
            )
        )
    if problems:
        raise Invalid(problems)


def _answer(
    common: dict[str, Any],
    open_rows: list[Responsibility],
    serving: Serving,
    worker: User | None,
    since: date,
) -> None:
    """End who counted and answered, begin who does now, on one day."""
    Responsibility.objects.filter(pk__in=[one.pk for one in open_rows]).update(valid_to=since)
    village = common["managing_code"]
    institution_id = worker.institution_id if worker and worker.institution_id else serving.responsible.pk
    Responsibility.objects.bulk_create(
        [
            Responsibility(
                **common, kind=ResponsibilityKind.COUNTING, institution=serving.counting, counted_code=village,
                valid_from=since,
            ),
            Responsibility(
                **common, kind=ResponsibilityKind.RESPONSIBLE, institution_id=institution_id, worker=worker,
                counted_code=village, valid_from=since,
            ),
        ]
    )  # fmt: skip


def _new_number(person: Person, common: dict[str, Any], since: date) -> str:
    """The village gives a number of its own; the former one is kept (§13.6) and never given again."""
    former = person.file_no
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into {FileSerial._meta.db_table} as s (code, last) values (%s, 1)"  # noqa: S608 -- our own table
            " on conflict (code) do update set last = s.last + 1 returning last",
            [person.managing_code],
        )
        person.file_no = file_number(person.managing_code, cursor.fetchone()[0])
    if former:
        OtherNumber.objects.create(
            **common, kind=NumberKind.FORMER_FILE, number=former, number_hash=keyed_hash("id", former),
            valid_from=person.filed_on, valid_to=max(since, person.filed_on),
        )  # fmt: skip
    return former


def _new_address(person: Person, common: dict[str, Any], detail: str, since: date) -> None:
    Address.objects.filter(
        person=person, kind=AddressKind.LIVE, valid_to=None, voided_at=None, valid_from__lte=since
    ).update(valid_to=since)
    Address.objects.create(
        **common,
        kind=AddressKind.LIVE,
        division_code=person.managing_code,
        detail=detail.strip(),
        valid_from=since,
    )


def _on_register(person: Person, since: date) -> bool:
    events = LifeEvent.objects.filter(person=person, voided_at=None).order_by("id")
    return state_on(events, since).on_register


def _events(person: Person, common: dict[str, Any], since: date) -> None:
    """Out here and in there, once a day: who moves twice on one day has come in once."""
    there = set(
        LifeEvent.objects.filter(person=person, voided_at=None, happened_on=since).values_list(
            "kind", flat=True
        )
    )
    LifeEvent.objects.bulk_create(
        LifeEvent(**common, kind=kind, happened_on=since)
        for kind in (LifeEventKind.MOVED_OUT, LifeEventKind.MOVED_IN)
        if kind not in there
    )


__all__ = ["move_person", "settle_move"]
