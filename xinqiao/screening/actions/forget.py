"""What came to nothing is forgotten: identifying data of closed clues goes after the configured time; numbers stay."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from xinqiao.accounts.scope import as_system
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import NATION, ancestors
from xinqiao.kernel.periods import add_months
from xinqiao.policy import current

from ..choices import ClueState
from ..clocks import CLUE, REVIEW
from ..models import Clue, ClueAct, Rediagnosis, RoundPerson

#: Columns of a clue that say who; emptied. What remains: number, village, items, days, states.
EMPTIED: dict[str, Any] = {
    "name": "", "name_key": "", "description": "", "sex": "", "age": None, "birth_on": None, "id_number": "",
    "id_hash": None, "phone": "", "phone_hash": None, "address": "", "guardian_name": "", "guardian_phone": "",
    "informant_name": "", "informant_relation": "", "informant_phone": "", "facts": "", "different_because": "",
    "close_note": "", "person_id": None, "asked": "", "vagrant": False,
}  # fmt: skip
#: The same of a question to a psychiatrist.
EMPTIED_QUESTION: dict[str, Any] = {
    "name": "", "sex": "", "age": None, "id_number": "", "address": "", "phone": "", "guardian_name": "",
    "guardian_phone": "", "question": "", "advice": "", "icd10": "", "category": "", "returned_reason": "",
    "shared_codes": [],
}  # fmt: skip


def forget_closed(*, clock: Clock, place: str = NATION) -> int:
    """Empty the clues of a place that were closed long enough ago (`screening/retention`). Runs every night; again is no harm.

    How many were emptied. One line of the trail each, with ids only.
    """
    today, now, count = clock.today(), clock.now(), 0
    with transaction.atomic(), as_system(place):
        closed = Clue.objects.filter(state=ClueState.CLOSED, erased_at=None).order_by("id")
        for clue in closed.select_for_update(skip_locked=True):
            rule = current().at("screening/retention", on=today, ancestors=ancestors(clue.managing_code))
            if clue.closed_on is None or add_months(clue.closed_on, rule.value["closed_months"]) > today:
                continue
            for key, value in EMPTIED.items():
                setattr(clue, key, value)
            clue.erased_at = now
            clue.save()
            ClueAct.objects.filter(clue=clue).update(note="")
            asked = list(Rediagnosis.objects.filter(clue=clue).values_list("pk", flat=True))
            Rediagnosis.objects.filter(clue=clue).update(erased_at=now, **EMPTIED_QUESTION)
            RoundPerson.objects.filter(clue=clue).update(note="")
            # A clock names the person whom a clue turned out to be, and stands in the hospital's sight: it forgets as well.
            settle(clock=clock, kind=CLUE, subjects=[clue.pk])
            settle(clock=clock, kind=REVIEW, subjects=asked)
            audit.record(
                actor=None, clock=clock, action="forget_clue", object_type="clue", object_id=clue.pk,
                place=clue.managing_code,
            )  # fmt: skip
            count += 1
    return count
