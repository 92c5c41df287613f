"""Names the models' privacy, the actions, the nightly work and the clocks of screening."""

from __future__ import annotations

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "xinqiao.screening"
    label = "screening"

    def ready(self) -> None:
        from . import privacy  # noqa: F401 -- declares the classes
