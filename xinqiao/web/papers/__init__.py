"""Papers: PDF set by typst from a template of an app and plain data, with fonts that came at set-up.

A template is `<app>/papers/<name>.typ` and is addressed as `"<app>/<name>.typ"`; it reads what it is given by
`#let data = json(bytes(sys.inputs.data))`, so nothing that a person typed is ever read as markup. `base.typ` here holds
what all papers share.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings

#: typst may read below this folder only: templates, no data.
ROOT = Path(__file__).resolve().parents[2]


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The two weights of the serif, read once a process; for a character that they lack (𠮷), what the machine has."""
    return typst.Fonts(
        include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(settings.XINQIAO_FONTS)]
    )


def path_of(template: str) -> Path:
    """The file of `"<app>/<name>.typ"`; FileNotFoundError when no app has it."""
    app, name = template.split("/", 1)
    path = (ROOT / app / "papers" / name).resolve()
    if ROOT not in path.parents or not path.is_file():
        raise FileNotFoundError(template)
    return path


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of `template` filled with `data` (JSON values: text, numbers, lists, mappings; dates as text)."""
    given = json.dumps(data, ensure_ascii=False, allow_nan=False)
    made = typst.compile(
        str(path_of(template)),
        root=str(ROOT),
        font_paths=_fonts(),
        sys_inputs={"data": given},
        format="pdf",
    )
    return bytes(made)


def qr_svg(text: str) -> str:
    """A QR code as SVG, medium error correction, no quiet zone (the paper gives it). In a template:
    `image(bytes(data.qr), format: "svg", width: 20mm)`.
    """
    raw = io.BytesIO()
    segno.make(text, error="m", micro=False).save(raw, kind="svg", border=0, xmldecl=False, svgns=True)
    return raw.getvalue().decode()
