"""Addresses of reporting."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.cards, name="list"),
    path("open/<uuid:subject>/", views.opened, name="open"),
    path("paper/", views.paper, name="paper"),
    path("own/", views.own_cards, name="own"),
    path("own/new/", views.new_card, name="new-card"),
    path("own/discharges/", views.own_discharges, name="own-discharges"),
    path("own/draft/<uuid:draft_id>/", views.draft, name="draft"),
    path("own/<uuid:card_id>/", views.own_card, name="own-card"),
    path("own/<uuid:card_id>/correct/", views.correct, name="correct"),
    path("own/<uuid:card_id>/withdraw/", views.withdraw, name="withdraw"),
    path("own/<uuid:card_id>/discharge/", views.new_discharge, name="new-discharge"),
    path("searches/", views.searches, name="searches"),
    path("searches/<uuid:search_id>/", views.search, name="search"),
    path("<uuid:card_id>/", views.card, name="card"),
    path("<uuid:card_id>/receive/", views.receive, name="receive"),
    path("<uuid:card_id>/return/", views.send_back, name="return"),
    path("<uuid:card_id>/pass/", views.pass_on, name="pass"),
    path("<uuid:card_id>/fault/", views.fault, name="fault"),
    path("<uuid:card_id>/ask/", views.ask, name="ask"),
    path("<uuid:card_id>/locate/", views.locate, name="locate"),
    path("<uuid:card_id>/file/", views.file, name="file"),
    path("<uuid:card_id>/take-over/", views.take_over, name="take-over"),
]
