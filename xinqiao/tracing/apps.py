"""Listens to follow-up for who was missed, lost or met again, and to the registry for two files that became one; tells the clocks of
searches."""

from __future__ import annotations

from django.apps import AppConfig


class TracingConfig(AppConfig):
    name = "xinqiao.tracing"
    label = "tracing"

    def ready(self) -> None:
        from xinqiao.clocks.sources import register
        from xinqiao.followup.listeners import subscribe
        from xinqiao.registry.listeners import subscribe_besides

        from . import inbox
        from .actions.following import follow, on_facts_changed
        from .clocks import SOURCE

        subscribe(follow)
        subscribe_besides(on_facts_changed)
        register(SOURCE)
        inbox.tell()
