"""What somebody brings as a scan → what is kept of it, or a sentence about what is wrong.

The kind is read from the content, never from the name. A picture is drawn anew: place, camera and time that a phone writes
into it are gone, and so is whatever else was hidden in the file. A PDF is kept as it is, so it is refused when it can do
more than be read.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.words import sentence

#: Long side of a kept picture: an A4 page at 300 dots an inch.
LONG_SIDE = 3508
PREVIEW_SIDE = 240
QUALITY, PREVIEW_QUALITY = 82, 60
#: A picture of more dots than this is not opened: it may be made to fill the memory.
MOST_DOTS = 60_000_000
MOST_PAGES = 100
MOST_OBJECTS = 50_000
#: What a paper never needs: programs, files inside files, forms that send themselves.
ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/RichMedia", "/XFA", "/AF"})
ACTIVE_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/RichMedia", "/Rendition"}
)


@dataclass(frozen=True, slots=True)
class Scan:
    """What is kept. `preview` is a small JPEG, empty for a PDF."""

    content_type: str
    body: bytes
    pages: int
    preview: bytes = b""


def read_scan(data: bytes, *, most_bytes: int) -> Scan:
    """Check what was brought. Raises Invalid (field `file`) with a sentence that says what would be right."""
    if not data:
        raise _wrong("empty", sentence("这个文件是空的，请重新选择或重新拍照。"))
    if len(data) > most_bytes:
        raise too_large(len(data), most_bytes)
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _picture(data)
    if b"%PDF-" in data[:1024]:
        return _pdf(data)
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"hevc", b"heim"):
        raise _wrong(
            "heic",
            sentence(
                "这是 HEIC 照片，这里打不开。请在手机相机设置里把格式改为“兼容性最佳”（JPEG）后重拍，或另存为 JPEG。"
            ),
        )
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise _wrong(
            "office",
            sentence(
                "这是 Word、Excel 一类的文件或压缩包；文书请拍照，或另存为 PDF 后再传（内容不是 JPEG、PNG 或 PDF）。"
            ),
        )
    raise _wrong(
        "type",
        sentence("这个文件的内容不是 JPEG、PNG 图片，也不是 PDF；只改文件名的后缀不行，请重新拍照或扫描。"),
    )


def too_large(size: int, most: int) -> Invalid:
    """The sentence about a file that is too large, before it was read."""
    return _wrong(
        "too_large",
        sentence(
            "文件有 %(megabytes)s MB，最多 %(megabytes2)s MB。照片请降低分辨率，PDF 请按页分开或用较低的清晰度扫描。",
            megabytes=_megabytes(size),
            megabytes2=_megabytes(most),
        ),
    )


def _megabytes(size: int) -> str:
    return f"{size / 1048576:.1f}".removesuffix(".0")


def _wrong(code: str, message: str) -> Invalid:
    return Invalid([Problem("file", code, message)])


def _picture(data: bytes) -> Scan:
    from PIL import Image, ImageOps

    broken = _wrong("broken", sentence("这张图片打不开或不完整，可能传输中断了；请重新拍照或重新选择。"))
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as opened:
            if opened.width * opened.height > MOST_DOTS:
                raise _wrong(
                    "too_many_dots",
                    sentence(
                        "这张图片有 %(width)s×%(height)s 个像素，太大了；请用普通分辨率重拍。",
                        width=opened.width,
                        height=opened.height,
                    ),
                )
            # A JPEG is opened at a fraction of its size where that is enough: memory stays small.
            opened.draft("RGB", (LONG_SIDE, LONG_SIDE))
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            flat = _on_white(upright)
    except Invalid:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise broken from error
    flat.thumbnail((LONG_SIDE, LONG_SIDE))
    body = _jpeg(flat, QUALITY)
    flat.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return Scan("image/jpeg", body, 1, _jpeg(flat, PREVIEW_QUALITY))


def _on_white(picture: Any) -> Any:
    """Without transparency, in grey or in colours."""
    from PIL import Image

    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        paper = Image.new("RGB", seen.size, "white")
        paper.paste(seen, mask=seen.getchannel("A"))
        return paper
    return picture.convert("L" if picture.mode in ("1", "L", "I", "I;16", "F") else "RGB")


def _jpeg(picture: Any, quality: int) -> bytes:
    from PIL import Image

    # A new picture of the same dots: nothing that came along with the old one comes along.
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _pdf(data: bytes) -> Scan:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    broken = _wrong("broken", sentence("这个 PDF 打不开或不完整，可能传输中断了；请重新扫描或重新导出。"))
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise _wrong("encrypted", sentence("这个 PDF 设有密码；请去掉密码后再传，系统会自己加密保存。"))
        pages = len(reader.pages)
        active = _is_active(reader)
    except Invalid:
        raise
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise broken from error
    if pages == 0:
        raise broken
    if pages > MOST_PAGES:
        raise _wrong(
            "too_many_pages",
            sentence(
                "这个 PDF 有 %(pages)s 页，一份文书最多 %(most_pages)s 页；请分开上传。",
                pages=pages,
                most_pages=MOST_PAGES,
            ),
        )
    if active:
        raise _wrong(
            "active",
            sentence("这个 PDF 里带有脚本、附件或会自动运行的内容，不能保存；请打印成新的 PDF，或拍照上传。"),
        )
    return Scan("application/pdf", data, pages)


def _is_active(reader: Any) -> bool:
    """Whether anything that hangs on the root can do more than be read. Also true for what is too tangled to be sure."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    waiting: list[Any] = [reader.trailer.get("/Root")]
    seen: set[int] = set()
    steps = 0
    while waiting:
        steps += 1
        if steps > MOST_OBJECTS * 20 or len(seen) > MOST_OBJECTS:
            return True
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            if ACTIVE_KEYS & set(one) or one.get("/S") in ACTIVE_ACTIONS:
                return True
            waiting.extend(one.raw_get(key) for key in one)
        elif isinstance(one, ArrayObject):
            waiting.extend(list.__iter__(one))
    return False
