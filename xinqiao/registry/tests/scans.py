"""Made-up papers as files: pictures with a place in them, PDFs that are quiet and PDFs that are not."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject


def jpeg(size: tuple[int, int] = (900, 1200), *, located: bool = False) -> bytes:
    """A page with lines; `located` adds a camera's name, a direction and a place on earth."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for y in range(60, size[1], 60):
        draw.line((40, y, size[0] - 40, y), fill="black", width=3)
    out = io.BytesIO()
    if located:
        exif = Image.Exif()
        exif[0x010F] = "SECRETCAM"
        exif[0x0112] = 6
        exif.get_ifd(0x8825).update({1: "N", 2: (38.0, 33.0, 1.0), 3: "E", 4: (106.0, 20.0, 1.0)})
        picture.save(out, "JPEG", exif=exif)
    else:
        picture.save(out, "JPEG")
    return out.getvalue()


def png(mode: str = "RGBA") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (300, 200)).save(out, "PNG")
    return out.getvalue()


def pdf(pages: int = 2, *, trick: str = "") -> bytes:
    """A PDF; `trick` is script, attachment, launch or password."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if trick == "script":
        action = DictionaryObject(
            {
                NameObject("/S"): NameObject("/JavaScript"),
                NameObject("/JS"): TextStringObject("app.alert('x')"),
            }
        )
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)
    elif trick == "attachment":
        writer.add_attachment("other.txt", b"inside")
    elif trick == "launch":
        action = DictionaryObject(
            {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")}
        )
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)
    elif trick == "hidden script":
        stream = DecodedStreamObject()
        stream.set_data(b"app.alert('x')")
        action = DictionaryObject(
            {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): writer._add_object(stream)}
        )
        writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): writer._add_object(action)})
    elif trick == "password":
        writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def sent(data: bytes, name: str = "a.jpg", **more: Any) -> dict[str, Any]:
    """What a browser sends with a file."""
    file = io.BytesIO(data)
    file.name = name
    return {"kind": "01", "happened_on": "2026-11-20", "file": file, **more}
