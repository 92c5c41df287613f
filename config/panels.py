"""Gathers what each domain shows on one person's page: tabs (`PANELS`) and entries of the timeline (`TIMELINE`)."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from xinqiao.web.panels import Flagger, Gathered, Panel, Provider

DOMAINS = (
    "registry",
    "consents",
    "screening",
    "reporting",
    "transfers",
    "tracing",
    "duplicates",
    "treatment",
    "followup",
    "ownview",
    "papers",
    "interchange",
    "indicators",
)


@cache
def gather() -> Gathered:
    """Tabs in their order, and all providers of the timeline."""
    panels: list[Panel] = []
    timeline: list[Provider] = []
    flags: list[Flagger] = []
    for domain in DOMAINS:
        name = f"xinqiao.{domain}.panels"
        if find_spec(name):
            module = import_module(name)
            panels.extend(getattr(module, "PANELS", ()))
            timeline.extend(getattr(module, "TIMELINE", ()))
            flags.extend(getattr(module, "FLAGS", ()))
    return Gathered(sorted(panels, key=lambda panel: panel.order), timeline, flags)
