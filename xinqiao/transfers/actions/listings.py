"""The second, light listing at the place of the household register (双列管). It counts nobody and opens no file."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import level_of, township_of
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.terms import Level
from xinqiao.kernel.words import sentence
from xinqiao.places import queries as places
from xinqiao.registry.choices import AddressKind, ResponsibilityKind
from xinqiao.registry.models import Address, Identifier, LifeEvent, Person, Responsibility
from xinqiao.registry.rules import state_on

from ..choices import SAID, Ended
from ..models import Listing
from ..rules import keys_of_origin


def list_twice(*, actor: Actor, clock: Clock, person_id: UUID, hukou_code: str, op_id: UUID) -> Listing:
    """Tell the place of the household register (a village or a township) that the person lives and is managed here.

    Repeated = the same listing. Invalid for a place that is none, or the township where the person lives; Conflict when there
    is a listing already or the file has ended.
    """
    require(actor, Permission.TRANSFER_PERSON)
    with transaction.atomic():
        if (there := Listing.objects.filter(op_id=op_id).first()) is not None:
            return there
        person = Person.objects.select_for_update().filter(pk=person_id).first()
        if person is None or not actor.scope.covers(person.managing_code):
            raise NotFound(code="not_found.person")
        _check(person, hukou_code, clock)
        return _write(person, hukou_code, actor=actor, clock=clock, op_id=op_id)


def end_listing(*, actor: Actor, clock: Clock, listing_id: UUID, ended: str) -> None:
    """The stay has ended; only where the person lives is that known. Repeating changes nothing."""
    require(actor, Permission.TRANSFER_PERSON)
    if ended not in SAID:
        raise Invalid([Problem("ended", "missing", sentence("结束原因没有选择。"), ended)])
    with transaction.atomic():
        row = Listing.objects.select_for_update().filter(pk=listing_id).first()
        if row is None or not actor.scope.covers(row.residence_code):
            raise NotFound(code="not_found.listing")
        if row.until is not None:
            return
        end_by_itself(row, Ended(ended), actor=actor, clock=clock)


def end_by_itself(row: Listing, ended: Ended, *, actor: Actor | None, clock: Clock) -> None:
    """End a listing that is locked, today."""
    row.until, row.ended = max(clock.today(), row.since), ended
    row.save(update_fields=["until", "ended"])
    _trail(row, "end_listing", actor=actor, clock=clock)


def list_again(person: Person, *, actor: Actor, clock: Clock, split: bool) -> Listing | None:
    """After a hand-over: the former listing has ended with the move; where the household register lies elsewhere (or the
    reason was just that), the place of the register hears of the new residence."""
    home = (
        Address.objects.filter(person=person, kind=AddressKind.HUKOU, valid_to=None, voided_at=None)
        .order_by("-valid_from", "-id")
        .first()
    )
    if home is None or level_of(home.division_code) < Level.TOWNSHIP:
        return None
    was = Listing.objects.filter(person=person, ended=Ended.MOVED).exists()
    if township_of(home.division_code) == township_of(person.managing_code) or not (split or was):
        return None
    if Listing.objects.filter(person=person, until=None).exists():
        return None
    return _write(person, home.division_code, actor=actor, clock=clock, op_id=uuid7())


def _check(person: Person, hukou_code: str, clock: Clock) -> None:
    known = len(hukou_code) == 12 and hukou_code in places.existing([hukou_code], clock.today())
    if not known or level_of(hukou_code) < Level.TOWNSHIP:
        raise Invalid([Problem("hukou_code", "place", sentence("户籍所在的村或乡镇没有选择。"), hukou_code)])
    if township_of(hukou_code) == township_of(person.managing_code):
        raise Invalid(
            [Problem("hukou_code", "same_township", sentence("户籍就在本乡镇，不用双列管。"), hukou_code)]
        )
    events = LifeEvent.objects.filter(person=person, voided_at=None).order_by("id")
    if not state_on(events, clock.today()).on_register:
        raise Conflict(sentence("档案已经结束。"), code="conflict.file_ended")
    if Listing.objects.filter(person=person, until=None).exists():
        raise Conflict(sentence("这位患者已经双列管。"), code="conflict.listing")


def _write(person: Person, hukou_code: str, *, actor: Actor, clock: Clock, op_id: UUID) -> Listing:
    now = {"person": person, "voided_at": None, "valid_to": None}
    number = Identifier.objects.filter(**now).order_by("-valid_from", "-id").first()
    duty = (
        Responsibility.objects.filter(**now, kind=ResponsibilityKind.RESPONSIBLE)
        .select_related("institution", "worker")
        .order_by("-valid_from", "-id")
        .first()
    )
    counting = Responsibility.objects.select_related("institution").get(
        **now, kind=ResponsibilityKind.COUNTING
    )
    name = (duty.worker.display_name if duty.worker else duty.worker_name) if duty else ""
    row = Listing.objects.create(
        op_id=op_id, person=person, managing_code=hukou_code, shared_codes=keys_of_origin(person.managing_code),
        name=person.name, sex=person.sex, id_number=number.number if number else "",
        residence_code=person.managing_code, institution=counting.institution, contact=name[:60],
        contact_phone=counting.institution.phone, since=clock.today(), recorded_at=clock.now(),
        recorded_by=actor.user_id,
    )  # fmt: skip
    _trail(row, "list_twice", actor=actor, clock=clock)
    return row


def _trail(row: Listing, action: str, *, actor: Actor | None, clock: Clock) -> None:
    for place in (row.residence_code, row.managing_code):
        audit.record(
            actor=actor, clock=clock, action=action, object_type="listing", object_id=row.pk, place=place,
            detail={"person": str(row.person_id), "at": row.managing_code, "ended": row.ended},
        )  # fmt: skip
