"""Addresses of follow-up, below `followup/`."""

from __future__ import annotations

from django.urls import path

from .views import drafts, emergency, record, rehearsal, reviews, today, versions, visit, waiting

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
    path("visit/<uuid:visit_id>/versions/", versions.versions, name="versions"),
    path("draft/<uuid:person_id>/", drafts.save, name="draft"),
    path("draft/<uuid:person_id>/discard/", drafts.discard, name="draft-discard"),
    path("emergency/<uuid:person_id>/", emergency.emergency, name="emergency"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/together/", reviews.pass_together, name="reviews-together"),
    path("reviews/<uuid:visit_id>/", reviews.review, name="review"),
    path("reviews/<uuid:visit_id>/decide/", reviews.decide, name="review-decide"),
    path("rehearsal/", rehearsal.rehearsal, name="rehearsal"),
    path("confirmations/", waiting.confirmations, name="confirmations"),
    path("confirmations/<uuid:confirmation_id>/", waiting.confirm, name="confirm"),
]
