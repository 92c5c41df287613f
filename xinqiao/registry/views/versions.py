"""A form that was overtaken: what the file says now beside what was typed, so that nobody's work is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from xinqiao.accounts.models import User

from ..actions.besides import SUPPORTS, Besides
from ..choices import printed
from ..forms import masked_of, values_of
from ..queries import PersonPage
from ..rules import FIELDS, Field, codes_of
from ..shown import word_of


@dataclass(frozen=True, slots=True)
class Version:
    """One answer in two versions. `both`: somebody else changed it too, so somebody must choose."""

    key: str
    label: str
    now: str
    typed: str
    both: bool


@dataclass(frozen=True, slots=True)
class Overtaken:
    """`versions` differ; `values` are what the form shows again: typed, but as the file is now where nothing was typed
    anew. `who` are the others, each with the time."""

    versions: Sequence[Version]
    values: Mapping[str, Any]
    who: Sequence[str]


def overtaken(page: PersonPage, besides: Besides, typed: QueryDict, opened: int) -> Overtaken:
    """`opened` is the version of the file when the form was opened. Four statements at most, names included."""
    now = values_of(page, besides)
    masked = masked_of(page, besides)
    newer = [one for one in page.revisions if (one.row_version or 0) > opened]
    theirs = {key for one in newer for key in one.keys}
    if page.person.row_version - opened > len(newer):
        # Rows were added, ended or corrected on pages of their own.
        theirs |= {*SUPPORTS, "guardian_name", "guardian_relation", "live_code"}
    before: dict[str, Any] = {}
    for one in newer:  # newest first: the oldest former value is what the form was opened with
        before |= json.loads(one.former)
    edition = typed.get("form_edition") or printed.CURRENT_EDITION
    versions, values = [], typed.copy()
    for key, asked in FIELDS.items():
        mine = _typed(typed, asked)
        if not mine:
            continue
        held = _held(now.get(key))
        if key in masked:
            versions.append(
                Version(
                    key,
                    str(_(asked.label)),
                    masked[key] or str(_("空")),
                    str(_("新填写的内容")),
                    key in theirs,
                )
            )
        elif mine != held:
            if key in theirs and key in before and mine == _held(before[key]):
                values.setlist(key, held)  # not touched here: what the other wrote stays
                continue
            versions.append(
                Version(
                    key,
                    str(_(asked.label)),
                    _words(asked, held, edition),
                    _words(asked, mine, edition),
                    key in theirs,
                )
            )
    names = dict(
        User.objects.filter(pk__in={one.recorded_by for one in newer}).values_list("pk", "display_name")
    )
    who = [
        f"{names.get(one.recorded_by, '') if one.recorded_by else ''} {one.recorded_at:%m-%d %H:%M}".strip()
        for one in newer
    ]
    return Overtaken(sorted(versions, key=lambda one: not one.both), values, who)


def _typed(typed: QueryDict, asked: Field) -> list[str]:
    return sorted({value.strip() for value in typed.getlist(asked.key) if value.strip()})


def _held(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, Mapping):
        return sorted(code for code, n in value.items() if n) or [printed.NO_DANGER]
    if isinstance(value, (list, tuple)):
        return sorted(str(one) for one in value)
    return [str(value)]


def _words(asked: Field, values: Sequence[str], edition: str) -> str:
    listed = codes_of(asked, edition)
    words = {one.code: word_of(listed, one.label) for one in listed}
    if asked.kind == "bool" and values:
        return str(_("是"))
    return _("、").join(words.get(one, one) for one in values) or str(_("空"))
