"""One record being checked: what was typed, what is right of it, what is wrong, and what goes along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from xinqiao.kernel.errors import Problem
from xinqiao.kernel.words import sentence, term

from .fields import FIELDS, Field
from .values import narrow

#: How a record comes in: typed whole, typed and to be completed later, or out of a workbook.
Entry = Literal["form", "partial", "import"]


class Case:
    """One record being checked: collects as it goes."""

    def __init__(self, record: Mapping[str, Any], today: date, entry: Entry) -> None:
        self.raw, self.today, self.entry = record, today, entry
        self.clean: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self.flags: list[str] = []

    def wrong(self, key: str, code: str, message: str, value: Any = "") -> None:
        self.problems.append(Problem(key, code, message, str(value)))

    def flag(self, name: str) -> None:
        if name not in self.flags:
            self.flags.append(name)

    def has_problem(self, key: str) -> bool:
        return any(problem.field == key for problem in self.problems)

    def missing(self, key: str, why: str = "") -> None:
        """A gap: refuses a core field or a typed form, is only noted in an imported register."""
        if key in self.clean or self.has_problem(key):
            return
        asked = FIELDS[key]
        if self.entry == "form" or asked.core:
            self.wrong(
                key, "missing", sentence("%(label)s没有填写%(why)s。", label=term(asked.label), why=why)
            )
        else:
            self.flag(f"missing:{key}")


def is_blank(asked: Field, value: Any) -> bool:
    if value is None or value == "" or (isinstance(value, str) and not narrow(value)):
        return True
    if asked.kind in {"counts", "dated_codes", "events"}:
        return False
    return isinstance(value, (list, tuple, set, frozenset, dict)) and not value
