"""The rules as one JSON file for the page: `python -m xinqiao.followup.rules.bundle` writes `policy/rules.json`.

The file is committed and a test compares it with the YAML. A deployment with rows of its own serves `bundle(policies)`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import xinqiao.policy
from xinqiao.policy.policies import PolicySet, released_policies

from .classify import CLASS_KEYS
from .fields import FIELDS

THINGS = (
    "followup/classification",
    "followup/partial_insight",
    "followup/intervals",
    "followup/windows",
    "followup/actions",
)
TARGET = Path(xinqiao.policy.__path__[0]) / "static" / "policy" / "rules.json"


def bundle(policies: PolicySet | None = None) -> dict[str, Any]:
    """Plain data: version, the fields of the class with labels and codes, every row of the things the page needs.

    Local rows stand first, as in `PolicySet`, so that they win over a released row of the same area and date.
    """
    rules = policies or released_policies()
    return {
        "version": rules.version,
        "fields": _fields(),
        "things": {name: _rows(rules, name) for name in THINGS},
    }


def text(policies: PolicySet | None = None) -> str:
    """The file as written."""
    return json.dumps(bundle(policies), ensure_ascii=False, separators=(",", ":")) + "\n"


def _fields() -> dict[str, Any]:
    return {
        key: {
            "label": field.label,
            "kind": field.kind,
            "codes": [[code.code, code.label] for code in field.codes],
            "low": field.low,
            "high": field.high,
        }
        for key in (*CLASS_KEYS, "adr_severity", "adr_acute", "insight_recovered")
        for field in [FIELDS[key]]
    }


def _rows(rules: PolicySet, name: str) -> list[dict[str, Any]]:
    found = []
    for row in rules.rows(name):
        item: dict[str, Any] = {"area": row.area, "from": row.valid_from.isoformat(), "value": row.raw}
        if row.valid_to:
            item["to"] = row.valid_to.isoformat()
        found.append(item)
    return found


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
