"""Look-ups that wait for somebody: handed in by village doctors, and those that led to no file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.ids import read_uuid
from xinqiao.kernel.masks import mask_id, mask_phone
from xinqiao.places import queries as places

from ..models import Guardian, Identifier, Inquiry, LookUp

SHOWN = 50
#: Look-ups are reviewed as far back as this; a file is expected to follow within a few days.
REVIEWED_DAYS, DAYS_FOR_A_FILE = 180, 7


@dataclass(frozen=True, slots=True)
class Asked:
    """One question handed in. `about` is masked: enough to know which paper on the desk it was."""

    id: UUID
    asked_at: datetime
    who: str
    phone: str
    place: str
    by: str
    about: str
    answer: str = ""
    note: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LookedUpOnce:
    """One look-up that led to no file: who asked, when, and whether somebody was found."""

    id: UUID
    asked_at: datetime
    who: str
    role: str
    where: str
    by: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ToReview:
    """A portion, newest first; `by_account` counts all that wait per account, most first."""

    rows: Sequence[LookedUpOnce] = field(default_factory=list)
    by_account: Sequence[tuple[str, int]] = field(default_factory=list)
    after: str = ""


def inquiries(*, actor: Actor, answered: bool = False) -> list[Asked]:
    """Questions of the actor's area: the open ones oldest first, or the last answered. Three statements."""
    require(actor, Permission.REGISTER_PERSON)
    rows = Inquiry.objects.exclude(answered_at=None) if answered else Inquiry.objects.filter(answered_at=None)
    return _asked(list(rows.order_by("-answered_at" if answered else "asked_at")[:SHOWN]))


def own_inquiries(*, actor: Actor) -> list[Asked]:
    """What the actor handed in and has not put away, newest first."""
    require(actor, Permission.LOOK_UP_REGISTERED)
    rows = Inquiry.objects.filter(asked_by=actor.user_id, seen_at=None)
    return _asked(list(rows.order_by("-asked_at")[:SHOWN]))


def find_inquiry(*, actor: Actor, inquiry_id: UUID) -> Asked:
    """One question of the actor's area; NotFound otherwise."""
    require(actor, Permission.REGISTER_PERSON)
    rows = _asked(list(Inquiry.objects.filter(pk=inquiry_id)))
    if not rows:
        raise NotFound(code="not_found.inquiry")
    return rows[0]


def _asked(rows: list[Inquiry]) -> list[Asked]:
    users = User.objects.in_bulk({row.asked_by for row in rows})
    names = places.short_names(row.managing_code for row in rows)
    made = []
    for row in rows:
        user = users.get(row.asked_by)
        made.append(
            Asked(
                row.pk, row.asked_at, user.display_name if user else "", user.phone if user else "",
                names.get(row.managing_code, row.managing_code), row.by, _about(row.asked), row.answer,
                row.answer_note, row.answered_at,
            )
        )  # fmt: skip
    return made


def _about(sealed: str) -> str:
    asked = json.loads(sealed) if sealed else {}
    if asked.get("id_number"):
        return mask_id(asked["id_number"])
    words = [asked.get("name", ""), asked.get("birth_on", ""), mask_phone(asked.get("guardian_phone", ""))]
    return " ".join(one for one in words if one)


def look_ups_to_review(*, actor: Actor, today: date, after: str = "") -> ToReview:
    """Look-ups of the county's accounts that no file followed within some days, and that nobody reviewed. Somebody found
    in the asker's own area needs no new file and is left out. Four statements."""
    require(actor, Permission.CORRECT_RECORD)
    lo, hi = bounds(actor.place)
    same = {"recorded_at__gte": OuterRef("asked_at")}
    rows = (
        LookUp.objects.filter(
            place__gte=lo, place__lt=hi, reviewed_at=None, inquiry_id=None,
            asked_on__gte=today - timedelta(days=REVIEWED_DAYS),
            asked_on__lte=today - timedelta(days=DAYS_FOR_A_FILE),
        )
        .exclude(outcome="here")
        .filter(~Exists(Identifier.objects.filter(number_hash=OuterRef("about_hash"), **same)))
        .filter(~Exists(Guardian.objects.filter(phone_hash=OuterRef("about_hash"), **same)))
    )  # fmt: skip
    accounts: dict[UUID, int] = {}
    for user_id in rows.values_list("user_id", flat=True)[:5000]:
        accounts[user_id] = accounts.get(user_id, 0) + 1
    key = read_uuid(after)
    last = LookUp.objects.filter(pk=key).first() if key is not None else None
    if last is not None:
        rows = rows.filter(Q(asked_at__lt=last.asked_at) | Q(asked_at=last.asked_at, id__lt=last.pk))
    shown = list(rows.order_by("-asked_at", "-id")[: SHOWN + 1])
    more, shown = len(shown) > SHOWN, shown[:SHOWN]
    users = User.objects.select_related("institution").in_bulk({*accounts, *(row.user_id for row in shown)})
    made = []
    for row in shown:
        user = users.get(row.user_id)
        where = user.institution.name if user and user.institution else places.short_name(row.place)
        outcome = row.outcome or ("elsewhere" if row.found else "none")
        made.append(
            LookedUpOnce(
                row.pk, row.asked_at, user.display_name if user else "", user.role if user else "", where, row.by, outcome
            )
        )  # fmt: skip
    counted = sorted(
        ((users[pk].display_name if pk in users else "—", count) for pk, count in accounts.items()),
        key=lambda one: -one[1],
    )
    return ToReview(made, counted, str(shown[-1].pk) if more else "")
