"""Addresses of boundaries."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.changes, name="list"),
    path("new/", views.new, name="new"),
    path("waiting/", views.waiting, name="waiting"),
    path("waiting/<uuid:assignment_id>/", views.assign, name="assign"),
    path("<uuid:change_id>/", views.change, name="change"),
    path("<uuid:change_id>/carry-out/", views.carry, name="carry-out"),
    path("<uuid:change_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:change_id>/undo/", views.undo, name="undo"),
]
