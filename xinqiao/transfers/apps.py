"""Tells the clock engine of the hand-overs' clocks."""

from __future__ import annotations

from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "xinqiao.transfers"
    label = "transfers"

    def ready(self) -> None:
        from .clocks import tell

        tell()
