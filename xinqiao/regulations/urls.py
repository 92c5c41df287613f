"""Rules in force: the list, one rule with its rows, a place's own row written and taken back."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.listing, name="list"),
    path("calendar/<int:year>/", views.calendar, name="calendar"),
    path("<slug:domain>/<slug:name>/", views.rule, name="rule"),
    path("withdraw/", views.withdraw, name="withdraw"),
]
