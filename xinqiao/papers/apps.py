"""The app of paper."""

from __future__ import annotations

from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "xinqiao.papers"
    label = "papers"

    def ready(self) -> None:
        from . import actions, tasks  # noqa: F401 — names the actions and the background work
