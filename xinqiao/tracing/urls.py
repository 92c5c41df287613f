"""Addresses of tracing."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.searches, name="list"),
    path("month/", views.month, name="month"),
    path("month/book/", views.month_book, name="month-book"),
    path("month/paper/", views.month_paper, name="month-paper"),
    path("begin-lost/", views.begin_lost, name="begin-lost"),
    path("begin/<uuid:person_id>/", views.begin, name="begin"),
    path("<uuid:search_id>/", views.search, name="search"),
    path("<uuid:search_id>/step/", views.step, name="step"),
    path("<uuid:search_id>/confirm/", views.confirm, name="confirm"),
    path("<uuid:search_id>/end/", views.end, name="end"),
    path("<uuid:search_id>/tell/", views.tell, name="tell"),
    path("<uuid:search_id>/report/<str:receiver>/", views.report, name="report"),
]
