"""The style guide: every component in all its states. Exists only in the demo and while developing."""

from __future__ import annotations

from django.urls import path

from . import styleguide

app_name = "web"

urlpatterns = [
    path("styleguide/", styleguide.index, name="styleguide"),
    path("styleguide/<slug:page>/", styleguide.sample, name="styleguide-page"),
]
