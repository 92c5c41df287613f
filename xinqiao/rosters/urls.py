"""Addresses below /lists/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:key>/", views.show, name="list"),
    path("<slug:key>/ledger/", views.ledger, name="ledger"),
]
