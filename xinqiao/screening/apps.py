"""Names the models' privacy, the actions, the nightly work and the clocks of screening; listens to the registry for new files
and for what becomes of them."""

from __future__ import annotations

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "xinqiao.screening"
    label = "screening"

    def ready(self) -> None:
        from xinqiao.registry.listeners import subscribe_besides, subscribe_opened

        from . import actions, privacy, tasks  # noqa: F401 -- names actions, classes and the nightly work
        from .clocks import on_facts_changed, on_file_opened, register_sources

        register_sources()
        subscribe_opened(on_file_opened)
        subscribe_besides(on_facts_changed)
