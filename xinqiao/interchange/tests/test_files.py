"""Which files are let in, and the one sentence for each that is not."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
import xlsxwriter

from xinqiao.interchange.excel.gate import admit
from xinqiao.interchange.excel.limits import Limits
from xinqiao.interchange.excel.sheets import read_workbook
from xinqiao.kernel.errors import Invalid

from .books import book, person

GOOD = book({"people": [person(1)]})


def rebuilt(
    data: bytes, change: Callable[[str, bytes], bytes], more: dict[str, bytes] | None = None
) -> bytes:
    """The same workbook with its parts changed by hand."""
    raw = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return raw.getvalue()


def same(_name: str, content: bytes) -> bytes:
    return content


def refusal(data: bytes, limits: Limits | None = None) -> tuple[str, str]:
    with pytest.raises(Invalid) as caught:
        read_workbook(data, limits)
    (problem,) = caught.value.problems
    assert problem.field == "file"
    assert problem.message.endswith(("。", "列；可下载模板对照标题。"))
    return problem.code, problem.message


def test_an_empty_file_is_refused() -> None:
    assert refusal(b"")[0] == "empty"


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7 not a table",
        b"one line, no table",
        b"\xff\xfeh\x00t\x00m\x00l\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    ],
)
def test_what_a_file_is_counts_not_what_it_is_called(data: bytes) -> None:
    assert refusal(data)[0] == "wrong_type"


def test_a_word_document_is_no_workbook() -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types>wordprocessingml</Types>")
        archive.writestr("word/document.xml", "<w/>")
    assert refusal(raw.getvalue())[0] == "wrong_type"


def test_a_workbook_with_macros_is_refused_whatever_its_name() -> None:
    assert refusal(rebuilt(GOOD, same, {"xl/vbaProject.bin": b"x"}))[0] == "macro"
    by_type = rebuilt(GOOD, lambda n, c: c.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml"))
    code, message = refusal(by_type)
    assert code == "macro"
    assert "不带宏" in message


def test_a_workbook_with_a_password_says_to_take_it_off() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le")
    code, message = refusal(data)
    assert code == "password"
    assert "取消密码" in message


def test_a_file_over_the_limit_is_refused_before_it_is_opened() -> None:
    code, message = refusal(GOOD, Limits(file_bytes=1000))
    assert code == "too_large"
    assert "MB" in message


def test_more_rows_than_allowed_are_refused() -> None:
    data = book({"people": [person(n) for n in range(1, 30)]})
    assert refusal(data, Limits(rows=20))[0] == "too_many_rows"


def test_a_cell_far_below_is_refused_before_the_reader_lays_out_the_sheet() -> None:
    far = rebuilt(
        GOOD, lambda n, c: c.replace(b'<c r="A2"', b'<c r="A1048576"') if n.endswith("sheet1.xml") else c
    )
    assert refusal(far)[0] == "too_many_rows"
    wide = rebuilt(
        GOOD, lambda n, c: c.replace(b'<c r="A2"', b'<c r="XFD2"') if n.endswith("sheet1.xml") else c
    )
    assert refusal(wide)[0] == "too_wide"


def test_formatting_down_to_the_last_row_does_no_harm() -> None:
    book_ = openpyxl.load_workbook(io.BytesIO(GOOD))
    book_.active["A1048576"].font = openpyxl.styles.Font(bold=True)
    raw = io.BytesIO()
    book_.save(raw)
    (table,) = read_workbook(raw.getvalue()).tables
    assert len(table.lines) == 1


def test_a_zip_bomb_is_refused_from_its_directory() -> None:
    bomb = rebuilt(GOOD, same, {"xl/worksheets/sheet9.xml": b" " * 30_000_000})
    assert refusal(bomb, Limits())[0] == "bomb"
    assert (
        refusal(rebuilt(GOOD, same, {"xl/media/x.bin": b"0123456789" * 9}), Limits(unpacked_bytes=1000))[0]
        == "bomb"
    )


def test_a_directory_that_lies_about_sizes_is_found_out() -> None:
    data = bytearray(rebuilt(GOOD, same, {"xl/worksheets/sheet9.xml": b" " * 500_000}))
    at = data.rindex(b"PK\x01\x02")
    assert data[at + 46 :].startswith(b"xl/worksheets/sheet9.xml")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    assert refusal(bytes(data))[0] == "bomb"


def test_entities_are_refused() -> None:
    declared = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
        bad = rebuilt(GOOD, lambda n, c, part=part: declared + c[c.index(b"?>") + 2 :] if n == part else c)
        assert refusal(bad)[0] == "bomb", part


def test_a_damaged_file_says_so() -> None:
    assert refusal(GOOD[: len(GOOD) // 2])[0] == "corrupt"
    torn = rebuilt(GOOD, lambda n, c: c[: len(c) // 2] if n.endswith("sheet1.xml") else c)
    assert refusal(torn)[0] in {"corrupt", "no_sheet", "empty"}
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        place = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 60
    spoiled = bytearray(GOOD)
    spoiled[place : place + 40] = b"\xff" * 40
    assert refusal(bytes(spoiled))[0] == "corrupt"


def test_a_workbook_without_anything_known_names_the_columns_it_needs() -> None:
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw) as other:
        other.add_worksheet("帐").write_row(0, 0, ["项目", "金额"])
    code, message = refusal(raw.getvalue())
    assert code == "no_sheet"
    assert "身份证号" in message
    blank = io.BytesIO()
    with xlsxwriter.Workbook(blank) as other:
        other.add_worksheet()
    assert refusal(blank.getvalue())[0] == "empty"
    assert (
        refusal(re.sub(b"x", b"x", book({"people": [{"name": "", "id_number": "", "sex": ""}]})))[0]
        == "empty"
    )


def test_a_good_file_is_admitted_by_its_content() -> None:
    assert admit(GOOD).format == "xlsx"
