"""Two files side by side: every answer of the forms in both, and which of them differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.places import queries as places
from xinqiao.registry.actions.batch import COLUMNS
from xinqiao.registry.actions.besides import KEYS, known_besides
from xinqiao.registry.choices import printed
from xinqiao.registry.forms import masked_of, values_of
from xinqiao.registry.models import Person
from xinqiao.registry.queries import PersonPage, page_of_person
from xinqiao.registry.rules import FIELDS, Field, codes_of
from xinqiao.registry.shown import onset_words, word_of

from ..rules import rank

#: What somebody chooses when merging: the person's own columns, which number names the file, which address is the present one.
CHOOSABLE = ("name", *COLUMNS, "onset_on", "id_number", "live_code")
#: Goes with another answer, or says nothing that is chosen.
NOT_SHOWN = frozenset(["form_edition", "id_kind", "live_detail", "filed_on", "past_danger"])


@dataclass(frozen=True, slots=True)
class Line:
    """One answer in both files. `choose`: which is taken must be said when they differ; `pick` is what is proposed."""

    key: str
    label: str
    section: str
    left: str
    right: str
    differs: bool
    choose: bool
    pick: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Both files; `left` is proposed to stay: whoever is on the register and met, then the one that was filed first."""

    left: PersonPage
    right: PersonPage
    lines: Sequence[Line]

    @property
    def differing(self) -> int:
        return sum(1 for line in self.lines if line.differs)


def compare(*, actor: Actor, today: date, one: Person, other: Person) -> Compared:
    """Some ten statements for any two people found in scope."""
    require(actor, Permission.CORRECT_RECORD)
    pages = [page_of_person(actor=actor, today=today, person=person) for person in (one, other)]
    left, right = sorted(
        pages, key=lambda page: (rank(page.state.state), page.person.filed_on, str(page.person.pk))
    )
    besides = known_besides([one.pk, other.pk], KEYS)
    a, b = (_answers(page, values_of(page, besides), masked_of(page, besides)) for page in (left, right))
    lines = []
    for key, asked in FIELDS.items():
        if key in NOT_SHOWN or not (a.get(key) or b.get(key)):
            continue
        differs = _raw(left, key, a) != _raw(right, key, b)
        lines.append(
            Line(
                key,
                str(_(asked.label)),
                asked.section,
                a.get(key, ""),
                b.get(key, ""),
                differs,
                differs and key in CHOOSABLE,
                "left" if a.get(key) else "right",
            )
        )
    return Compared(left, right, lines)


def _raw(page: PersonPage, key: str, shown: Mapping[str, str]) -> Any:
    """What is compared: the value itself where it is shown masked."""
    if key == "id_number":
        return bytes(page.identifier.number_hash) if page.identifier else b""
    if key in ("phone", "contact_phone"):
        return getattr(page.person, key)
    guardian = page.present_guardians[0] if page.present_guardians else None
    if key in ("guardian_phone", "guardian_phone2", "guardian_address"):
        return getattr(guardian, key.removeprefix("guardian_")) if guardian else ""
    return shown.get(key, "")


def _answers(page: PersonPage, values: Mapping[str, Any], masked: Mapping[str, str]) -> dict[str, str]:
    shown: dict[str, str] = {}
    for key, asked in FIELDS.items():
        if key in masked:
            shown[key] = masked[key]
        elif key == "name":
            shown[key] = page.person.name
        elif key == "onset_on":
            shown[key] = onset_words(page.person)
        elif key in ("live_code", "hukou_code"):
            row = page.address("live" if key == "live_code" else "hukou")
            code = row.division_code if row else (page.person.managing_code if key == "live_code" else "")
            shown[key] = " ".join(name for _code, name in places.path_of(code)) if code else ""
        else:
            shown[key] = _words(asked, values.get(key), page.person.form_edition)
    return shown


def _words(asked: Field, value: Any, edition: str) -> str:
    if value is None or value in ("", []):
        return ""
    if asked.kind == "bool":
        return str(_("是")) if value else ""
    listed = codes_of(asked, edition or printed.CURRENT_EDITION)
    words = {one.code: word_of(listed, one.label) for one in listed}
    texts = value if isinstance(value, (list, tuple)) else [value]
    return _("、").join(words.get(str(one), str(one)) for one in texts)


def people(ids: Sequence[UUID]) -> dict[UUID, Person]:
    """Those of these people who are in scope. One statement."""
    return Person.objects.in_bulk(list(ids))
