"""One registered person in each township."""

from __future__ import annotations

from xinqiao.registry.tests.conftest import _fresh_names, north, south

__all__ = ["_fresh_names", "north", "south"]
