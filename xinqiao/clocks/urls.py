"""Addresses below /inbox/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("timeliness/", views.timeliness, name="timeliness"),
    path("timeliness.xlsx", views.timeliness_book, name="timeliness-book"),
    path("<uuid:clock_id>/", views.one_clock, name="clock"),
]
