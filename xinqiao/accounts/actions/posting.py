"""Changing what an account is: name, role, place, institution, until when."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import SHANGHAI, Clock
from xinqiao.kernel.errors import Invalid, NotAllowed, Problem
from xinqiao.kernel.terms import Role
from xinqiao.places import actions as places

from ..leaving import burdens_of
from ..models import Posting, User, VillageAssignment
from ..rules import manages
from .entry import AccountChange, common_faults, institution_for
from .reach import in_charge_of, keep_one, own_account, refuse


def change_account(*, actor: Actor, clock: Clock, user_id: UUID, change: AccountChange) -> User:
    """Change the account from today on; a changed role or place is kept as a dated posting.

    Refused while the account answers for people and its place or role changes: they are handed over first.
    """
    today = clock.today()
    with transaction.atomic():
        user = own_account(actor, user_id)
        if not manages(actor, role=change.role, place=change.place):
            raise NotAllowed(_("不能变更为这一级的账号。"), code="not_allowed.account_level")
        refuse(
            common_faults(
                change.display_name,
                change.role,
                change.place,
                change.villages,
                change.valid_until,
                change.phone,
                today,
                actor.place,
            )
        )
        moved = (user.role, user.place) != (change.role.value, change.place)
        if moved:
            _may_move(user)
            keep_one(user)
            _keep_posting(user, actor, today)
        before = {"role": user.role, "place": user.place}
        institution = institution_for(change.institution_id, change.place, change.role, actor.place)
        # Whoever goes elsewhere or does other work serves no longer what was served besides.
        ended, user.further_places = (user.further_places, []) if moved else ([], user.further_places)
        user.display_name, user.phone = change.display_name.strip(), change.phone.strip()
        user.role, user.place, user.institution = change.role.value, change.place, institution
        user.valid_until = change.valid_until or user.valid_until
        user.save(
            update_fields=[
                "display_name", "phone", "role", "place", "further_places", "institution", "valid_until",
            ]
        )  # fmt: skip
        _serve(user, change, today)
        audit.record(
            actor=actor, clock=clock, action="change_account", object_type="user", object_id=user.pk, place=user.place,
            detail=({"before": before, "role": user.role} if moved else {}) | ({"ended": ended} if ended else {}),
        )  # fmt: skip
        if change.in_charge and institution is not None:
            places.put_in_charge(actor=actor, clock=clock, institution_id=institution.pk, user_id=user.pk)
    return user


def _may_move(user: User) -> None:
    people = burdens_of([user.pk]).get(user.pk, 0)
    if people:
        text = _("还负责 %(n)s 名服务对象，请先办交接单，再变更角色或地方。")
        raise Invalid([Problem("place", "burdened", text % {"n": people})])
    if led := in_charge_of(user.pk):
        text = _("还是“%(name)s”的负责人，请先指定新的负责人。")
        raise Invalid([Problem("place", "in_charge", text % {"name": led[0].name})])


def _keep_posting(user: User, actor: Actor, today: date) -> None:
    last = user.postings.order_by("-valid_to").first()
    since = last.valid_to if last else user.created_at.astimezone(SHANGHAI).date()
    Posting.objects.create(
        user=user,
        role=user.role,
        place=user.place,
        institution_id=user.institution_id,
        valid_from=min(since, today),
        valid_to=today,
        changed_by=actor.user_id,
    )


def _serve(user: User, change: AccountChange, today: date) -> None:
    """Villages as they shall be from today: those gone end today, new ones begin."""
    from .serving import settle

    settle(user, set(change.villages) if change.role is Role.VILLAGE_DOCTOR else set(), today)
    if change.role is not Role.VILLAGE_DOCTOR:
        VillageAssignment.objects.filter(user=user, valid_from__gt=today).delete()
