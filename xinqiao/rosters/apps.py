"""Registers the lists that this app itself knows, when Django starts."""

from __future__ import annotations

from django.apps import AppConfig


class RostersConfig(AppConfig):
    name = "xinqiao.rosters"
    label = "rosters"

    def ready(self) -> None:
        from .catalogue import LISTS
        from .lists import register

        register(*LISTS)
