"""Opening an account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import ancestors, bounds, contains, township_of
from xinqiao.kernel.errors import NotAllowed, Problem
from xinqiao.kernel.terms import SHARED_ROLES, Role
from xinqiao.places import actions as places
from xinqiao.places import queries
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution

from ..models import User, VillageAssignment
from ..permissions import Permission, require
from ..rules import latest_end, manages, stands_right, username_fault
from .reach import first_password, refuse


@dataclass(frozen=True, slots=True)
class AccountChange:
    """How an account shall be from today on. `place` 12 digits; `villages` for a village doctor (the place is one of them)."""

    display_name: str
    role: Role
    place: str
    institution_id: UUID | None = None
    villages: tuple[str, ...] = ()
    phone: str = ""
    valid_until: date | None = None
    in_charge: bool = False


@dataclass(frozen=True, slots=True)
class NewAccount(AccountChange):
    """An account to open."""

    username: str = field(kw_only=True)


def create_account(*, actor: Actor, clock: Clock, new: NewAccount) -> tuple[User, str]:
    """Open the account and give its first password, which is kept nowhere and must be changed at the first sign-in.

    NotAllowed for a role or place that is not the actor's to give; Invalid with a problem per field.
    """
    require(actor, Permission.MANAGE_USERS)
    if not manages(actor, role=new.role, place=new.place):
        raise NotAllowed(_("不能开通这一级的账号。"), code="not_allowed.account_level")
    today = clock.today()
    with transaction.atomic():
        refuse(_faults(new, today, actor.place))
        institution = institution_for(new.institution_id, new.place, new.role, actor.place)
        word = first_password()
        user = User.objects.create_user(
            username=new.username,
            password=word,
            display_name=new.display_name.strip(),
            role=new.role,
            place=new.place,
            institution=institution,
            phone=new.phone.strip(),
            valid_until=new.valid_until or latest_end(today),
        )
        if new.role is Role.VILLAGE_DOCTOR:
            VillageAssignment.objects.bulk_create(
                VillageAssignment(user=user, division_code=code, valid_from=today) for code in new.villages
            )
        audit.record(
            actor=actor, clock=clock, action="create_account", object_type="user", object_id=user.pk, place=user.place,
            detail={"role": new.role.value, "villages": list(new.villages)},
        )  # fmt: skip
        if new.in_charge and institution is not None:
            places.put_in_charge(actor=actor, clock=clock, institution_id=institution.pk, user_id=user.pk)
    return user, word


def _faults(new: NewAccount, today: date, within: str) -> Iterator[Problem]:
    fault = username_fault(new.username)
    if fault == "number":
        text = _("账号“%(name)s”像电话或证件号码，请换成拼音等不含个人号码的名字。")
        yield Problem("username", "number", text % {"name": new.username}, new.username)
    elif fault:
        text = _("账号“%(name)s”应为 3–30 个小写字母、数字或 . _ -，以字母开头，如 ligang-zhang。")
        yield Problem("username", "shape", text % {"name": new.username}, new.username)
    elif User.objects.filter(username=new.username).exists():
        text = _("账号“%(name)s”已有人用，请换一个，如 %(name)s2。")
        yield Problem("username", "taken", text % {"name": new.username}, new.username)
    yield from common_faults(
        new.display_name, new.role, new.place, new.villages, new.valid_until, new.phone, today, within
    )


def common_faults(
    display_name: str,
    role: Role,
    place: str,
    villages: tuple[str, ...],
    valid_until: date | None,
    phone: str,
    today: date,
    within: str,
) -> Iterator[Problem]:
    """What an account must fulfil whether it is new or changed. `within`: the place of who gives it."""
    if not display_name.strip():
        yield Problem("display_name", "missing", _("姓名没有填写。"))
    elif len(display_name.strip()) > 60:
        yield Problem("display_name", "long", _("姓名太长，最多 60 个字。"))
    if len(phone.strip()) > 30:
        yield Problem("phone", "long", _("工作电话太长，最多 30 个字符。"))
    codes = {place, *villages}
    if not stands_right(role, place):
        yield Problem("place", "level", _("这个角色的账号不设在这一级，请另选地方或角色。"), place)
    elif missing := codes - queries.existing(codes, today):
        listed = "、".join(sorted(missing))
        yield Problem("villages", "division", _("没有这些区划：%(codes)s。") % {"codes": listed}, listed)
    if role in SHARED_ROLES and institution_for(None, place, role, within) is None:
        text = _("“%(place)s”没有登记相应的机构（专科医院或派出所），请先新增机构。")
        yield Problem("institution", "missing", text % {"place": queries.short_name(place)}, place)
    if role is Role.VILLAGE_DOCTOR:
        if not villages:
            yield Problem("villages", "missing", _("村医至少要负责一个村，请勾选。"))
        elif any(not contains(township_of(place), code) for code in villages):
            yield Problem("villages", "outside", _("负责的村应在同一个乡镇。"))
    if valid_until is not None and not today <= valid_until <= latest_end(today):
        text = _("有效期至“%(day)s”应在今天到 %(end)s 之间。")
        day = valid_until.isoformat()
        yield Problem("valid_until", "range", text % {"day": day, "end": latest_end(today).isoformat()}, day)


def institution_for(given: UUID | None, place: str, role: Role, within: str) -> Institution | None:
    """The institution named, or the nearest open one at the place or above it up to the township (county). A hospital
    doctor belongs to a hospital, a police officer to a station, everybody else to neither.

    Such an account reads whatever is shared with its institution, from anywhere: so the institution itself must lie `within`
    the place of who gives the account, not only above the account's (`rules.standing_at` asks the same of one that is there).
    """
    rows = Institution.objects.filter(place__in=ancestors(place)[:2], valid_to=None)
    outside = {
        Role.HOSPITAL_DOCTOR: InstitutionKind.PSYCHIATRIC_HOSPITAL,
        Role.POLICE: InstitutionKind.POLICE_STATION,
    }
    if role in outside:
        lo, hi = bounds(within)
        rows = rows.filter(kind=outside[role], place__gte=lo, place__lt=hi)
    else:
        rows = rows.exclude(kind__in=outside.values())
    if given is not None:
        return rows.filter(pk=given).first() or rows.filter(place=place).first()
    return rows.order_by("-place").first()
