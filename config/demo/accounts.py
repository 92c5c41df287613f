"""The demo accounts: one for every role that has a page, some of them neighbours."""

from __future__ import annotations

from dataclasses import dataclass

from xinqiao.accounts.models import User, VillageAssignment
from xinqiao.kernel.terms import ROLE_LABELS, Role
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution
from xinqiao.places.queries import short_names

from .ground import (
    CITY,
    COUNTY,
    JINGUI,
    LIGANG,
    LIGANG_VILLAGE,
    MINLE,
    OTHER_COUNTY,
    OTHER_TOWNSHIP,
    PANCHANG,
    PROVINCE,
    SINCE,
)


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account; the password is shown on the screen, since the demo is on this machine and about nobody."""

    username: str
    password: str
    display_name: str
    role: Role
    place: str
    villages: tuple[str, ...] = ()
    institution: str = ""
    in_charge: bool = False


ACCOUNTS: tuple[Account, ...] = (
    Account("xian", "qiao-xian-1", "何静", Role.COUNTY_OFFICE, COUNTY, in_charge=True),
    Account("ligang1", "qiao-zhen-1", "马晓燕", Role.TOWNSHIP_WORKER, LIGANG, in_charge=True),
    Account("ligang2", "qiao-zhen-2", "李建平", Role.TOWNSHIP_WORKER, LIGANG),
    Account("jingui", "qiao-zhen-3", "杨秀兰", Role.TOWNSHIP_WORKER, JINGUI, in_charge=True),
    Account(
        "minle", "qiao-cun-1", "王海东", Role.VILLAGE_DOCTOR, MINLE, (LIGANG_VILLAGE, MINLE), in_charge=True
    ),
    Account("panchang", "qiao-cun-2", "丁玉梅", Role.VILLAGE_DOCTOR, PANCHANG, (PANCHANG,), in_charge=True),
    Account("yiyuan", "qiao-yiyuan-1", "沈文", Role.HOSPITAL_DOCTOR, COUNTY, institution="hospital"),
    Account("paichusuo", "qiao-suo-1", "高磊", Role.POLICE, LIGANG, institution="police"),
    Account("shi", "qiao-shi-1", "周明", Role.CITY_OFFICE, CITY),
    Account("sheng", "qiao-sheng-1", "郑文", Role.PROVINCE_OFFICE, PROVINCE),
    Account("yewu", "qiao-yewu-1", "孙丽", Role.PROGRAMME_ADMIN, COUNTY),
    Account("guanli", "qiao-guanli-1", "赵强", Role.SYSTEM_ADMIN, COUNTY),
    Account("shenji", "qiao-shenji-1", "吴敏", Role.AUDITOR, COUNTY),
    Account("linxian", "qiao-lin-1", "陈刚", Role.COUNTY_OFFICE, OTHER_COUNTY, in_charge=True),
    Account("linzhen", "qiao-lin-2", "刘芳", Role.TOWNSHIP_WORKER, OTHER_TOWNSHIP, in_charge=True),
)
#: Who is in charge of the township hospitals without a printed account: nobody signs in as them, but nobody on the
#: register may be without a responsible worker.
LEADERS = (
    "张文博", "刘慧", "马建国", "王雪", "李志远", "杨帆", "赵丽娟", "田军", "丁晓梅", "吴海燕", "白玉", "金辉",
    "何伟", "罗敏", "苏明", "郭静",
)  # fmt: skip
#: Who imports each county's register, and whose desk is shown at work.
COUNTY_ACCOUNT, OTHER_ACCOUNT = "xian", "linxian"
TOWNSHIP_ACCOUNTS = ("ligang1", "jingui")


def is_seeded() -> bool:
    """Whether the demo's accounts are there."""
    return User.objects.filter(is_demo=True).exists()


def make_accounts(institutions: dict[str, Institution]) -> dict[str, User]:
    users: dict[str, User] = {}
    for account in ACCOUNTS:
        institution = institutions.get(account.institution or account.place)
        user = User.objects.create_user(
            username=account.username,
            password=account.password,
            display_name=account.display_name,
            role=account.role,
            place=account.place,
            institution=institution,
            phone="19900000000",
            is_demo=True,
            must_change_password=False,
        )
        VillageAssignment.objects.bulk_create(
            VillageAssignment(user=user, division_code=code, valid_from=SINCE) for code in account.villages
        )
        served = [institutions[code] for code in account.villages or (account.place,) if code in institutions]
        if account.in_charge:
            Institution.objects.filter(pk__in=[one.pk for one in served]).update(in_charge_id=user.pk)
        users[account.username] = user
    _put_leaders_in_charge(institutions)
    return users


def _put_leaders_in_charge(institutions: dict[str, Institution]) -> None:
    hospitals = Institution.objects.filter(
        pk__in=[one.pk for one in institutions.values()],
        kind=InstitutionKind.TOWNSHIP_HOSPITAL,
        in_charge_id=None,
    )
    for index, hospital in enumerate(hospitals.order_by("place")):
        name = LEADERS[index % len(LEADERS)]
        user = User.objects.create_user(
            username=f"fuze{index + 1}",
            password=None,
            display_name=name,
            role=Role.TOWNSHIP_WORKER,
            place=hospital.place,
            institution=hospital,
            phone="19900000000",
            is_demo=True,
            must_change_password=False,
        )
        hospital.in_charge_id = user.pk
        hospital.save(update_fields=["in_charge_id"])


def accounts_table() -> list[tuple[str, str, str, str, str]]:
    """(role, name, place, username, password) of every demo account, for the screen."""
    wanted = {code for account in ACCOUNTS for code in (account.villages or (account.place,))}
    names = short_names(wanted)
    return [
        (
            ROLE_LABELS[account.role],
            account.display_name,
            "、".join(names.get(code, code) for code in (account.villages or (account.place,))),
            account.username,
            account.password,
        )
        for account in ACCOUNTS
    ]
