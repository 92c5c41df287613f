"""From a confirmed clue to a file, with nothing typed twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import level_of
from xinqiao.kernel.errors import Conflict, NotFound
from xinqiao.kernel.terms import Level
from xinqiao.registry.actions import NewPerson, Registered, register_person
from xinqiao.registry.choices import printed
from xinqiao.registry.models import Person

from ..choices import ClueState, ReviewState
from ..clocks import CLUE, ENROLLED
from ..models import Clue, Rediagnosis
from ..queries import find_clue
from .common import save_clue


def record_of_clue(clue: Clue) -> dict[str, Any]:
    """What the form of a new file already knows from the clue and the answer. Nothing of the list goes over: it is no history
    of illness."""
    answer = (
        Rediagnosis.objects.filter(clue=clue, state=ReviewState.ANSWERED)
        .order_by("-diagnosed_on", "-answered_at")
        .first()
    )
    known: dict[str, Any] = {
        "name": clue.name,
        "id_number": clue.id_number,
        "sex": clue.sex if clue.sex in ("1", "2") else "",
        "birth_on": clue.birth_on.isoformat() if clue.birth_on else "",
        "phone": clue.phone,
        "live_code": clue.managing_code if level_of(clue.managing_code) is Level.VILLAGE else "",
        "live_detail": clue.address,
        "guardian_name": clue.guardian_name,
        "guardian_phone": clue.guardian_phone,
    }
    if not clue.id_number:
        known["id_kind"] = printed.NO_DOCUMENT
    if answer is not None and answer.diagnosed_on is not None:
        known |= {
            "icd10": answer.icd10,
            "dx_hospital": answer.hospital_name,
            "diagnosed_on": answer.diagnosed_on.isoformat(),
            "consent": answer.consent,
        }
    return {key: value for key, value in known.items() if value}


def file_clue(*, actor: Actor, clock: Clock, clue_id: UUID, person: NewPerson) -> Registered:
    """Open the file and end the clue and its clock, together. The registry's own refusals pass through."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        clue = find_clue(actor=actor, clue_id=clue_id, lock=True)
        if clue.state == ClueState.FILED and clue.person_id is not None:
            raise Conflict(_("这条线索已经建档。"), code="conflict.clue_filed")
        if clue.state != ClueState.CONCLUDED:
            raise Conflict(_("还没有确诊结论，不能由线索建档。"), code="conflict.clue_state")
        made = register_person(actor=actor, clock=clock, person=person)
        _filed(actor, clock, clue, made.person_id)
    return made


def link_filed(*, actor: Actor, clock: Clock, clue_id: UUID, person_id: UUID) -> Clue:
    """The file was opened another way (from a report card, by import): the clue ends with it."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        clue = find_clue(actor=actor, clue_id=clue_id, lock=True)
        if clue.state != ClueState.CONCLUDED:
            raise Conflict(_("还没有确诊结论，不能与档案关联。"), code="conflict.clue_state")
        if not Person.objects.filter(pk=person_id).exists():
            raise NotFound(code="not_found.person")
        _filed(actor, clock, clue, person_id)
    return clue


def _filed(actor: Actor, clock: Clock, clue: Clue, person_id: UUID) -> None:
    today = clock.today()
    clue.person_id, clue.state, clue.state_on, clue.filed_on = person_id, ClueState.FILED, today, today
    save_clue(clue)
    settle(clock=clock, kind=CLUE, subjects=[clue.pk])
    settle(clock=clock, kind=ENROLLED, subjects=[person_id])
    audit.record(
        actor=actor, clock=clock, action="file_clue", object_type="clue", object_id=clue.pk, place=clue.managing_code,
        detail={"person": str(person_id)},
    )  # fmt: skip
