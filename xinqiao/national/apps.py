"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class NationalConfig(AppConfig):
    """Working beside the national system."""

    name = "xinqiao.national"

    def ready(self) -> None:
        from . import inbox, leaving, lists

        inbox.tell()
        leaving.tell()
        lists.tell()
