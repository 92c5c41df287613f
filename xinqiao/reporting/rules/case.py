"""One card being checked: the registry's way of collecting, with the labels of this form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from xinqiao.kernel.words import sentence, term
from xinqiao.registry.rules.case import Case

from .fields import FIELDS


class CardCase(Case):
    """Collects as it goes; every gap is a problem, since a card is sent whole or kept as a draft."""

    def __init__(self, form: str, record: Mapping[str, Any], today: date) -> None:
        super().__init__(record, today, "form")
        self.fields = FIELDS[form]

    def label(self, key: str) -> str:
        return term(self.fields[key].label)

    def missing(self, key: str, why: str = "") -> None:
        if key not in self.clean and not self.has_problem(key):
            self.wrong(key, "missing", sentence("%(label)s没有填写%(why)s。", label=self.label(key), why=why))

    def not_asked(self, key: str) -> None:
        """An answer to a question that does not apply is let go: the page hides what is not asked, and may still send it."""
        self.clean.pop(key, None)
        self.problems = [one for one in self.problems if one.field != key]

    def before(self, first: str, later: str, precision: str = "day") -> None:
        """A problem at `later` when it lies before `first`; both as finely as they are known."""
        one, two = self.day(first), self.day(later)
        if one is None or two is None:
            return
        coarse = max(precision, self.precision(first), self.precision(later), key=_COARSE.index)
        if cut(two, coarse) < cut(one, coarse):
            self.wrong(
                later,
                "date_order",
                sentence(
                    "%(later)s %(two)s 早于%(first)s %(one)s，请核对其中一项。",
                    later=self.label(later),
                    two=shown(two, self.precision(later)),
                    first=self.label(first),
                    one=shown(one, self.precision(first)),
                ),
                two,
            )

    def day(self, key: str) -> date | None:
        value = self.clean.get(key)
        return value[0] if isinstance(value, tuple) else value

    def precision(self, key: str) -> str:
        value = self.clean.get(key)
        return str(value[1]) if isinstance(value, tuple) else "day"


_COARSE = ("day", "month", "year")


def cut(day: date, precision: str) -> date:
    """The day, or the first of its month or year."""
    if precision == "year":
        return day.replace(month=1, day=1)
    return day.replace(day=1) if precision == "month" else day


def shown(day: date, precision: str) -> str:
    """As fine as it is known: 2010, 2010-05 or 2010-05-08."""
    return day.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)]
