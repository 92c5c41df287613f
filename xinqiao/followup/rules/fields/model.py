"""What a field of the record form is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["date", "single", "multi", "int", "bool", "text", "texts", "counts", "drugs"]
Edition = Literal["N3", "N18", "OWN"]
Need = Literal["always", "conditional", "optional"]


@dataclass(frozen=True, slots=True)
class Code:
    """One printed code and its label; an exclusive code stands alone in a multiple choice."""

    code: str
    label: str
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `number` is the item on the printed form ("" when it has none); `section` groups the page;
    `judgement` marks what is answered afresh at every visit and never filled in from the last one;
    `clinical` marks items 7–29, which stay empty when the person is lost or dead; `when` says in Chinese when a
    conditional field is required; `low`/`high` bound an int; `longest` bounds a text or the number of rows."""

    key: str
    label: str
    kind: Kind
    section: str
    number: str = ""
    edition: Edition = "N3"
    need: Need = "optional"
    when: str = ""
    codes: tuple[Code, ...] = ()
    judgement: bool = False
    clinical: bool = False
    low: int = 0
    high: int = 0
    longest: int = 200
    # code → label, in printed order
    labels: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", {code.code: code.label for code in self.codes})

    def label_of(self, code: str) -> str:
        """The label of a stored code; the code itself when it is not on this edition's list."""
        return self.labels.get(code, code)


def codes(*items: str, exclusive: str = "") -> tuple[Code, ...]:
    pairs = [item.split(" ", 1) for item in items]
    return tuple(Code(code, label, code == exclusive) for code, label in pairs)


LEVELS = codes("1 良好", "2 一般", "3 较差")
AT_HOME = "非失访、非死亡、非住院时"
