"""From a typed page to a record and back: shape only, nothing is decided or saved here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from ..rules import FIELDS
from ..rules.case import shown
from ..rules.drugs import KEYS as DRUG_KEYS
from ..rules.drugs import MOST
from ..rules.fields import DRUG_LISTS

#: The choice of a place outside the county, whose code is then typed.
ELSEWHERE = "other"
_LONGEST = 2_000


def typed_of(form: str, sent: QueryDict) -> dict[str, Any]:
    """What a page sent, as text and lists of text, under the names of the page."""
    typed: dict[str, Any] = {}
    for asked in FIELDS[form].values():
        if asked.key in DRUG_LISTS:
            for number in range(1, MOST + 1):
                for part in DRUG_KEYS:
                    name = f"{asked.key}.{number}.{part}"
                    if value := sent.get(name, "").strip():
                        typed[name] = value[:_LONGEST]
        elif asked.kind == "multi":
            if chosen := sent.getlist(asked.key):
                typed[asked.key] = [one[:_LONGEST] for one in chosen[:50]]
        elif value := sent.get(asked.key, "").strip():
            typed[asked.key] = value[:_LONGEST]
    if value := sent.get("live_other", "").strip():
        typed["live_other"] = value[:_LONGEST]
    return typed


def record_of(form: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a page as a record for the rules."""
    record: dict[str, Any] = {
        key: typed[key] for key in FIELDS[form] if key in typed and key not in DRUG_LISTS
    }
    if record.get("live_place") == ELSEWHERE:
        record.pop("live_place")
        if other := typed.get("live_other"):
            record["live_place"] = other
    for key in DRUG_LISTS:
        if key in FIELDS[form]:
            rows = [
                {part: typed.get(f"{key}.{number}.{part}", "") for part in DRUG_KEYS}
                for number in range(1, MOST + 1)
            ]
            record[key] = rows
    return record


def values_of(form: str, clean: Mapping[str, Any], *, listed: frozenset[str]) -> dict[str, Any]:
    """A checked card as the page would have sent it. `listed`: the places that the page offers."""
    typed: dict[str, Any] = {}
    for key, value in clean.items():
        if key in DRUG_LISTS:
            for number, row in enumerate(value, 1):
                for part, given in row.items():
                    text = ("1" if given else "0") if part == "long_acting" else str(given)
                    typed[f"{key}.{number}.{part}"] = text
        elif isinstance(value, tuple):
            typed[key] = shown(value[0], value[1])
        elif isinstance(value, bool):
            typed[key] = "1" if value else ""
        elif isinstance(value, list):
            typed[key] = value
        elif hasattr(value, "isoformat"):
            typed[key] = value.isoformat()
        else:
            typed[key] = str(value)
    if "live_place" in typed and typed["live_place"] not in listed:
        typed["live_other"], typed["live_place"] = typed["live_place"], ELSEWHERE
    same_code = bool(clean.get("hukou_code")) and clean.get("hukou_code") == clean.get("live_place")
    if same_code and clean.get("hukou_detail") == clean.get("live_detail"):
        typed["hukou_same"] = "1"
    return typed
