"""A list saved as text (.csv): its code page found, its cells laid out as a workbook of text cells, then read like any other.

Spreadsheet programs in Chinese write GB 18030 and commas; others UTF-8, tabs or semicolons. A number in such a file is what
is written there: what the program that wrote it had already rounded is said by the reader of the column.
"""

from __future__ import annotations

import csv
import io

import xlsxwriter

from .limits import Limits

_LOOKED_AT = 20
_SIGNS = (",", "\t", ";")


def as_workbook(data: bytes, limits: Limits) -> bytes | None:
    """An .xlsx with the same cells, or None when the bytes are no list in text. Reads at most one row over the limit."""
    text = _decoded(data)
    if text is None:
        return None
    sign = _sign(text)
    if not sign:
        return None
    raw = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(raw, options) as book:
        page = book.add_worksheet("文本")
        try:
            for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=sign)):
                if number > limits.rows + 1:
                    break
                for column, cell in enumerate(cells[: limits.columns]):
                    if cell:
                        page.write_string(number, column, _bare(cell)[:32_000])
        except csv.Error:
            return None
    return raw.getvalue()


def _decoded(data: bytes) -> str | None:
    if b"\x00" in data[:4_096]:
        for mark, page in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
            if data.startswith(mark):
                return _try(data[2:], page)
        return None
    return _try(data, "utf-8-sig") or _try(data, "gb18030")


def _try(data: bytes, page: str) -> str | None:
    try:
        return data.decode(page)
    except UnicodeDecodeError:
        return None


def _sign(text: str) -> str:
    """The sign between cells: the one that two or more of the first lines have, as often as no other."""
    lines = [line for line in text.splitlines()[:_LOOKED_AT] if line.strip()]
    found = {sign: sum(sign in line for line in lines) for sign in _SIGNS}
    best = max(_SIGNS, key=lambda sign: (found[sign], sum(line.count(sign) for line in lines)))
    return best if found[best] >= 2 else ""


def _bare(cell: str) -> str:
    """`="0123"`, as programs write a number that is to stay text, without its wrapping."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') else cell
