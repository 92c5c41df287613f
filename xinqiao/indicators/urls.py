"""Addresses of the figures."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.table, name="table"),
    path("trend/", views.trend, name="trend"),
    path("workbook/", views.workbook, name="workbook"),
    path("variants/<slug:key>/", views.variants, name="variants"),
    path("outside/", views.outside, name="outside"),
    path("outside/workbook/", views.outside_workbook, name="outside-workbook"),
    path("balance/", views.balance, name="balance"),
    path("balance/people/", views.balance_people, name="balance-people"),
    path("balance/workbook/", views.balance_workbook, name="balance-workbook"),
    path("people/", views.people, name="people"),
    path("measures/", views.measures, name="measures"),
    path("measures/<slug:key>/", views.measure, name="measure"),
]
