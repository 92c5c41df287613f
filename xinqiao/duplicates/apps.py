"""The app of duplicates: tells the registry where a merged file went."""

from __future__ import annotations

from django.apps import AppConfig


class DuplicatesConfig(AppConfig):
    name = "xinqiao.duplicates"
    label = "duplicates"

    def ready(self) -> None:
        from xinqiao.registry.merged import register

        from . import actions, tasks  # noqa: F401 — names the actions and the background work
        from .queries.merges import now_at

        register(now_at)
