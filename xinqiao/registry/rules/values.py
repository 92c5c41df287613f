"""Typed text → values: full-width signs, many ways to write a date, phone numbers. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_LETTERS = {code: narrow for code, narrow in _WIDE.items() if chr(narrow).isalnum()} | {0x3000: 0x20}
_DASHES = {ord(sign): "-" for sign in "‐‑‒–—−"}
_DATE = re.compile(
    r"^(\d{4})\s*(?:[-/.年]\s*(\d{1,2})\s*(?:[-/.月]\s*(\d{1,2})\s*日?)?月?)?年?(?:[ T]0{1,2}:00(?::00)?)?$"
)
_PACKED = re.compile(r"^(\d{4})(\d{2})(\d{2})?$")
_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_LANDLINE = re.compile(r"^(0\d{2,3}-?)?[2-9]\d{6,7}(-\d{1,6})?$")


def narrow(value: Any) -> str:
    """Text without full-width letters, digits and spaces and without space at its ends."""
    if value is None:
        return ""
    return re.sub(r"\s+", " ", str(value).translate(_WIDE)).strip()


def tidy(value: Any) -> str:
    """Words as they were written, with ordinary letters, digits and single spaces; Chinese marks stay as they are."""
    return re.sub(r"\s+", " ", str(value).translate(_LETTERS)).strip()


def read_date(value: Any) -> date | None:
    """A whole date from a date, or from text such as 2026-11-21, 2026/11/21, 2026年11月21日, 20261121; None if not one."""
    found = read_partial_date(value)
    return found[0] if found and found[1] == "day" else None


def read_partial_date(value: Any) -> tuple[date, str] | None:
    """A date and its precision (day, month, year); what is not known is the first of it. None if it is no date."""
    if isinstance(value, datetime):
        return value.date(), "day"
    if isinstance(value, date):
        return value, "day"
    text = narrow(value).translate(_DASHES)
    match = _PACKED.match(text) or _DATE.match(text)
    if not match:
        return None
    year, month, day = match.groups()
    try:
        known = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return known, "day" if day else "month" if month else "year"


def read_phone(value: Any) -> str | None:
    """Digits (and the dashes of a landline) of a mobile or landline number; None when it is neither."""
    text = narrow(value).translate(_DASHES)
    text = re.sub(r"[()\s]+", "", text.replace(")", "-"))
    text = re.sub(r"^(\+86|0086)-?", "", text)
    bare = text.replace("-", "")
    if _MOBILE.match(bare):
        return bare
    return text if _LANDLINE.match(text) else None
