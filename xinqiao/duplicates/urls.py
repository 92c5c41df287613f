"""Addresses below /duplicates/."""

from django.urls import path

from .views.hunt import hunt, hunt_progress
from .views.merge import merge, unmerge
from .views.pairs import decide, pair, pairs, two

urlpatterns = [
    path("", pairs, name="list"),
    path("hunt/", hunt, name="hunt"),
    path("hunt/progress/", hunt_progress, name="hunt-progress"),
    path("<uuid:pair_id>/", pair, name="pair"),
    path("<uuid:pair_id>/decide/", decide, name="decide"),
    path("two/<uuid:one>/<uuid:other>/", two, name="two"),
    path("merges/<uuid:merge_id>/", merge, name="merge"),
    path("merges/<uuid:merge_id>/undo/", unmerge, name="unmerge"),
]
