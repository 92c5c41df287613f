"""Stored answers in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ..rules import FIELDS


def in_words(key: str, value: Any) -> str:
    """One stored answer in words, for reading and for the grey text of last time."""
    spec = FIELDS[key]
    match spec.kind:
        case "date":
            return str(value.isoformat())
        case "bool":
            return _("是") if value else _("否")
        case "multi":
            return _("、").join(_(spec.label_of(code)) for code in sorted(value, key=int))
        case "texts":
            return "、".join(value)
        case "counts":
            said = [
                _("%(kind)s %(n)s 次") % {"kind": _(spec.label_of(code)), "n": count}
                for code, count in sorted(value.items())
                if count
            ]
            return _("、").join(said) or _("无")
        case "drugs":
            return _("；").join(drug_words(row) for row in value)
        case "int" | "single":
            return str(_(spec.label_of(str(value))))
    return str(value)


def drug_words(row: Mapping[str, Any]) -> str:
    """利培酮片 早 2 晚 2 mg, or 长效 每 4 周 1 次 每次 100 mg."""
    unit = row.get("unit", "mg")
    units = {"day": _("天"), "week": _("周"), "month": _("月")}
    parts = [str(row.get("drug", ""))]
    times = [(_("早"), "morning"), (pgettext("dose", "中"), "noon"), (_("晚"), "night")]
    daily = [f"{label} {plain(row[key])}" for label, key in times if row.get(key)]
    if daily:
        parts.append(" ".join(daily) + f" {unit}")
    if row.get("every") or row.get("long_acting"):
        every = f"{plain(row.get('every', ''))} {units.get(row.get('every_unit', ''), '')}".strip()
        dose = f"{plain(row.get('dose', ''))} {unit}".strip()
        parts.append(_("长效，每 %(every)s 1 次，每次 %(dose)s") % {"every": every, "dose": dose})
    return " ".join(parts)


def plain(value: Any) -> str:
    if value is True:
        return "1"
    if value is False or value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
