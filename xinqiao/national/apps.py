"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class NationalConfig(AppConfig):
    """Working beside the national system."""

    name = "xinqiao.national"
