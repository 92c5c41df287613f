"""What somebody's answers to the offer of service allow on a day: which service, which sharing, and what never hangs on it.

The newest answer up to the day speaks (later day; of one day the one recorded later; of one moment the refusal). Where the
law reports without consent (依法报告) the notice is a basis of its own, never an "agreed"; whether routine service may follow
without consent is a dated rule of the place (`registry/service_without_consent`), handed in as `without_consent`.

Nothing here hides anything from the responsible worker: safety, emergency and statutory data stay readable under every
answer, and while somebody is in danger what is owed for safety stays (`visits_owed`). Clauses: N18/consent, MHL/report-by-law, OWN/service-without-consent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class GivenAnswer(Protocol):
    """An answer or a legal basis as the rules read it; voided ones are left out by the caller."""

    @property
    def basis(self) -> str: ...

    @property
    def decision(self) -> str: ...

    @property
    def happened_on(self) -> date: ...

    @property
    def recorded_at(self) -> datetime: ...


class Standing(StrEnum):
    """What may be done."""

    FULL = "full"  # agreed: all service
    LIMITED = "limited"  # refused or withdrawn: only what safety, an emergency or the law asks for
    STATUTORY = "statutory"  # reported by law and told of it: service follows without consent
    UNASKED = "unasked"  # nobody has asked yet: offer the service and ask


class Sharing(StrEnum):
    """What for something is told to somebody outside the responsible institution."""

    SAFETY = "safety"  # danger to oneself or others: police, care group
    EMERGENCY = "emergency"  # help under way
    STATUTORY = "statutory"  # reports, the national system, hand-over to the next institution
    HELP = "help"  # care group, village committee: what help is needed
    AID = "aid"  # civil affairs, disabled persons' federation: subsidies and aid
    REHAB = "rehab"  # community rehabilitation


#: What hangs on no answer.
ALWAYS: frozenset[Sharing] = frozenset({Sharing.SAFETY, Sharing.EMERGENCY, Sharing.STATUTORY})
#: Who receives what (the sharing matrix) → what it serves.
SERVES: Mapping[str, Sharing] = {
    "police": Sharing.SAFETY,
    "ambulance": Sharing.EMERGENCY,
    "national": Sharing.STATUTORY,
    "transfer": Sharing.STATUTORY,
    "care_group": Sharing.HELP,
    "village": Sharing.HELP,
    "civil": Sharing.AID,
    "disabled": Sharing.AID,
    "rehab": Sharing.REHAB,
}


@dataclass(frozen=True, slots=True)
class Service:
    """`standing`, and the answer behind it: "agreed", "refused", "withdrawn" or "" when nobody was asked; `since` the day of
    that answer; `noticed_on` the day of the newest notice by law; `lawful` whether the service counts as lawful."""

    standing: Standing
    answer: str = ""
    since: date | None = None
    noticed_on: date | None = None

    @property
    def lawful(self) -> bool:
        """Whether service given now rests on consent or on a legal basis (counted as 在管 only then)."""
        return self.standing in {Standing.FULL, Standing.STATUTORY}

    @property
    def visits(self) -> bool:
        """Whether routine visits are arranged. Nobody asked yet: the visit is where one asks."""
        return self.standing is not Standing.LIMITED

    @property
    def said_no(self) -> bool:
        """Whether the last answer was no, whatever the law allows without it."""
        return self.answer in {"refused", "withdrawn"}

    def shares(self, purpose: Sharing) -> bool:
        """Whether something may be told for this purpose: always what safety and the law ask for, else only what was agreed."""
        return purpose in ALWAYS or self.answer == "agreed"

    def visits_owed(self, *, in_danger: bool) -> bool:
        """Whether visits are owed: as arranged, and always while the person is unstable or at level 3 or more."""
        return self.visits or in_danger


def newest_answer(answers: Iterable[GivenAnswer], day: date) -> GivenAnswer | None:
    """The answer (not the notice) that speaks on `day`."""
    asked = [one for one in answers if one.basis == "consent" and one.happened_on <= day]
    return max(asked, key=lambda one: (one.happened_on, one.recorded_at, one.decision == "0"), default=None)


def service_on(answers: Iterable[GivenAnswer], day: date, *, without_consent: bool = True) -> Service:
    """What holds at the end of `day`."""
    known = [one for one in answers if one.happened_on <= day]
    noticed = max((one.happened_on for one in known if one.basis == "statutory"), default=None)
    newest = newest_answer(known, day)
    answer, since = "", noticed
    if newest is not None:
        withdrawn = bool(getattr(newest, "withdrawn", False))
        answer = "agreed" if newest.decision == "1" else "withdrawn" if withdrawn else "refused"
        since = newest.happened_on
    if noticed is not None and without_consent:
        standing = Standing.STATUTORY
    elif answer == "agreed":
        standing = Standing.FULL
    else:
        standing = Standing.LIMITED if answer else Standing.UNASKED
    return Service(standing, answer, since, noticed)


def turns(
    answers: Iterable[GivenAnswer], without_consent: Callable[[date], bool] = lambda day: True
) -> list[tuple[date, bool]]:
    """For each day with an answer or notice: whether routine visits are arranged from then on, oldest first. An answer is
    judged by the rule of its own day."""
    known = list(answers)
    days = sorted({one.happened_on for one in known})
    return [(day, service_on(known, day, without_consent=without_consent(day)).visits) for day in days]
