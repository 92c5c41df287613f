"""The people who work in the demo: doctors who visited, one who leaves, one on leave, a quarter that waits for a signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from xinqiao.accounts.models import User, VillageAssignment
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.followup.actions import review_visits
from xinqiao.followup.models import Visit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.terms import Role
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution
from xinqiao.staff.actions import (
    NewHandOver,
    NewLeave,
    agree_work,
    arrange_leave,
    confirm_hand_over,
    draw_up_hand_over,
    sign_work,
)
from xinqiao.staff.rules import quarter_of
from xinqiao.synth.model import PersonTruth

from .ground import LIGANG, LIGANG_VILLAGE, MINLE, SINCE

#: Two doctors of 立岗镇 without a printed account: one leaves, one is on leave and 王海东 stands in.
LEAVES, AWAY = "赵志强", "田淑芬"
RETURNED = "电话随访未写明与谁通话，请补充"
#: Visits of so many days back carry the name of who went.
DAYS_BACK = 400


def open_doctors(institutions: Mapping[str, Institution], users: dict[str, User]) -> None:
    """Village doctors for the first two clinics of 立岗镇 that no printed account leads."""
    clinics = sorted(
        code
        for code, one in institutions.items()
        if one.kind == InstitutionKind.VILLAGE_CLINIC
        and code.startswith(LIGANG[:9])
        and code not in (LIGANG_VILLAGE, MINLE)
    )
    for name, code, key in zip((LEAVES, AWAY), clinics, ("likai", "xiujia"), strict=False):
        user = User.objects.create_user(
            username=key, password=None, display_name=name, role=Role.VILLAGE_DOCTOR, place=code,
            institution=institutions[code], phone="19900000000", is_demo=True, must_change_password=False,
        )  # fmt: skip
        VillageAssignment.objects.create(user=user, division_code=code, valid_from=SINCE)
        Institution.objects.filter(pk=institutions[code].pk).update(in_charge_id=user.pk)
        users[key] = user


def who_went(users: Mapping[str, User], today: date) -> Mapping[str, tuple[UUID, date]]:
    """Village → (its doctor, since when visits carry the name)."""
    rows = VillageAssignment.objects.filter(user__in=users.values(), covers=None)
    return {row.division_code: (row.user_id, today - timedelta(days=DAYS_BACK)) for row in rows}


def run_the_office(people: Sequence[PersonTruth], users: Mapping[str, User], clock: Clock) -> None:
    """Reviews of the last two quarters, a hand-over that waits for its successor, leave from today."""
    head, doctor, today = actor_of(users["ligang1"], clock), users["minle"], clock.today()
    last = quarter_of(today).before
    _review(head, clock, doctor, last.before.first, last.after)
    with acting(head):
        if leaver := users.get("likai"):
            made = draw_up_hand_over(
                actor=head, clock=clock,
                new=NewHandOver(leaver.pk, {leaver.place: doctor.pk}, today, paper_files=_files(people, leaver)),
            )  # fmt: skip
            confirm_hand_over(
                actor=head, clock=clock, hand_over_id=made.pk, for_leaver=True, reason="本人已离岗，电话确认"
            )
        if away := users.get("xiujia"):
            new = NewLeave(away.pk, doctor.pk, today, today + timedelta(days=6))
            arrange_leave(actor=head, clock=clock, new=new)


def sign_quarters(users: Mapping[str, User], clock: Clock) -> None:
    """The quarter before last signed and countersigned, the last one signed."""
    head, doctor = actor_of(users["ligang1"], clock), actor_of(users["minle"], clock)
    last = quarter_of(clock.today()).before
    for quarter in (last.before, last):
        with acting(doctor):
            sign_work(actor=doctor, clock=clock, doctor_id=doctor.user_id, quarter=quarter)
    with acting(head):
        agree_work(actor=head, clock=clock, doctor_id=doctor.user_id, quarter=last.before)


def _files(people: Sequence[PersonTruth], leaver: User) -> int:
    return sum(1 for one in people if one.village == leaver.place)


def _review(head: Actor, clock: Clock, doctor: User, first: date, after: date) -> None:
    """All passed but two by telephone or, failing these, the last two."""
    with acting(head):
        rows = list(
            Visit.objects.filter(
                visited_by=doctor.pk,
                visit_date__gte=first,
                visit_date__lt=after,
                superseded=False,
                voided_at=None,
            )
            .order_by("-visit_date")
            .values_list("pk", "form")
        )
        back = [pk for pk, form in rows if form == "3"][:2] or [pk for pk, _form in rows][:2]
        passed = [pk for pk, _form in rows if pk not in back]
        for start in range(0, len(passed), 200):
            review_visits(actor=head, clock=clock, visit_ids=passed[start : start + 200], decision="1")
        if back:
            review_visits(actor=head, clock=clock, visit_ids=back, decision="2", reason=RETURNED)
