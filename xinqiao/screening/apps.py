"""Names the models' privacy, the actions, the nightly work and the clocks of screening."""

from __future__ import annotations

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "xinqiao.screening"
    label = "screening"

    def ready(self) -> None:
        from . import actions, privacy, tasks  # noqa: F401 -- names actions, classes and the nightly work
        from .clocks import register_sources

        register_sources()
