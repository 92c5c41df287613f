"""The addresses of single domains: a module each with `PAGES`, and `cases(world)` for those about a record."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from ..page import Page

MODULES: list[ModuleType] = [import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__)]
PAGES: dict[str, Page] = {name: page for module in MODULES for name, page in module.PAGES.items()}
