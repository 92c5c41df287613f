"""Values as a county types them into its workbook: one cell per field, drugs as one cell per drug.

Headings are the labels of the two registers of fields, so that whoever reads those registers reads these workbooks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinqiao.followup.rules.cells import counts_cell, drug_cell
from xinqiao.followup.rules.fields import FIELDS as VISIT_FIELDS
from xinqiao.registry.rules.fields import FIELDS as PERSON_FIELDS

Cell = str | int | date | None
#: Drugs in use that have a column of their own.
DRUG_COLUMNS = 3
PEOPLE_SHEET, VISITS_SHEET = "患者名册", "随访记录"

# Columns nobody keeps in such a workbook, or that the rule computes.
_NOT_KEPT = {
    "no_id_reason",
    "form_edition",
    "workplace",
    "hukou_code",
    "hukou_detail",
    "filled_by",
    "worker",
    "signer_name",
}
_COMPUTED = {
    "due_on",
    "planned_reason",
    "form_detail",
    "drug_advice",
    "recipe_3m",
    "case_mgmt",
    "emergency_done",
    "note",
}


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is the field's key (`drugs.1` for the first drug), `title` what stands above, `kind` the field's kind."""

    key: str
    title: str
    kind: str
    width: int = 12


def people_columns() -> list[Column]:
    """Columns of the register."""
    return [
        Column(field.key, field.label, field.kind, 22 if field.kind == "id_number" else 14)
        for field in PERSON_FIELDS.values()
        if field.key not in _NOT_KEPT
    ]


def visit_columns() -> list[Column]:
    """Columns of the follow-up records: who, then the form."""
    who = [PERSON_FIELDS["id_number"], PERSON_FIELDS["name"]]
    columns = [
        Column(field.key, field.label, field.kind, 22 if field.kind == "id_number" else 12) for field in who
    ]
    for field in VISIT_FIELDS.values():
        if field.key == "drugs":
            columns += [Column(f"drugs.{n}", f"用药{n}", "drug", 26) for n in range(1, DRUG_COLUMNS + 1)]
        elif field.key not in _COMPUTED:
            columns.append(Column(field.key, field.label, field.kind))
    return columns


def row_of(columns: list[Column], record: Mapping[str, Any]) -> list[Cell]:
    """One record as cells, in the order of the columns."""
    return [_cell(column, record) for column in columns]


def _cell(column: Column, record: Mapping[str, Any]) -> Cell:
    if column.kind == "drug":
        rows = record.get("drugs", ())
        index = int(column.key.partition(".")[2]) - 1
        return drug_cell(rows[index]) if index < len(rows) else None
    value = record.get(column.key)
    match column.kind:
        case "counts":
            return None if value is None else counts_cell(value)
        case "multi" | "texts":
            return "、".join(value) if value else None
        case "bool":
            return None if value is None else "是" if value else "否"
        case _:
            return value if value not in ("", None) else None


def letter(index: int) -> str:
    """Column letter of a zero-based index: 0 → A, 26 → AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
