"""The code, and what it is good for: once, the county and the account of whoever sets it up."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.models import User
from xinqiao.accounts.rules import latest_end, username_fault
from xinqiao.audit import actions as audit
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import NATION, full_code
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.terms import Role
from xinqiao.places import actions as places
from xinqiao.places import tables
from xinqiao.places.cli import default_folder

from .. import rules
from ..models import OpeningCode

audit.register_actions(
    {
        "make_opening_code": "生成开通码",
        "opening_code_refused": "开通码被拒",
        "begin_deployment": "开通本县",
    }
)


def is_open() -> bool:
    """Whether the set-up pages are there at all: only while no account exists, on or off. One statement."""
    return not User.objects.exists()


def make_code(*, actor: None = None, clock: Clock) -> str:
    """A new code for the console; earlier ones end. NotFound once an account exists."""
    with transaction.atomic():
        if not is_open():
            raise NotFound(code="not_found.opening")
        code = rules.new_code()
        OpeningCode.objects.all().delete()
        made = OpeningCode.objects.create(
            digest=_digest(code), made_at=clock.now(), expires_at=clock.now() + rules.VALID
        )
        audit.record(
            actor=actor, clock=clock, action="make_opening_code", object_type="opening_code", object_id=made.pk,
            place=NATION,
        )  # fmt: skip
    return code


def check_code(*, actor: None = None, clock: Clock, typed: str) -> UUID | None:
    """The id of the code when it is the right one and still holds; None, counted and written down, for anything else.

    One answer for wrong, old, spent and none at all: nobody learns which.
    """
    with transaction.atomic():
        row = _live(clock)
        if row is not None and hmac.compare_digest(bytes(row.digest), _digest(typed)):
            return row.pk
        if row is not None:
            row.failures += 1
            row.save(update_fields=["failures"])
        audit.record(
            actor=actor, clock=clock, action="opening_code_refused", object_type="opening_code",
            object_id=row.pk if row else None, place=NATION,
        )  # fmt: skip
    return None


def holds(code_id: UUID | None, clock: Clock) -> bool:
    """Whether a code that was accepted a moment ago still holds."""
    if code_id is None or not is_open():
        return False
    return OpeningCode.objects.filter(pk=code_id, used_at=None, expires_at__gt=clock.now()).exists()


def begin_deployment(
    *,
    actor: None = None,
    clock: Clock,
    code_id: UUID,
    county: str,
    display_name: str,
    username: str,
    password: str,
    again: str,
) -> User:
    """Load the county (six digits) and open its system administrator's account, spending the code. NotFound when the code
    no longer holds or an account exists by now; Invalid with a problem per field."""
    with transaction.atomic():
        # Two people with the same code: the second waits here and then finds it used.
        row = OpeningCode.objects.select_for_update().filter(pk=code_id, used_at=None).first()
        if row is None or row.expires_at <= clock.now() or not is_open():
            raise NotFound(code="not_found.opening")
        if problems := list(_faults(county, display_name.strip(), username, password, again)):
            raise Invalid(problems)
        places.load_divisions(actor=None, clock=clock, prefixes=[county], source_folder=default_folder())
        user = User.objects.create_user(
            username=username,
            password=password,
            display_name=display_name.strip(),
            role=Role.SYSTEM_ADMIN,
            place=full_code(county),
            must_change_password=False,
            valid_until=latest_end(clock.today()),
        )
        row.used_at = clock.now()
        row.save(update_fields=["used_at"])
        audit.record(
            actor=actor, clock=clock, action="begin_deployment", object_type="user", object_id=user.pk,
            place=full_code(county),
        )  # fmt: skip
    return user


def _faults(county: str, name: str, username: str, password: str, again: str) -> Iterator[Problem]:
    if len(county) != 6 or not tables.name_of(county):
        yield Problem("county", "missing", _("请选择一个县（市、区）。"), county[:12])
    if not name:
        yield Problem("display_name", "missing", _("姓名没有填写。"))
    elif len(name) > 60:
        yield Problem("display_name", "long", _("姓名太长，最多 60 个字。"))
    if username_fault(username):
        text = _("账号“%(name)s”应为 3–30 个小写字母、数字或 . _ -，以字母开头，不用电话和证件号码。")
        yield Problem("username", "shape", text % {"name": username[:30]}, username[:30])
    if password != again:
        yield Problem("again", "differs", _("两次输入的密码不一致，请再输入一次。"))
    try:
        validate_password(password, User(username=username))
    except ValidationError:
        yield Problem("password", "weak", _("密码至少 10 个字符，不能全是数字，也不要用常见密码。"))


def _live(clock: Clock) -> OpeningCode | None:
    if not is_open():
        return None
    rows = OpeningCode.objects.select_for_update().filter(
        used_at=None, expires_at__gt=clock.now(), failures__lt=rules.TRIES
    )
    return rows.order_by("-made_at").first()


def _digest(code: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), rules.plain(code).encode(), hashlib.sha256).digest()
