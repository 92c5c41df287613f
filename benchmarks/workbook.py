"""A workbook of visits for the import benchmark, made of people who are there, and the way it takes through the pages."""

from __future__ import annotations

import io
import re
import time
from datetime import date
from typing import Any
from uuid import uuid4

from benchmarks.client import Client


def visits_workbook(rows: int, today: date) -> bytes:
    """`rows` visits of the template county's people at days on which they have none, in the product's own headings."""
    import xlsxwriter
    from django.db import connections

    from tests.factories.records import visit_record
    from xinqiao.kernel.periods import add_months
    from xinqiao.registry.fields import keyring
    from xinqiao.synth.cells import VISITS_SHEET, row_of, visit_columns

    with connections["report"].cursor() as cursor:
        cursor.execute(
            "select p.name, i.number from registry_person p join registry_identifier i on i.person_id = p.id"
            " join followup_standing s on s.person_id = p.id and s.state = 'registered'"
            " where p.managing_code like '990201%%' order by p.id"
        )
        people = [(name, keyring().open(bytes(number))) for name, number in cursor.fetchall()]
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet(VISITS_SHEET)
    columns = visit_columns()
    sheet.write_row(0, 0, [column.title for column in columns])
    for number in range(rows):
        name, id_number = people[number % len(people)]
        on = add_months(today, -30 - number // len(people))
        record = visit_record(on, name=name, id_number=id_number)
        sheet.write_row(number + 1, 0, row_of(columns, record))
    book.close()
    return out.getvalue()


def upload(client: Client, data: bytes) -> str:
    """Send a workbook; the address of its batch."""
    form = client.form("/import/", having="csrfmiddlewaretoken")
    token = form.values["csrfmiddlewaretoken"][0]
    edge = uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'.encode(),
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="visits.xlsx"\r\n\r\n'.encode()
        + data
        + b"\r\n",
        f"--{edge}--\r\n".encode(),
    ]
    headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
    status, where, text = client.send("POST", "/import/upload/", b"".join(parts), headers)
    assert status == 302, (status, re.sub(r"<[^>]+>", " ", text)[:800])
    return where


def post_workbook(client: Client, data: bytes) -> str:
    """Upload, wait for the check, commit, wait for the end; what the last page says in one line."""
    where = upload(client, data)
    _until(client, where, "核对结果")
    commit = next(f for f in _forms(client, where) if f.action.endswith("/commit/"))
    client.post(commit, {})
    return _until(client, where, "导入完成")


def _forms(client: Client, where: str) -> list[Any]:
    from benchmarks.client import _Forms

    parser = _Forms(where)
    parser.feed(client.get(where))
    return parser.forms


def _until(client: Client, where: str, state: str) -> str:
    """Ask the page again until its heading says that the step is done."""
    for _ in range(3000):
        _, _, text = client.send("GET", where)
        heading = re.search(r"<h1>(.*?)</h1>", text, re.S)
        if heading and heading[1].strip() == state:
            return state
        time.sleep(0.2)
    raise AssertionError(f"not {state} within ten minutes")
