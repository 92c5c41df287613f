"""Listens to the registry for answers to the offer of service, and tells the clocks what follows a no."""

from __future__ import annotations

from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    name = "xinqiao.consents"
    label = "consents"

    def ready(self) -> None:
        from xinqiao.clocks.sources import register
        from xinqiao.registry.listeners import subscribe_besides

        from .actions.following import on_answers_changed
        from .clocks import SOURCE

        register(SOURCE)
        subscribe_besides(on_answers_changed)
