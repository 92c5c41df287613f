"""Addresses of the balance of the register, and of changes of borders."""

from __future__ import annotations

from typing import Any

from xinqiao.accounts.permissions import Permission

from ..page import Case, Page

PAGES: dict[str, Page] = {
    "indicators:balance": Page(Permission.SEE_FIGURES, "place"),
    "indicators:balance-people": Page(Permission.OPEN_FIGURE, "place"),
    "indicators:balance-workbook": Page(Permission.SEE_FIGURES, "place"),
}


def cases(world: Any) -> list[Case]:
    """Nothing of these is about one person."""
    return []
