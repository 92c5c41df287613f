"""Many institutions and many accounts in one act: all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.actions import NewAccount, create_account
from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import contains
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.places import actions as places


@dataclass(frozen=True, slots=True)
class NewClinic:
    """An institution to open: `serves` are 12-digit divisions, the own place among them."""

    place: str
    kind: str
    name: str
    serves: tuple[str, ...]
    phone: str = ""


@dataclass(frozen=True, slots=True)
class OpenedAccount:
    """An account and its first password, for the slip; kept nowhere."""

    user: User
    word: str


def open_institutions(*, actor: Actor, clock: Clock, wanted: Sequence[NewClinic]) -> int:
    """Open what is not there yet; returns how many were asked for. Problems name their row as `name-<place>`."""
    require(actor, Permission.MANAGE_PLACES)
    problems: list[Problem] = []
    with transaction.atomic():
        for one in wanted:
            if not contains(actor.place, one.place):
                raise NotFound(code="not_found.division")
            try:
                places.open_institution(
                    actor=actor, clock=clock, name=one.name, kind=one.kind, place=one.place, serves=one.serves,
                    phone=one.phone,
                )  # fmt: skip
            except Invalid as error:
                problems += [Problem(f"name-{one.place}", p.code, p.message, p.value) for p in error.problems]
        if problems:
            raise Invalid(problems)
    return len(wanted)


def open_accounts(*, actor: Actor, clock: Clock, wanted: Sequence[NewAccount]) -> list[OpenedAccount]:
    """Open all or none. Problems name their row as `<field>-<place>`; a name twice on the page is one of them."""
    opened: list[OpenedAccount] = []
    problems: list[Problem] = []
    with transaction.atomic():
        for new in wanted:
            try:
                opened.append(OpenedAccount(*create_account(actor=actor, clock=clock, new=new)))
            except Invalid as error:
                problems += [
                    Problem(
                        f"{p.field if p.field == 'username' else 'name'}-{new.place}",
                        p.code,
                        p.message,
                        p.value,
                    )
                    for p in error.problems
                ]
        if not wanted:
            problems.append(Problem("", "missing", _("还没有填写任何人的姓名。")))
        if problems:
            raise Invalid(problems)
    return opened
