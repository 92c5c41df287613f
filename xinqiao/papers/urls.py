"""Addresses of paper, below `papers/`."""

from __future__ import annotations

from django.urls import path

from .views import entry

urlpatterns = [
    path("entry/", entry.piles, name="piles"),
    path("entry/<uuid:pile_id>/", entry.pile, name="pile"),
    path("entry/<uuid:pile_id>/add/", entry.add, name="pile-add"),
    path("entry/<uuid:pile_id>/finish/", entry.finish, name="pile-finish"),
    path("entry/<uuid:pile_id>/summary/", entry.summary, name="pile-summary"),
    path("entry/form/<uuid:row_id>/", entry.row, name="row"),
    path("entry/form/<uuid:row_id>/draft/", entry.draft, name="row-draft"),
    path("entry/form/<uuid:row_id>/undo/", entry.undo, name="row-undo"),
]
