"""Hand-overs: the list, and one with everything that changes hands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.models import User, VillageAssignment
from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.accounts.scope import reporting
from xinqiao.followup.models import Draft, Obligation, Standing, Visit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds, contains
from xinqiao.kernel.errors import NotFound
from xinqiao.places import queries as places
from xinqiao.places.models import Institution
from xinqiao.registry.models import Responsibility

from ..choices import HandOverState
from ..models import HandedPerson, HandOver, Portion
from ..sections import registered

#: Key of a count → what it counts, in the order of the paper. Sections of upper domains come after.
COUNTS: dict[str, Any] = {
    "people": _("服务对象"),
    "class_1": _("病情不稳定"),
    "class_2": _("基本稳定"),
    "class_3": _("稳定"),
    "class_0": _("未评"),
    "risk_3": _("危险性 3 级及以上"),
    "open": _("未完成的应访"),
    "overdue": _("其中已超期"),
    "unreviewed": _("待审核的随访"),
    "returned": _("被退回未更正的随访"),
    "drafts": _("未交的草稿"),
}


@dataclass(frozen=True, slots=True)
class Handed:
    """One person who changes hands."""

    person_id: UUID
    name: str
    village: str
    visit_class: str
    risk: int | None
    due_on: date | None
    successor_id: UUID | None


@dataclass(slots=True)
class HandOverPage:
    """One hand-over. `people` only for who may see their records; `counts` pairs of words and numbers, `as_of` whether
    they are frozen or of now."""

    hand_over: HandOver
    portions: list[Portion]
    people: list[Handed]
    counts: list[tuple[Any, int]]
    names: dict[str, str]
    users: dict[UUID, str]
    leads: list[Institution]
    missing: list[str]
    live: bool


def label_of(key: str) -> Any:
    """Words of a count."""
    upper = {one.key: one.label for one in registered()}
    return COUNTS.get(key) or upper.get(key, key)


def hand_overs_of(*, actor: Actor, limit: int = 100) -> list[HandOver]:
    """Those of the actor's area, or those the actor hands over or takes; open ones first. Two statements."""
    require(actor, Permission.TAKE_PART)
    mine = Q(leaver_id=actor.user_id) | Q(portions__successor_id=actor.user_id)
    if may(actor, Permission.ARRANGE_STAFF):
        lo, hi = bounds(actor.place)
        mine |= Q(place__gte=lo, place__lt=hi)
    rows = HandOver.objects.filter(mine).select_related("leaver").distinct()
    found = list(rows.order_by("-drawn_at")[:limit])
    return sorted(found, key=lambda one: one.state != HandOverState.OPEN)


def find(actor: Actor, hand_over_id: UUID) -> HandOver:
    """The hand-over when it is the actor's to see; NotFound otherwise."""
    require(actor, Permission.TAKE_PART)
    found = HandOver.objects.select_related("leaver").filter(pk=hand_over_id).first()
    if found is None:
        raise NotFound(code="not_found.hand_over")
    arranges = may(actor, Permission.ARRANGE_STAFF) and contains(actor.place, found.place)
    takes = found.leaver_id == actor.user_id or found.portions.filter(successor_id=actor.user_id).exists()
    if not arranges and not takes:
        raise NotFound(code="not_found.hand_over")
    return found


def leaver_people(leaver_id: UUID) -> dict[UUID, str]:
    """Person → village, of everybody the account answers for now, as far as the scope shows. One statement."""
    rows = Responsibility.objects.filter(
        worker_id=leaver_id, kind="responsible", valid_to=None, voided_at=None
    )
    return dict(rows.values_list("person_id", "managing_code"))


def villages_of(leaver_id: UUID, today: date) -> list[str]:
    """Villages that need a successor: those served today and those somebody lives in."""
    served = VillageAssignment.objects.filter(user_id=leaver_id, covers=None).filter(
        Q(valid_to=None) | Q(valid_to__gt=today)
    )
    return sorted({*served.values_list("division_code", flat=True), *leaver_people(leaver_id).values()})


def counts_of(leaver: User, people: Sequence[UUID], today: date) -> dict[str, int]:
    """Every number of the hand-over as it is now. Called inside the scope of who arranges it; drafts, which only their
    author may read, are counted by the report role."""
    standing = Standing.objects.filter(person_id__in=people)
    by_class = dict(
        standing.order_by().values("visit_class").annotate(n=Count("id")).values_list("visit_class", "n")
    )
    due = Obligation.objects.filter(person_id__in=people, outcome="open")
    own = Visit.objects.filter(
        Q(visited_by=leaver.pk) | Q(recorded_by=leaver.pk),
        voided_at=None,
        superseded=False,
        person_id__in=people,
    )
    with reporting():
        drafts = Draft.objects.using("report").filter(user_id=leaver.pk).count()
    found = {
        "people": len(people),
        "class_1": by_class.get("1", 0),
        "class_2": by_class.get("2", 0),
        "class_3": by_class.get("3", 0),
        "class_0": by_class.get("", 0),
        "risk_3": standing.filter(risk__gte=3).count(),
        "open": due.count(),
        "overdue": due.filter(due_on__lt=today).count(),
        "unreviewed": own.filter(review_status="0").exclude(entry_mode="import").count(),
        "returned": own.filter(review_status="2").count(),
        "drafts": drafts,
    }
    return found | {one.key: one.count(leaver.pk, people, today) for one in registered()}


def people_rows(people: dict[UUID, str], successors: dict[str, UUID]) -> list[Handed]:
    """Everybody who would change hands, gravest first."""
    from xinqiao.registry.models import Person

    standing = {s.person_id: s for s in Standing.objects.filter(person_id__in=people)}
    rows = []
    for person in Person.objects.filter(pk__in=people):
        now = standing.get(person.pk)
        rows.append(
            Handed(
                person.pk, person.name, person.managing_code, now.visit_class if now else "",
                now.risk if now else None, now.due_on if now else None, successors.get(person.managing_code),
            )
        )  # fmt: skip
    return sorted(rows, key=lambda one: (one.village, -(one.risk or 0), one.visit_class or "9", one.name))


def hand_over_page(*, actor: Actor, hand_over_id: UUID, today: date) -> HandOverPage:
    """One hand-over. Who arranges it or leaves sees the people; who takes over sees numbers until it is completed."""
    found = find(actor, hand_over_id)
    portions = list(found.portions.select_related("successor").order_by("village"))
    successors = {one.village: one.successor_id for one in portions}
    arranges = may(actor, Permission.ARRANGE_STAFF) and contains(actor.place, found.place)
    live = found.state == HandOverState.OPEN and (arranges or found.leaver_id == actor.user_id)
    missing: list[str] = []
    if live:
        now = leaver_people(found.leaver_id)
        people = people_rows(now, successors)
        counts = counts_of(found.leaver, list(now), today) if arranges else found.counts
        missing = sorted(set(villages_of(found.leaver_id, today)) - set(successors)) if arranges else []
    else:
        people = [
            Handed(r.person_id, r.person.name, r.managing_code, r.visit_class, r.risk, r.due_on, r.successor_id)
            for r in HandedPerson.objects.filter(hand_over=found).select_related("person").order_by("managing_code", "-risk")
        ]  # fmt: skip
        counts = found.final_counts or found.counts
    ids = {found.drawn_by, found.leaver_confirmed_by, found.ended_by} | {one.confirmed_by for one in portions}
    users = dict(User.objects.filter(pk__in={one for one in ids if one}).values_list("pk", "display_name"))
    return HandOverPage(
        hand_over=found,
        portions=portions,
        people=people,
        counts=[
            (label_of(key), counts[key])
            for key in [*COUNTS, *(k for k in counts if k not in COUNTS)]
            if key in counts
        ],
        names=places.short_names({*successors, *(one.village for one in people), *missing, found.place}),
        users=users | {one.successor_id: one.successor.display_name for one in portions},
        leads=list(Institution.objects.filter(in_charge_id=found.leaver_id, valid_to=None)),
        missing=missing,
        live=live and arranges,
    )
