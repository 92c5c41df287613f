"""Workbooks for the tests, written as spreadsheet programs write them. Everybody in them is made up (division 99)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from tests.factories.county import NORTH_1
from tests.factories.numbers import id_number
from xinqiao.interchange.excel.headings import Sheet, by_key

TITLES: dict[Sheet, str] = {"people": "患者名册", "visits": "随访记录"}


def person(serial: int = 1, **cells: Any) -> dict[str, Any]:
    """Cells of a whole row of the register by column key."""
    birth_on = date(1985, 7, 8)
    return {
        "name": "张" + chr(0x4E00 + serial % 5000),
        "id_number": id_number(birth_on, "1", serial),
        "sex": "男",
        "birth_on": birth_on.isoformat(),
        "live_code": NORTH_1,
        "icd10": "F20.9",
        "consent": "同意",
        "signer": "本人",
        "signed_on": "2020-03-01",
        "filed_on": "2020-03-01",
    } | cells


def visit(id_no: str, on: str = "2026-05-06", **cells: Any) -> dict[str, Any]:
    """Cells of a whole row of visits by column key."""
    return {
        "id_number": id_no,
        "visit_date": on,
        "form": "家庭访视",
        "targets": "患者本人",
        "risk": "0级",
        "symptoms": "无明显症状",
        "symptom_severity": "基本消失",
        "insight": "自知力完全",
        "sleep": "良好",
        "diet": "良好",
        "soc_selfcare": "1",
        "soc_housework": "1",
        "soc_work": "1",
        "soc_study": "1",
        "soc_interpersonal": "1",
        "danger_acts": "无",
        "locked": "无关锁",
        "hospital": "未住院",
        "lab": "无",
        "adherence": "按医嘱规律用药",
        "adr": "无",
        "physical_severity": "无",
        "effect": "好转",
        "drugs.1": "奥氮平 早0 中0 晚10mg",
        "refer_suggest": "否",
        "referred": "否",
        "visit_class": "稳定",
        "doctor": "演示医生",
    } | cells


def book(sheets: Mapping[Sheet, Sequence[Mapping[str, Any]]], *, above: int = 0) -> bytes:
    """A plain .xlsx with these sheets; `above` rows of title above the headings."""
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True}) as workbook:
        for sheet, rows in sheets.items():
            page = workbook.add_worksheet(TITLES[sheet])
            keys = list(dict.fromkeys(key for row in rows for key in row))
            for row in range(above):
                page.write_string(row, 0, "双桥县 2026 年")
            for column, key in enumerate(keys):
                page.write_string(above, column, by_key(sheet)[key].title)
                for number, row in enumerate(rows):
                    if row.get(key, "") != "":
                        write = page.write_string if isinstance(row[key], str) else page.write
                        write(above + 1 + number, column, row[key])
    return raw.getvalue()
