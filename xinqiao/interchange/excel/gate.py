"""Which files are let in. Decided from the content, before any part of it is parsed; each refusal is one sentence.

A workbook is a zip of XML, and both can be made to explode. So the directory of the zip is weighed first, then every part
is unpacked once in small pieces with its promised size as the limit (the directory may lie), and a part that declares a
document type is refused: spreadsheets never do, and entities live there.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.words import sentence

from .limits import Limits
from .plain_text import as_workbook

Format = Literal["xlsx", "xls", "ods"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PIECE = 1 << 20
#: Cells with content: styled but empty ones (`<c …/>`) often reach to the last row of the sheet and do no harm.
_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]{0,200}?\br=["']\$?([A-Z]{1,4})\$?(\d{1,8})["'][^>]{0,200}(?<!/)>""")
_REPEATED = re.compile(rb"""number-(?:rows|columns)-repeated=["'](\d+)["'][^>]*value-type""")


@dataclass(slots=True)
class Admitted:
    """A file that may be parsed: its format, its bytes, and per part whether a closer look at the XML is worth while."""

    format: Format
    data: bytes
    #: Parts of an xlsx in which something is hidden, computed or in error.
    telling: set[str] = field(default_factory=set)

    def stream(self) -> io.BytesIO:
        return io.BytesIO(self.data)


def refuse(code: str, message: str) -> Invalid:
    """One refusal, as the error that the upload page shows."""
    return Invalid([Problem("file", code, message)])


def admit(data: bytes, limits: Limits | None = None) -> Admitted:
    """The file's format, or Invalid with exactly one problem: empty, too_large, wrong_type, macro, password, bomb, corrupt."""
    limits = limits or Limits()
    if not data:
        raise refuse("empty", sentence("这个文件是空的，请重新选择要导入的工作簿。"))
    if len(data) > limits.file_bytes:
        raise too_large(len(data), limits)
    if data.startswith(_OLE):
        return Admitted(_ole(data), data)
    if data.startswith(_ZIP):
        return _zip(data, limits)
    laid_out = as_workbook(data, limits)
    if laid_out is not None:
        return _zip(laid_out, limits)
    raise wrong_type()


def too_large(size: int, limits: Limits) -> Invalid:
    return refuse(
        "too_large",
        sentence(
            "文件有 %(size)s MB，超过了 %(limit)s MB 的上限，请按乡镇拆成几个文件分别导入。",
            size=round(size / 1024 / 1024, 1),
            limit=round(limits.file_bytes / 1024 / 1024, 1),
        ),
    )


def wrong_type() -> Invalid:
    return refuse(
        "wrong_type",
        sentence("这不是 Excel 工作簿，请在表格软件中用“另存为”选择“Excel 工作簿（.xlsx）”后再导入。"),
    )


def corrupt() -> Invalid:
    return refuse("corrupt", sentence("文件已损坏，打不开，请用表格软件打开后另存为一份新的 .xlsx 再导入。"))


def _macro() -> Invalid:
    return refuse(
        "macro", sentence("文件带有宏，为安全起见不能导入，请另存为不带宏的“Excel 工作簿（.xlsx）”。")
    )


def _bomb() -> Invalid:
    return refuse(
        "bomb",
        sentence("文件解压后异常巨大，不像正常的表格，没有打开它，请用表格软件另存为新的 .xlsx 再试。"),
    )


def _ole(data: bytes) -> Format:
    """The old container: an encrypted new workbook, or a workbook of 1997–2003."""
    if _utf16("EncryptedPackage") in data:
        raise refuse("password", sentence("文件设了打开密码，无法读取，请取消密码后再导入。"))
    if _utf16("_VBA_PROJECT") in data:
        raise _macro()
    if _utf16("Workbook") in data or _utf16("Book") in data:
        return "xls"
    raise wrong_type()


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _zip(data: bytes, limits: Limits) -> Admitted:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise corrupt() from error
    names = {part.filename.lstrip("/") for part in parts}
    found = _format(archive, names)
    if len(parts) > limits.parts or sum(part.file_size for part in parts) > limits.unpacked_bytes:
        raise _bomb()
    for part in parts:
        if part.file_size > limits.growth_from and part.file_size > limits.growth * max(
            part.compress_size, 1
        ):
            raise _bomb()
        if part.flag_bits & 0x1:
            raise refuse("password", sentence("文件设了打开密码，无法读取，请取消密码后再导入。"))
    admitted = Admitted(found, data)
    for part in parts:
        _weigh(data, part, admitted, limits)
    return admitted


def _format(archive: zipfile.ZipFile, names: set[str]) -> Format:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _macro()
    if "[Content_Types].xml" in names:
        types = _head(archive, "[Content_Types].xml")
        if b"macroEnabled" in types:
            raise _macro()
        if b"spreadsheetml" in types and any(name.startswith("xl/") for name in names):
            if "xl/workbook.xml" in names or any(re.fullmatch(r"xl/workbook\d*\.xml", n) for n in names):
                return "xlsx"
            raise wrong_type()
        raise wrong_type()
    mime = _head(archive, "mimetype") if "content.xml" in names else b""
    if mime.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        if any(name.startswith(("Basic/", "Scripts/")) for name in names):
            raise _macro()
        if b"encryption-data" in _head(archive, "META-INF/manifest.xml"):
            raise refuse("password", sentence("文件设了打开密码，无法读取，请取消密码后再导入。"))
        return "ods"
    raise wrong_type()


def _head(archive: zipfile.ZipFile, name: str, size: int = 200_000) -> bytes:
    """The first bytes of a small part; a damaged or absent part reads as nothing."""
    for known in archive.namelist():
        if known.lstrip("/") == name:
            try:
                with archive.open(known) as part:
                    return part.read(size)
            except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError):
                return b""
    return b""


def _pieces(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part unpacked in pieces; more than its promised size raises the bomb."""
    start = part.header_offset
    if data[start : start + 4] != _ZIP:
        raise corrupt()
    begin = start + 30 + int.from_bytes(data[start + 26 : start + 28], "little")
    begin += int.from_bytes(data[start + 28 : start + 30], "little")
    packed = data[begin : begin + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        if len(packed) != part.file_size:
            raise corrupt()
        yield packed
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise corrupt()
    unpacker = zlib.decompressobj(-15)
    seen = 0
    rest = packed
    try:
        while True:
            piece = unpacker.decompress(rest, _PIECE)
            seen += len(piece)
            if seen > part.file_size:
                raise _bomb()
            if piece:
                yield piece
            rest = unpacker.unconsumed_tail
            if unpacker.eof or (not piece and not rest):
                break
    except zlib.error as error:
        raise corrupt() from error
    if seen != part.file_size:
        raise corrupt()


def _weigh(data: bytes, part: zipfile.ZipInfo, admitted: Admitted, limits: Limits) -> None:
    """Unpack one part, look for a document type, and for cells so far out that the sheet would fill the memory."""
    name = part.filename.lstrip("/")
    is_xml = name.endswith((".xml", ".rels"))
    is_sheet = name.startswith("xl/worksheets/") and is_xml
    tail = b""
    for index, piece in enumerate(_pieces(data, part)):
        if not is_xml:
            continue
        window = tail + piece
        if index == 0 and b"\x00" in window[:64]:
            raise corrupt()  # UTF-16 would hide the words looked for below; no spreadsheet program writes it
        if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
            raise _bomb()
        if is_sheet:
            if (
                b"hidden=" in window
                or b"<f" in window
                or b":f>" in window
                or b":f " in window
                or b't="e"' in window
                or b"t='e'" in window
            ):
                admitted.telling.add(name)
            _measure(window, limits)
        if (
            admitted.format == "ods"
            and name == "content.xml"
            and any(int(count) > 1_000 for count in _REPEATED.findall(window))
        ):
            raise _bomb()
        tail = window[-512:]


def _measure(window: bytes, limits: Limits) -> None:
    """Refuse cells beyond the limits: a reader lays out the whole rectangle, however few cells are filled."""
    cells = set(_CELL.findall(window))
    columns = {letters for letters, _row in cells}
    if max((int(row) for row in {row for _letters, row in cells}), default=0) > limits.rows + 1_000:
        raise too_many_rows(limits)
    if columns and max(map(_column, columns)) > limits.columns:
        raise refuse(
            "too_wide",
            sentence("工作表的列超过了 %(limit)s 列，请删除右侧多余的列后再导入。", limit=limits.columns),
        )


def too_many_rows(limits: Limits) -> Invalid:
    return refuse(
        "too_many_rows",
        sentence(
            "工作表的行数超过了 %(limit)s 行的上限，请删除末尾多余的行，或拆成几个文件分别导入。",
            limit=f"{limits.rows:,}",
        ),
    )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
