"""A file that was let in, opened: its cells, and what its XML says about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, load_workbook

from xinqiao.kernel.words import sentence

from .gate import Admitted, corrupt, refuse, wrong_type
from .marks import Book, read_marks


@contextmanager
def open_book(admitted: Admitted) -> Iterator[tuple[CalamineWorkbook, Book]]:
    """The workbook and its marks. Invalid with one problem (`file`) when it needs a password or is damaged."""
    opened, book = _opened(admitted)
    try:
        yield opened, book
    except CalamineError as error:
        raise corrupt() from error
    finally:
        opened.close()


def _opened(admitted: Admitted) -> tuple[CalamineWorkbook, Book]:
    try:
        book = read_marks(admitted)
        return load_workbook(admitted.stream()), book
    except PasswordError as error:
        raise refuse("password", sentence("文件设了打开密码，无法读取，请取消密码后再导入。")) from error
    except (CalamineError, OSError, ValueError, KeyError, SyntaxError) as error:
        # Damaged parts, unknown record types, XML that does not close: all the same to the person who brought the file.
        raise (wrong_type() if "file format" in str(error) else corrupt()) from error
    except Exception as error:
        if type(error).__module__.startswith(("defusedxml", "xml", "pyexpat")):
            raise corrupt() from error
        raise
