"""Scans kept with a file, as pages of A4 for a bundle."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter, Transformation

from xinqiao.registry.models import Attachment, Person

A4 = (595.28, 841.89)
EDGE = 34.0


def scans_of(person: Person, *, since: date, until: date) -> Iterator[bytes]:
    """Each scan of the file whose paper is of the period, or that belongs to a consent, as a PDF; by date."""
    rows = Attachment.whole.filter(person=person, voided_at=None).order_by("happened_on", "id")
    for row in rows.iterator(chunk_size=1):
        if since <= row.happened_on <= until or row.consent_id is not None:
            yield row.body if row.content_type == "application/pdf" else _on_a4(row.body)


def _on_a4(picture: bytes) -> bytes:
    """A picture in the middle of a page, as large as fits."""
    raw = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        image.convert("RGB").save(raw, "PDF", resolution=72, quality=80)
    inner = PdfReader(raw).pages[0]
    width, height = float(inner.mediabox.width), float(inner.mediabox.height)
    scale = min((A4[0] - 2 * EDGE) / width, (A4[1] - 2 * EDGE) / height)
    page = PageObject.create_blank_page(width=A4[0], height=A4[1])
    move = Transformation().scale(scale).translate((A4[0] - width * scale) / 2, (A4[1] - height * scale) / 2)
    page.merge_transformed_page(inner, move)
    writer = PdfWriter()
    writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
