"""Addresses of follow-up, below `followup/`."""

from __future__ import annotations

from django.urls import path

from .views import record, today, visit, waiting

urlpatterns = [
    path("today/", today.today, name="today"),
    path("today/<uuid:person_id>/", today.preview_person, name="preview"),
    path("record/<uuid:person_id>/", record.record, name="record"),
    path("record/<uuid:person_id>/proposal/", record.proposal, name="proposal"),
    path("visit/<uuid:visit_id>/", visit.visit, name="visit"),
    path("visit/<uuid:visit_id>/amend/", record.amend, name="amend"),
    path("visit/<uuid:visit_id>/undo/", visit.undo, name="undo"),
    path("attempt/<uuid:person_id>/", visit.attempt, name="attempt"),
    path("plan/<uuid:person_id>/", visit.plan, name="plan"),
    path("confirmations/", waiting.confirmations, name="confirmations"),
    path("confirmations/<uuid:confirmation_id>/", waiting.confirm, name="confirm"),
]
