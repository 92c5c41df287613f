"""Pages of boundaries in the rooms of the frame."""

from __future__ import annotations

from xinqiao.web.navigation import Item

ITEMS: list[Item] = []
