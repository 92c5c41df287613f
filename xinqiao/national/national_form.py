"""One visit in the order and the words of the national record form: what somebody copies by hand beside its window.

The order is the printed one (items 1–32), each with its code and label as printed; our own additions are left out, and ways
of contact that only we tell apart are shown under the printed code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xinqiao.followup.forms import in_words
from xinqiao.followup.rules import FIELDS


@dataclass(frozen=True, slots=True)
class Line:
    """One item: its number on the form, its label, what to choose or type, and the bare text to copy."""

    number: str
    label: str
    words: str
    copy: str
    code: str = ""


def lines(record: Mapping[str, Any], due_on: date | None) -> list[Line]:
    """The items in printed order. What the form does not ask in this case is left out."""
    ended = bool(record.get("lost_reason") or record.get("death_date"))
    found: list[Line] = []
    ordered = sorted(
        (item for item in FIELDS.values() if item.edition != "OWN" and item.key != "planned_on"),
        key=lambda item: int(item.number or 99),
    )
    for item in ordered:
        if item.key == "danger_acts" and not ended:
            found += _acts(record.get(item.key) or {})
            continue
        if item.key not in record:
            continue
        value = record[item.key]
        if item.kind == "drugs":
            found += [
                Line(item.number, f"{_(item.label)} {n}", in_words(item.key, [row]), row.get("drug", ""))
                for n, row in enumerate(value, start=1)
            ]
            continue
        words = in_words(item.key, value)
        if item.kind == "single":
            found.append(
                Line(item.number, _(item.label), _(item.label_of(value)), _(item.label_of(value)), value)
            )
        elif item.kind == "multi":
            code = "、".join(value)
            found.append(Line(item.number, _(item.label), words, words, code))
        elif item.kind == "int":
            found.append(Line(item.number, _(item.label), words, str(value), str(value)))
        elif item.kind == "date":
            text = value.isoformat() if isinstance(value, date) else str(value)
            found.append(Line(item.number, _(item.label), text, text))
        else:
            found.append(Line(item.number, _(item.label), words, words))
    following = record.get("planned_on") or due_on
    if following and not ended:
        text = following.isoformat() if isinstance(following, date) else str(following)
        at = next((i for i, line in enumerate(found) if int(line.number or 99) > 31), len(found))
        found.insert(at, Line("31", _("下次随访日期"), text, text))
    return found


def _acts(counts: Mapping[str, int]) -> list[Line]:
    item = FIELDS["danger_acts"]
    given = [(code, n) for code, n in sorted(counts.items()) if n]
    if not given:
        return [Line(item.number, _(item.label), _("无"), _("无"), "7")]
    return [
        Line(
            item.number,
            _(item.label),
            _("%(kind)s %(n)s 次") % {"kind": _(item.label_of(code)), "n": n},
            str(n),
            code,
        )
        for code, n in given
    ]
