"""A checked card as text that can be sealed, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from .fields import FIELDS


def to_json(clean: Mapping[str, Any]) -> str:
    """Dates as ISO, partial dates as [day, precision]."""
    return json.dumps(clean, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: Any) -> Any:
    return value.isoformat()


def from_json(form: str, text: str) -> dict[str, Any]:
    """The values in their types."""
    kept: dict[str, Any] = json.loads(text) if text else {}
    fields = FIELDS[form]
    for key, value in kept.items():
        kind = fields[key].kind if key in fields else ""
        if kind == "date":
            kept[key] = date.fromisoformat(value)
        elif kind == "partial_date":
            kept[key] = (date.fromisoformat(value[0]), value[1])
    return kept
