"""Tells the clock engine when actions run out."""

from __future__ import annotations

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "xinqiao.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        from xinqiao.clocks.sources import register

        from .clocks import SOURCE

        register(SOURCE)
