"""`manage.py demo_accounts`: the demo accounts as a table on the screen."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.core.management.base import BaseCommand

from config import demo

HEAD = ("角色", "姓名", "地方", "用户名", "密码")


class Command(BaseCommand):
    help = "Print the demo accounts: role, name, place, user name, password."

    def handle(self, *args: Any, **options: Any) -> None:
        if not demo.is_seeded():
            self.stdout.write("There are no demo accounts; `make demo` makes them.")
            return
        rows = [HEAD, *demo.accounts_table()]
        widths = [max(_width(row[index]) for row in rows) for index in range(len(HEAD))]
        for row in rows:
            line = "  ".join(
                cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
            )
            self.stdout.write(line.rstrip())


def _width(text: str) -> int:
    """Columns on a terminal: Chinese signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
