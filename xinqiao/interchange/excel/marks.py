"""What the workbook reader does not tell: hidden rows, columns and sheets, cells in error, formulas without a result.

A pass over the sheet's own XML, streamed, and only where the gate saw a sign of one of them.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat
from xml.sax.handler import ContentHandler

import defusedxml.ElementTree as ElementTree
import defusedxml.sax

from .gate import Admitted

ERRORS = (
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
)


@dataclass(slots=True)
class Marks:
    """Zero-based places in one sheet."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas_without_result: set[tuple[int, int]] = field(default_factory=set)


@dataclass(slots=True)
class Book:
    """Facts of the whole workbook: whether dates count from 1904, and the marks by sheet name."""

    from_1904: bool = False
    marks: dict[str, Marks] = field(default_factory=dict)


def read_marks(admitted: Admitted) -> Book:
    """Marks of every sheet; an `.xls` has none that we can read."""
    if admitted.format == "xlsx":
        return _xlsx(admitted)
    if admitted.format == "ods":
        return _ods(admitted)
    return Book()


def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1].rsplit(":", 1)[-1]


def _xlsx(admitted: Admitted) -> Book:
    book = Book()
    with zipfile.ZipFile(admitted.stream()) as archive:
        names = {name.lstrip("/"): name for name in archive.namelist()}
        main = next((n for n in names if re.fullmatch(r"xl/workbook\d*\.xml", n)), "")
        rels_name = main.replace("xl/", "xl/_rels/") + ".rels"
        if main not in names or rels_name not in names:
            return book
        targets: dict[str, str] = {}
        for rel in ElementTree.fromstring(archive.read(names[rels_name])).iter():
            if _local(rel.tag) == "Relationship":
                target = rel.get("Target", "")
                path = target.lstrip("/") if target.startswith("/") else posixpath.normpath("xl/" + target)
                targets[rel.get("Id", "")] = path
        for element in ElementTree.fromstring(archive.read(names[main])).iter():
            tag = _local(element.tag)
            if tag == "workbookPr":
                book.from_1904 = element.get("date1904", "0") in ("1", "true")
            if tag != "sheet":
                continue
            rel_id = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
            part = targets.get(rel_id, "")
            marks = book.marks.setdefault(element.get("name", ""), Marks())
            if part in admitted.telling and part in names:
                with archive.open(names[part]) as stream:
                    _SheetPass(marks).read(stream)
    return book


class _SheetPass:
    """Counts along with the rows and cells, which need not say where they stand.

    Straight on the parser, because a sheet of 20,000 rows has a million cells; a document type ends it at once.
    """

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        self.row = -1
        self.column = -1
        self.place = ""
        self.formula = self.value = self.error = self.inside = False
        self.text: list[str] | None = None

    def read(self, stream: IO[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        parser.buffer_text = True
        parser.ParseFile(stream)

    def _doctype(self, *_: object) -> None:
        raise ValueError("a sheet declares no document type")

    def _start(self, name: str, attrs: dict[str, str]) -> None:
        tag = name if ":" not in name else name.rsplit(":", 1)[-1]
        if tag == "c":
            self.place = attrs.get("r", "")
            self.column += 1
            self.formula = self.value = False
            self.error = attrs.get("t") == "e"
        elif tag == "v":
            self.inside = True
            if self.error:
                self.text = []
        elif tag == "is":
            self.value = True
        elif tag == "f":
            self.formula = True
        elif tag == "row":
            self.row = int(attrs["r"]) - 1 if "r" in attrs else self.row + 1
            self.column = -1
            if attrs.get("hidden") in ("1", "true"):
                self.marks.hidden_rows.add(self.row)
        elif tag == "col" and attrs.get("hidden") in ("1", "true"):
            first, last = int(attrs.get("min", 1)), int(attrs.get("max", 1))
            self.marks.hidden_columns.update(range(first - 1, min(last, 400)))

    def _characters(self, content: str) -> None:
        # `<v></v>` is how some writers leave a formula without a result.
        if self.inside:
            self.value = True
        if self.text is not None:
            self.text.append(content)

    def _end(self, name: str) -> None:
        self.inside = False
        if self.text is not None and name.endswith("v"):
            self.marks.errors[self._here()] = "".join(self.text).strip() or "#N/A"
            self.text = None
        elif self.formula and not self.value and (name == "c" or name.endswith(":c")):
            self.marks.formulas_without_result.add(self._here())

    def _here(self) -> tuple[int, int]:
        return self.row, column_of(self.place) if self.place else self.column


def column_of(place: str) -> int:
    """`C7` → 2."""
    number = 0
    for letter in place:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter.upper()) - 64
    return number - 1


def letters_of(column: int) -> str:
    """2 → `C`."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _ods(admitted: Admitted) -> Book:
    """Hidden rows and columns of an OpenDocument sheet (collapsed or filtered away)."""
    book = Book()
    with zipfile.ZipFile(admitted.stream()) as archive:
        handler = _OdsHandler(book)
        defusedxml.sax.parse(io.BytesIO(archive.read("content.xml")), handler)
    return book


class _OdsHandler(ContentHandler):
    def __init__(self, book: Book) -> None:
        super().__init__()
        self.book = book
        self.marks = Marks()
        self.row = self.column = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 — the name is the parser's
        if name == "table:table":
            self.marks = self.book.marks.setdefault(attrs.get("table:name", ""), Marks())
            self.row = self.column = 0
        elif name == "table:table-row":
            times = int(attrs.get("table:number-rows-repeated", 1))
            if attrs.get("table:visibility", "visible") != "visible" and times < 10_000:
                self.marks.hidden_rows.update(range(self.row, self.row + times))
            self.row += times
        elif name == "table:table-column":
            times = int(attrs.get("table:number-columns-repeated", 1))
            if attrs.get("table:visibility", "visible") != "visible" and times < 400:
                self.marks.hidden_columns.update(range(self.column, self.column + times))
            self.column += times
