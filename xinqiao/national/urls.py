"""Addresses of this domain."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("", views.waiting, name="list"),
    path("list.xlsx", views.waiting_book, name="list-book"),
    path("entered/", views.done, name="entered"),
    path("visit/<uuid:visit_id>/", views.screen, name="visit"),
    path("tick/", views.tick, name="tick"),
    path("untick/", views.untick, name="untick"),
    path("timeliness/", views.timely, name="timeliness"),
    path("timeliness.xlsx", views.timely_book, name="timeliness-book"),
    path("settings/", views.settings, name="settings"),
    path("compare/", views.comparisons, name="comparisons"),
    path("compare/upload/", views.upload, name="upload"),
    path("compare/<uuid:comparison_id>/", views.comparison, name="comparison"),
    path("compare/<uuid:comparison_id>/columns/", views.columns, name="columns"),
    path("compare/<uuid:comparison_id>/abandon/", views.abandon, name="abandon"),
    path("differences/", views.items, name="differences"),
    path("differences.xlsx", views.items_book, name="differences-book"),
    path("differences/settle/", views.settle, name="settle"),
    path("differences/assign/", views.assign, name="assign"),
    path("differences/<uuid:difference_id>/", views.item, name="difference"),
]
