"""Addresses of consents."""

from django.urls import path

from . import views

urlpatterns = [
    path("<uuid:person_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:person_id>/notice/", views.notice, name="notice"),
    path("<uuid:person_id>/report/", views.report, name="report"),
    path("<uuid:person_id>/note/", views.note, name="note"),
]
