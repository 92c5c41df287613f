"""The yearly exam as a form."""

from __future__ import annotations

from datetime import date
from typing import Any

from xinqiao.kernel.actor import Actor
from xinqiao.registry.models import Person
from xinqiao.treatment.queries import exams_of
from xinqiao.treatment.rules import FIELDS

from .layout import Row, day, number_boxes, options, row, rule, text


def exam_forms(*, actor: Actor, person: Person, since: date, until: date) -> list[dict[str, Any]]:
    """One form per exam of the period that stands, by date."""
    taken = [
        one
        for one in exams_of(actor=actor, person_id=person.pk).taken
        if one.voided_at is None and since <= one.happened_on <= until
    ]
    made = []
    for exam in reversed(taken):
        rows: list[Row] = [
            row("体检日期", text(day(exam.happened_on)), text("　　体检机构"), rule(exam.org, 70))
        ]
        for key, field in FIELDS.items():
            if key == "org" or not hasattr(exam, key):
                continue
            value = getattr(exam, key)
            outside = "　异常" if field.part and field.part in exam.abnormal else ""
            codes = [(c.code, c.label) for c in getattr(field, "codes", ())]
            if codes:
                marks = [] if value in (None, "") else [str(value)]
                rows.append(row(str(field.label), options(codes, marks)))
            else:
                shown = "" if value in (None, "") else str(value)
                rows.append(
                    row(str(field.label), text(f"{shown} {field.unit if shown else ''}{outside}".strip()))
                )
        made.append(
            {
                "title": "严重精神障碍患者健康体检表",
                "name": person.name,
                "number": number_boxes(person.file_no),
                "lines": [],
                "qr": "",
                "rows": rows,
                "signature": "",
                "notes": [],
            }
        )
    return made
