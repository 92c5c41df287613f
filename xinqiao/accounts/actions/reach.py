"""What every act on an account asks first: is it the actor's to manage, and who is the last one who could."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds
from xinqiao.kernel.errors import Invalid, NotAllowed, NotFound, Problem
from xinqiao.kernel.terms import Role
from xinqiao.places.models import Institution

from ..models import User
from ..permissions import Permission, require
from ..queries import looks_after
from ..rules import PASSWORD_LENGTH, PASSWORD_SIGNS

audit.register_actions(
    {
        "create_account": "开通账号",
        "change_account": "变更账号",
        "set_villages": "变更负责的村",
        "stand_in": "安排代班",
        "end_cover": "结束代班",
        "reset_password": "重置密码",
        "unlock_account": "解除锁定",
        "close_account": "停用账号",
        "reopen_account": "恢复账号",
    }
)


def own_account(actor: Actor, user_id: UUID) -> User:
    """The account, locked, when it is the actor's to manage. NotFound for a foreign one, NotAllowed for the own one."""
    require(actor, Permission.MANAGE_USERS)
    rows = User.objects.select_for_update(of=("self",)).select_related("institution")
    found = rows.filter(pk=user_id).first()
    if found is None or not looks_after(actor, found):
        raise NotFound(code="not_found.account")
    if found.pk == actor.user_id:
        raise NotAllowed(_("自己的账号由别人管理。"), code="not_allowed.own_account")
    return found


def keep_one(user: User) -> None:
    """Invalid when this is the last working account that can manage others at its place."""
    if user.role not in (Role.COUNTY_OFFICE, Role.SYSTEM_ADMIN) or not user.is_active:
        return
    lo, hi = bounds(user.place)
    others = User.objects.filter(
        role=user.role, is_active=True, place__gte=lo, place__lt=hi, place=user.place
    )
    if not others.exclude(pk=user.pk).exists():
        text = _("这是本地最后一个在用的此类账号，请先开通另一个，再停用或变更它。")
        raise Invalid([Problem("role", "last", text)])


def first_password() -> str:
    """A password to be used once: it says nothing about anybody and reads well on paper."""
    return "".join(secrets.choice(PASSWORD_SIGNS) for _sign in range(PASSWORD_LENGTH))


def in_charge_of(user_id: UUID) -> list[Institution]:
    """Open institutions whose person in charge this account is."""
    return list(Institution.objects.filter(in_charge_id=user_id, valid_to=None))


def refuse(problems: Iterable[Problem]) -> None:
    """Invalid when there is anything wrong."""
    if found := list(problems):
        raise Invalid(found)
