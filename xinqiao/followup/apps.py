"""Listens to the registry: when facts about people change, what is due is folded again."""

from __future__ import annotations

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "xinqiao.followup"
    label = "followup"

    def ready(self) -> None:
        from xinqiao.registry.listeners import subscribe

        from . import inbox
        from .actions.refold import on_facts_changed
        from .clocks import register_source

        subscribe(on_facts_changed)
        register_source()
        inbox.tell()
