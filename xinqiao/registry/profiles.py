"""Which people by name should stand by somebody (责任人): the profile of the place, from a risk level on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from xinqiao.policy import current

from .choices import printed


@dataclass(frozen=True, slots=True)
class Profile:
    """`name` as people call it (五包一), `roles` as (code, words)."""

    name: str
    roles: Sequence[tuple[str, str]]
    clause: str


def wanted_roles(*, on: date, ancestors: Sequence[str], risk: int | None) -> Profile | None:
    """The profile that holds for a place and a risk on a day; None below its level or where it names nobody."""
    row = current().at("registry/responsible_people", on=on, ancestors=ancestors)
    value = row.value
    if risk is None or risk < value["from_risk"] or not value["roles"]:
        return None
    words = {one.code: _(one.label) for one in printed.RESPONSIBLE_ROLE}
    return Profile(value["name"], [(code, words[code]) for code in value["roles"]], row.clause)
