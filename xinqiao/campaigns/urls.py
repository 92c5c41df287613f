"""Addresses of special actions."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.campaigns, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:campaign_id>/", views.campaign, name="campaign"),
    path("<uuid:campaign_id>/close/", views.close, name="close"),
    path("<uuid:campaign_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:campaign_id>/report/", views.report, name="report"),
    path("<uuid:campaign_id>/report/paper/", views.report_paper, name="report-paper"),
    path("<uuid:campaign_id>/report/book/", views.report_book, name="report-book"),
    path("line/<uuid:target_id>/", views.line, name="line"),
]
