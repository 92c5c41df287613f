"""A village doctor's quarter, counted from the records. Class, risk and speed are not among the figures: nobody is paid
for calling somebody unstable, or for being quick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, may
from xinqiao.accounts.scope import reporting
from xinqiao.followup.models import Review, Visit, VisitAttempt
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds, contains, township_of
from xinqiao.kernel.errors import NotAllowed, NotFound
from xinqiao.kernel.terms import Role

from ..models import WorkAppeal, WorkLine, WorkRecord
from ..rules import Quarter

#: Key → words, in the order of the paper.
FIGURES: dict[str, Any] = {
    "done": _("完成随访（次）"),
    "people": _("随访到的人（人）"),
    "face": _("其中面访（次）"),
    "phone": _("其中电话（次）"),
    "qualified": _("审核合格（次）"),
    "waiting": _("待审核（次）"),
    "returned": _("被退回（次）"),
    "open_returned": _("其中尚未更正（次）"),
    "late": _("逾期（次）"),
    "attempts": _("未联系上（次）"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One visit somebody may ask about."""

    person_id: UUID
    visit_id: UUID
    managing_code: str
    visit_date: Any
    kind: str
    reason: str


def _visits(doctor_id: UUID, quarter: Quarter, using: str = "default") -> Any:
    return Visit.objects.using(using).filter(
        visited_by=doctor_id, visit_date__gte=quarter.first, visit_date__lt=quarter.after, voided_at=None
    )


def _returned(doctor_id: UUID, quarter: Quarter, using: str = "default") -> Any:
    """Decisions that sent a visit back, also when it was amended since."""
    return Review.objects.using(using).filter(
        decision="2",
        visit__visited_by=doctor_id,
        visit__visit_date__gte=quarter.first,
        visit__visit_date__lt=quarter.after,
        visit__voided_at=None,
    )


def figures_of(doctor_id: UUID, quarter: Quarter) -> dict[str, int]:
    """The figures of a doctor's quarter as the records say now; check first who asks.

    Counted by the report role: visits of villages served then and no longer (leave cover, a change of villages) are work
    that was done. Four statements.
    """
    with reporting():
        return _counted(doctor_id, quarter)


def _counted(doctor_id: UUID, quarter: Quarter) -> dict[str, int]:
    standing = _visits(doctor_id, quarter, "report").filter(superseded=False)
    found: dict[str, int] = standing.aggregate(
        done=Count("id"),
        people=Count("person_id", distinct=True),
        face=Count("id", filter=Q(form__in=["1", "2"])),
        phone=Count("id", filter=Q(form="3")),
        qualified=Count("id", filter=Q(review_status="1")),
        waiting=Count("id", filter=Q(review_status="0")),
        open_returned=Count("id", filter=Q(review_status="2")),
        late=Count("id", filter=Q(timing="late")),
    )
    found["returned"] = _returned(doctor_id, quarter, "report").count()
    found["attempts"] = (
        VisitAttempt.objects.using("report")
        .filter(
            recorded_by=doctor_id,
            happened_on__gte=quarter.first,
            happened_on__lt=quarter.after,
            voided_at=None,
        )
        .count()
    )
    return {key: int(found[key]) for key in FIGURES}


def lines_of(doctor_id: UUID, quarter: Quarter) -> list[Line]:
    """Returned visits with the reviewer's words, then late ones, as far as the scope shows them. Two statements."""
    visits = _visits(doctor_id, quarter)
    returned = _returned(doctor_id, quarter).select_related("visit")
    lines = [
        Line(r.person_id, r.visit_id, r.managing_code, r.visit.visit_date, "returned", r.reason)
        for r in returned.order_by("visit__visit_date")
    ]
    late = visits.filter(superseded=False, timing="late").order_by("visit_date")
    return lines + [Line(v.person_id, v.pk, v.managing_code, v.visit_date, "late", "") for v in late]


@dataclass(slots=True)
class DoctorRow:
    """One doctor in the list of a quarter."""

    doctor: User
    record: WorkRecord | None


def doctors_of(*, actor: Actor, quarter: Quarter) -> list[DoctorRow]:
    """Village doctors of the area with the present version of the quarter, if there is one. Two statements."""
    if not may(actor, Permission.COUNTERSIGN_WORK):
        raise NotAllowed(code="not_allowed.countersign_work")
    lo, hi = bounds(actor.place)
    users = User.objects.filter(role=Role.VILLAGE_DOCTOR, place__gte=lo, place__lt=hi)
    records = {
        one.doctor_id: one
        for one in WorkRecord.objects.filter(
            year=quarter.year, quarter=quarter.number, place__gte=lo, place__lt=hi
        ).order_by("version")
    }
    users = users.filter(Q(is_active=True) | Q(pk__in=list(records))).order_by("place", "display_name")
    return [DoctorRow(user, records.get(user.pk)) for user in users]


def doctor(actor: Actor, doctor_id: UUID) -> User:
    """The doctor when the actor is this doctor or countersigns the area; NotFound otherwise."""
    found = User.objects.filter(pk=doctor_id, role=Role.VILLAGE_DOCTOR).first()
    if found is None:
        raise NotFound(code="not_found.doctor")
    own = found.pk == actor.user_id and may(actor, Permission.SIGN_OWN_WORK)
    if not own and not (
        may(actor, Permission.COUNTERSIGN_WORK) and contains(actor.place, township_of(found.place))
    ):
        raise NotFound(code="not_found.doctor")
    return found


@dataclass(slots=True)
class WorkPage:
    """One doctor's quarter. `record` None while nobody has signed: then figures and lines are of now."""

    doctor: User
    quarter: Quarter
    record: WorkRecord | None
    versions: list[WorkRecord]
    appeals: list[WorkAppeal]
    figures: dict[str, int]
    lines: list[Any]
    users: dict[UUID, str]


def work_page(*, actor: Actor, doctor_id: UUID, quarter: Quarter, version: int | None = None) -> WorkPage:
    """The present version, or the one asked for."""
    found = doctor(actor, doctor_id)
    versions = list(
        WorkRecord.objects.filter(doctor=found, year=quarter.year, quarter=quarter.number).order_by("version")
    )
    record = next((one for one in versions if one.version == version), None) or (
        versions[-1] if versions else None
    )
    appeals = list(WorkAppeal.objects.filter(record__in=versions).order_by("made_at"))
    lines: list[Any]
    if record is None:
        figures, lines = figures_of(found.pk, quarter), [*lines_of(found.pk, quarter)]
    else:
        figures = record.figures
        lines = list(WorkLine.objects.filter(record=record).order_by("-kind", "visit_date"))
    ids = {one.agreed_by for one in versions} | {one.answered_by for one in appeals}
    users = dict(User.objects.filter(pk__in={one for one in ids if one}).values_list("pk", "display_name"))
    return WorkPage(found, quarter, record, versions, appeals, figures, lines, users)
