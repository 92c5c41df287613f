"""Tells the clocks what runs from a request."""

from __future__ import annotations

from django.apps import AppConfig


class OwnviewConfig(AppConfig):
    name = "xinqiao.ownview"
    label = "ownview"

    def ready(self) -> None:
        from xinqiao.clocks.sources import register

        from .clocks import SOURCES

        for source in SOURCES:
            register(source)
