"""Names the catalogue in which sentences of the rules are told."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext

from xinqiao.kernel.words import speak_with


class WebConfig(AppConfig):
    name = "xinqiao.web"

    def ready(self) -> None:
        speak_with(gettext)
