"""Tells the clocks which events of cards open and close them."""

from __future__ import annotations

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "xinqiao.reporting"
    label = "reporting"

    def ready(self) -> None:
        from xinqiao.clocks.sources import register

        from .clocks import SOURCE

        register(SOURCE)
