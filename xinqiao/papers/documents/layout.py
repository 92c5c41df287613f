"""Pieces of a printed form as the template `form.typ` reads them: rows of a label and parts, groups of rows.

The official forms are printed in Chinese whatever the language of the interface, so their words are no interface strings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Part = dict[str, Any]
Row = dict[str, Any]


def text(words: str) -> Part:
    """Words as printed."""
    return {"text": words}


def rule(value: str = "", width: int = 24) -> Part:
    """A line to write on, `width` mm, with what is written."""
    return {"rule": value, "width": width}


def together(*parts: Part) -> Part:
    """Parts that no line break may come between."""
    return {"together": list(parts)}


def new_line() -> Part:
    return {"br": True}


def squares(marks: Sequence[str] = (), number: int = 1, *, slash: bool = False) -> Part:
    """Squares at the right edge, one per code; more than there are answers stay empty."""
    return {"marks": list(marks), "squares": max(number, len(marks)), "slash": slash}


def options(codes: Iterable[tuple[str, str]], marks: Sequence[str] = (), number: int = 1) -> list[Part]:
    """A choice with its codes, and squares for the answer."""
    return [{"options": [[code, words] for code, words in codes]}, squares(marks, number, slash=number > 1)]


def row(label: str, *parts: Part | list[Part], mark: str = "") -> Row:
    """One row of the form. `mark` (※) says that an amendment changed it."""
    flat: list[Part] = []
    for part in parts:
        flat += part if isinstance(part, list) else [part]
    return {"label": label, "parts": flat, "mark": mark}


def group(label: str, *rows: Row) -> Row:
    """Rows under a common label at the left."""
    return {"group": label, "rows": list(rows)}


def day(value: date | None) -> str:
    """2026 年 11 月 15 日, or the blanks to fill in."""
    return f"{value.year} 年 {value.month} 月 {value.day} 日" if value else "　　　　年　　月　　日"


def number_boxes(file_no: str) -> list[str]:
    """The last eight digits of the file number for the head □□□-□□□□□."""
    return list(file_no[-8:]) if file_no else []


def form(
    title: str,
    name: str,
    rows: list[Row],
    *,
    file_no: str = "",
    code: tuple[str, str] | None = None,
    qr: str = "",
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """A whole form as `form.typ` reads it. `code`: a labelled number of its own instead of the squares of the file number."""
    return {
        "title": title,
        "name": name,
        "number": number_boxes(file_no),
        "code": list(code) if code else [],
        "lines": [],
        "qr": qr,
        "rows": rows,
        "signature": "",
        "notes": list(notes),
    }


@dataclass(frozen=True, slots=True)
class Foot:
    """Who printed, when and what for: at the foot of every page."""

    by: str
    at: str
    purpose: str

    def data(self) -> dict[str, str]:
        return {"by": self.by, "at": self.at, "purpose": self.purpose}
