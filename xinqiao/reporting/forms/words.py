"""A card in words: its parts, each answer under its label, what is sealed masked unless unmasked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from xinqiao.kernel.codes import county_of
from xinqiao.places.queries import path_of
from xinqiao.registry.rules.fields import Field
from xinqiao.registry.shown import Shown

from ..choices import HUKOU_TYPE
from ..rules import SECTIONS, fields_of
from ..rules.case import shown as day_words
from ..rules.drugs import drug_words
from ..rules.fields import DRUG_LISTS
from ..rules.person import type_of

#: (label, words)
Line = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """One part of a paper as it reads."""

    key: str
    title: str
    lines: list[Line]


def lines_of(form: str, clean: Mapping[str, Any], shown: Shown, *, county: str = "") -> list[Written]:
    """Parts with what was answered, in the order of the paper."""
    found = []
    for key, title in SECTIONS[form]:
        lines: list[Line] = []
        for asked in fields_of(form, key):
            if asked.key in clean:
                lines.append((_(asked.label), _words(asked, clean[asked.key], shown)))
            if asked.key == "live_place" and asked.key in clean and county:
                label = {one.code: one.label for one in HUKOU_TYPE}[
                    type_of(clean["live_place"], county_of(county))
                ]
                lines.append((_("现住址类型"), _(label)))
        if lines:
            found.append(Written(key, _(title), lines))
    return found


def _words(asked: Field, value: Any, shown: Shown) -> Any:
    if asked.key in DRUG_LISTS:
        return _("；").join(drug_words(row) for row in value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if asked.kind == "division":
        return " ".join(name for _code, name in path_of(value)) or value
    if isinstance(value, tuple):
        return day_words(value[0], value[1])
    if isinstance(value, list):
        return "、".join(_(asked.label_of(one)) for one in value)
    if asked.kind == "id_number":
        return shown.number(value)
    if asked.kind == "phone":
        return shown.phone(value) if asked.private else value
    if asked.private:
        return shown.detail(value)
    return _(asked.label_of(value)) if asked.codes else str(value)
