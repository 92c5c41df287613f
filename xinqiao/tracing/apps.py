"""Listens to follow-up for who was missed, lost or met again; tells the clocks of searches."""

from __future__ import annotations

from django.apps import AppConfig


class TracingConfig(AppConfig):
    name = "xinqiao.tracing"
    label = "tracing"

    def ready(self) -> None:
        from xinqiao.clocks.sources import register
        from xinqiao.followup.listeners import subscribe

        from .actions.following import follow
        from .sources import SOURCE

        subscribe(follow)
        register(SOURCE)
