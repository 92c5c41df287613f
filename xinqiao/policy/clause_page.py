"""Writes `docs/reference/clauses.md`: clause → rule row → code → screen → test, and what is not covered yet.

`python -m xinqiao.policy.clause_page`; a test compares the committed page. Rule rows name their clause in the YAML,
tests with `@clause("…")`, screens and functions in `coverage.yaml`.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from typing import Any

from .loader import read_yaml, released

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "docs" / "reference" / "clauses.md"
COVERAGE = Path(__file__).parent / "coverage.yaml"
_CONFIDENCE = {
    "verified": "text read",
    "GK-H": "general knowledge, high",
    "GK-M": "general knowledge, medium",
    "GK-L": "general knowledge, low",
    "own": "our own choice",
}


def rule_rows() -> dict[str, list[str]]:
    """Clause → "file: row" of every released row that names it."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in released().names():
        if name.startswith("calendar/"):
            found["CAL/days-off"].append(name)
            continue
        thing = released().thing(name)
        for row in thing.rows:
            parts = _parts(row.raw)
            for clause, part in parts or [(row.clause, "")]:
                label = f"{name}: {part}" if part else name
                if label not in found[clause]:
                    found[clause].append(label)
    years = found["CAL/days-off"]
    found["CAL/days-off"] = [f"{years[0]} … {years[-1].split('/')[-1]}"] if years else []
    return found


def coverage() -> dict[str, dict[str, list[str]]]:
    """`screens` and `code` of the coverage file; ValueError for an unknown key or clause."""
    data: dict[str, dict[str, list[str]]] = read_yaml(COVERAGE)
    if set(data) != {"screens", "code"}:
        raise ValueError("coverage.yaml: expected exactly screens and code")
    for part in data.values():
        _known(part)
    return data


def marked_tests() -> dict[str, list[str]]:
    """Clause → "file::test" of every test that names it; ValueError for an unknown clause."""
    found: dict[str, list[str]] = defaultdict(list)
    files = [*ROOT.glob("xinqiao/**/tests/**/test_*.py"), *ROOT.glob("tests/**/test_*.py")]
    for path in sorted(files):
        text = path.read_text(encoding="utf-8")
        if "@clause(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                for clause in _marks(node):
                    found[clause].append(f"{path.relative_to(ROOT).as_posix()}::{node.name}")
    _known(found)
    return found


def page() -> str:
    """The whole page as Markdown."""
    rows, tests, extra = rule_rows(), marked_tests(), coverage()
    lines = [
        "# Clauses",
        "",
        "Written by `python -m xinqiao.policy.clause_page`; do not edit by hand. Ids are our own; texts are in our words.",
        "",
    ]
    for document in released().documents.values():
        dated = document.issued_on.isoformat() if document.issued_on else "date not known"
        lines += [
            f"## {document.id} · {document.title}",
            "",
            f"{dated}; {_CONFIDENCE[document.confidence]}.",
            "",
        ]
        for clause in released().clauses.values():
            if clause.document != document.id:
                continue
            lines += [f"### {clause.id}", "", f"{clause.text}。 ({_CONFIDENCE[clause.confidence]})", ""]
            parts = (
                ("rule row", rows.get(clause.id, [])),
                ("code", extra["code"].get(clause.id, [])),
                ("screen", extra["screens"].get(clause.id, [])),
                ("test", tests.get(clause.id, [])),
            )
            for label, items in parts:
                lines += [f"- {label}: {_join(items)}"]
            lines += [""]
    lines += ["## Not covered yet", ""]
    ids = list(released().clauses)
    ruled = [item for item in ids if rows.get(item) or extra["code"].get(item)]
    lines += [f"- without a rule row or code: {_join([item for item in ids if item not in ruled])}"]
    lines += [f"- without a test: {_join([item for item in ids if not tests.get(item)])}"]
    lines += [f"- without a screen: {_join([item for item in ids if not extra['screens'].get(item)])}"]
    return "\n".join(lines) + "\n"


def _join(items: list[str]) -> str:
    return ", ".join(f"`{item}`" for item in items) or "none"


def _parts(raw: Any) -> list[tuple[str, str]]:
    """(clause, name of the part) of every part of a value that names a clause."""
    if not isinstance(raw, dict):
        return []
    if "rows" in raw:
        return [(row["clause"], row["id"]) for row in raw["rows"]]
    if "rules" in raw:
        return [(rule["clause"], f"{raw['profile']} {rule['situation']}") for rule in raw["rules"]]
    return [
        (item["clause"], name) for name, item in raw.items() if isinstance(item, dict) and "clause" in item
    ]


def _marks(node: ast.FunctionDef) -> list[str]:
    return [
        argument.value
        for mark in node.decorator_list
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "clause"
        for argument in mark.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def _known(found: Any) -> None:
    if unknown := sorted(set(found) - set(released().clauses)):
        raise ValueError(f"unknown clause {unknown[0]!r}")


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(page(), encoding="utf-8")
