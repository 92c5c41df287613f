"""One row of cells → one record in the shape of the registers, with what could not be read.

Several columns may make one field: drugs by number, acts by kind, a place by township and village. What is no field of the
register (the key to the person, the reason two persons share a number) goes to `aside`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from xinqiao.kernel.errors import Problem
from xinqiao.kernel.words import sentence, term

from .drugs import number
from .headings import Heading, Sheet, by_key, of_edition
from .text import clean
from .values import Unreadable, code_of, read

#: Columns that are no field of the register of their sheet.
ASIDE: dict[Sheet, frozenset[str]] = {
    "people": frozenset({"different_because", "township", "village", "file_no"}),
    "visits": frozenset({"id_number", "file_no", "name"}),
}
_DAY = ("morning", "noon", "night")


@dataclass(slots=True)
class Reading:
    """What a row says: `record` by field key, `aside` by column key, and problems whose field is the column's key."""

    record: dict[str, Any] = field(default_factory=dict)
    aside: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_row(sheet: Sheet, cells: Mapping[str, str]) -> Reading:
    """Read every cell of a row; cells of unknown columns are ignored."""
    found = Reading()
    known = by_key(sheet)
    drugs: dict[str, dict[str, list[dict[str, Any]]]] = {}
    edition = _edition(cells) if sheet == "people" else ""
    for key, typed in cells.items():
        heading = known.get(key)
        if heading is None:
            continue
        if key == "form" and sheet == "visits" and (detail := _form_detail(typed)):
            found.record |= {"form": "3", "form_detail": detail}
            continue
        try:
            if edition and key in _BY_EDITION:
                value = read(of_edition(key, edition), typed)
            else:
                value = _value(sheet, heading, typed)
        except Unreadable as error:
            found.problems.append(Problem(key, error.code, error.message, typed))
            continue
        if value is None:
            continue
        if key in ASIDE[sheet]:
            found.aside[key] = value
        elif heading.kind == "drugs" or key.count(".") == 2:
            _drug(drugs, heading, value, found)
        elif "." in key:
            counts = found.record.setdefault(heading.field, {})
            counts[key.split(".")[1]] = counts.get(key.split(".")[1], 0) + value
        elif heading.kind == "counts" and key in found.record:
            found.record[key] = value | {
                code: value.get(code, 0) + n for code, n in found.record[key].items()
            }
        else:
            found.record[key] = value
    for name, places in drugs.items():
        rows = [row for place in sorted(places) for row in places[place] if row.get("drug")]
        if rows:
            found.record[name] = rows
    return found


#: Ways of contact that the printed form counts as a telephone call: word → code of the detail.
_BY_TELEPHONE = (("视频", "2"), ("短信", "1"), ("微信", "1"))


def _form_detail(typed: str) -> str:
    """Code of the way of contact when the form's column names one that the printed form does not have, else ""."""
    said = clean(typed)
    return next((code for word, code in _BY_TELEPHONE if word in said), "")


#: Kinds whose few values come again in thousands of rows; names and numbers of people are never kept.
_REPEATING = frozenset({"single", "multi", "int", "bool", "counts", "date", "drugs"})


_BY_EDITION = frozenset({"education", "occupation"})


def _edition(cells: Mapping[str, str]) -> str:
    """The older print that a row says it follows, or ""."""
    typed = cells.get("form_edition", "")
    return "2011" if typed and code_of(by_key("people")["form_edition"], typed) == "2011" else ""


def _value(sheet: Sheet, heading: Heading, typed: str) -> Any:
    return (
        _copied(_read_again(sheet, heading.key, typed))
        if heading.kind in _REPEATING
        else read(heading, typed)
    )


@lru_cache(maxsize=20_000)
def _read_again(sheet: Sheet, key: str, typed: str) -> Any:
    return read(by_key(sheet)[key], typed)


def _copied(value: Any) -> Any:
    if isinstance(value, list):
        return [dict(item) if isinstance(item, dict) else item for item in value]
    return dict(value) if isinstance(value, dict) else value


def _drug(
    drugs: dict[str, dict[str, list[dict[str, Any]]]], heading: Heading, value: Any, found: Reading
) -> None:
    parts = heading.key.split(".")
    place = parts[1] if len(parts) > 1 else "0"
    rows = drugs.setdefault(parts[0], {}).setdefault(place, [])
    if len(parts) < 3:
        rows.extend(value)
        return
    if not rows:
        rows.append({"long_acting": False, "unit": "mg"})
    if parts[2] == "drug":
        rows[0]["drug"] = value
    elif parts[2] in _DAY:
        amount = clean(str(value)).lower().removesuffix("mg").strip()
        try:
            rows[0][parts[2]] = number(amount)
        except ValueError:
            found.problems.append(
                Problem(
                    heading.key,
                    "wrong_value",
                    sentence(
                        "“%(title)s”的“%(value)s”无法识别，应为毫克数，如 10",
                        title=term(heading.title),
                        value=value,
                    ),
                    str(value),
                )
            )


def to_json(value: Any) -> Any:
    """Dates as ISO text, the rest as it is: records are stored as JSON."""
    return value.isoformat() if hasattr(value, "isoformat") else value
