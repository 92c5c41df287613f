"""What leaves the product: workbooks that run nothing, papers that read nothing as markup, messengers that save nothing."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from django.test import RequestFactory
from pypdf import PdfReader

from xinqiao.web import papers
from xinqiao.web.files import send_file
from xinqiao.web.sheets import Column, Sheet, workbook

AT = dt.datetime(2026, 11, 21, 8, 30, tzinfo=dt.UTC)


def book_of(*rows: list[object]) -> openpyxl.Workbook:
    columns = [Column("name", "姓名"), Column("born", "出生日期", "date"), Column("rate", "率", "percent")]
    raw = workbook(
        [Sheet("花名册", columns, rows, heading="在册患者花名册"), Sheet("花名册", columns, [])],
        made_by="李岗卫生院",
        made_at=AT,
    )
    return openpyxl.load_workbook(io.BytesIO(raw))


@pytest.mark.parametrize("typed", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "http://x.invalid"])
def test_what_somebody_typed_leaves_as_text_and_never_as_a_formula_or_link(typed: str) -> None:
    cell = book_of([typed, None, None])["花名册"]["A3"]

    assert (cell.value, cell.data_type, cell.hyperlink) == (typed, "s", None)


def test_a_sheet_has_its_heading_repeated_heads_and_who_made_it() -> None:
    page = book_of(["甲", dt.date(1980, 2, 29), 95.75])["花名册"]

    assert page["A1"].value == "在册患者花名册"
    assert page["B3"].value == dt.datetime(1980, 2, 29)
    assert page["C3"].value == 95.75
    assert page.print_title_rows == "$1:$2"
    assert page.page_setup.orientation == "landscape"
    assert page["A5"].value == "李岗卫生院 于 2026-11-21 16:30 导出"


def test_two_sheets_of_one_name_both_stay() -> None:
    assert book_of().sheetnames == ["花名册", "花名册 2"]


def test_a_paper_shows_typed_markup_as_it_was_typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "web" / "papers").mkdir(parents=True)
    (tmp_path / "web" / "papers" / "base.typ").write_text(
        (papers.ROOT / "web/papers/base.typ").read_text("utf-8"), "utf-8"
    )
    (tmp_path / "web" / "papers" / "try.typ").write_text(
        '#import "/web/papers/base.typ": *\n#let data = json(bytes(sys.inputs.data))\n'
        "#show: paper.with(foot: data.foot)\n#heading-line(data.title)\n#data.typed",
        "utf-8",
    )
    monkeypatch.setattr(papers, "ROOT", tmp_path)
    typed = '*粗* #panic("x") $1$ 㛃'

    made = papers.render(
        "web/try.typ", {"title": "随访", "typed": typed, "foot": {"by": "卫生院", "at": "2026-11-21"}}
    )

    text = PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert typed.replace(" ", "") in text.replace(" ", "")
    assert "第1页，共1页" in text.replace(" ", "")


def test_a_template_outside_the_apps_is_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        papers.path_of("web/../../../../etc/hostname")


def test_a_qr_code_is_a_drawing() -> None:
    assert papers.qr_svg("http://127.0.0.1/followup/").startswith("<svg")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("agent", "saved"),
    [
        ("Mozilla/5.0 (Linux; Android 13) Chrome/116.0 Mobile", True),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/116.0 MicroMessenger/8.0.40", False),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/116.0 wxwork/4.1", False),
    ],
)
def test_a_messengers_browser_gets_a_sentence_instead_of_a_file(agent: str, saved: bool) -> None:
    request = RequestFactory().get("/x", headers={"User-Agent": agent})

    answer = send_file(request, b"PK", name="花名册-20261121.xlsx", content_type="application/zip")

    assert ("attachment" in answer.headers.get("Content-Disposition", "")) is saved
    assert ("在浏览器打开" in answer.content.decode("utf-8", "replace")) is not saved
    assert answer.status_code == 200
