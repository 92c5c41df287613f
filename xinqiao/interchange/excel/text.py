"""Cells as text: what was typed, without the accidents of typing. No guess about meaning is made here."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

from .dates import from_serial

#: A number too long for a spreadsheet's fifteen digits: what is left of it is shown behind this sign.
LOST = "≈"
#: A formula whose result the file does not hold.
NO_RESULT = "="
LONGEST = 2_000
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACES = re.compile(r"[\s\u00a0\u3000]+")


def clean(text: str) -> str:
    """Full-width digits and letters made narrow, invisible characters dropped, runs of space made one, ends trimmed."""
    if text.isascii():
        return " ".join(text.split())
    return _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).strip()


def squeeze(text: str) -> str:
    """`clean` without any space: numbers, codes, headings."""
    return clean(text).replace(" ", "")


def prose(text: str) -> str:
    """Names and notes: as `clean`, but Chinese punctuation stays as it was typed."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def as_text(cell: Any, *, is_date: bool = False, from_1904: bool = False) -> str:
    """One cell as it would be typed. Numbers keep all digits; a serial number in a date column becomes its date;
    a number of more than fifteen digits comes back behind `LOST`, because the file no longer knows its end."""
    if cell is None or cell == "":
        return ""
    if isinstance(cell, str):
        return cell[:LONGEST]
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        whole = cell.hour == cell.minute == cell.second == 0
        return cell.strftime("%Y-%m-%d") if whole else cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, (time, timedelta)):
        return str(cell)
    if isinstance(cell, (int, float)):
        return _number(cell, is_date, from_1904)
    return str(cell)[:LONGEST]


def _number(cell: float, is_date: bool, from_1904: bool) -> str:
    if abs(cell) >= 1e15:
        return f"{LOST}{int(cell)}"
    if is_date:
        found = from_serial(cell, from_1904)
        if found is not None:
            return found.isoformat()
    if cell == int(cell):
        return str(int(cell))
    return repr(round(float(cell), 10)).rstrip("0").rstrip(".")
