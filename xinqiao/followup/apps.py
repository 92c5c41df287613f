"""Listens to the registry: when facts about people change, what is due is folded again; a new file owes a joint visit."""

from __future__ import annotations

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "xinqiao.followup"
    label = "followup"

    def ready(self) -> None:
        from xinqiao.registry.listeners import subscribe, subscribe_besides, subscribe_opened

        from . import inbox
        from .actions.refold import on_facts_changed
        from .clocks import on_facts_changed as on_owing_changed
        from .clocks import on_file_opened, register_source

        subscribe(on_facts_changed)
        subscribe_opened(on_file_opened)
        subscribe_besides(on_owing_changed)
        register_source()
        inbox.tell()
