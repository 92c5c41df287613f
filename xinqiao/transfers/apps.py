"""Tells the clock engine of the hand-overs' clocks; listens to follow-up and the registry for what happens to people meanwhile."""

from __future__ import annotations

from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "xinqiao.transfers"
    label = "transfers"

    def ready(self) -> None:
        from xinqiao.duplicates.under_way import register
        from xinqiao.followup.listeners import subscribe
        from xinqiao.registry.listeners import subscribe_besides

        from .actions.following import on_contacts, on_facts_changed
        from .clocks import tell
        from .queries.open import any_open

        subscribe(on_contacts)
        subscribe_besides(on_facts_changed)
        register(any_open)
        tell()
