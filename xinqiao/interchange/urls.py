"""Addresses of import."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("upload/", views.upload, name="upload"),
    path("history.xlsx", views.history_book, name="history-book"),
    path("template.xlsx", views.template, name="template"),
    path("visits/", views.visits_out, name="visits-out"),
    path("<uuid:batch_id>/", views.batch, name="batch"),
    path("<uuid:batch_id>/progress/", views.progress, name="progress"),
    path("<uuid:batch_id>/problems/", views.problems, name="problems"),
    path("<uuid:batch_id>/problems.xlsx", views.problems_book, name="problems-book"),
    path("<uuid:batch_id>/fix/", views.fix, name="fix"),
    path("<uuid:batch_id>/skip/", views.skip, name="skip"),
    path("<uuid:batch_id>/check/", views.check, name="check"),
    path("<uuid:batch_id>/commit/", views.commit, name="commit"),
    path("<uuid:batch_id>/abandon/", views.abandon, name="abandon"),
]
