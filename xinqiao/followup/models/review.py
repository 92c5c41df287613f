"""What became of a visit in review, one row per decision: the visit itself holds the last one only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xinqiao.registry.scoped import Fact

from .visit import Visit


class Review(Fact):
    """One decision of review. `own` marks a worker's own visit (自审), allowed only where the place says so."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="reviews")
    decision = models.CharField(max_length=1, help_text="1 通过 2 未通过")
    reason = models.CharField(max_length=200, blank=True)
    own = models.BooleanField(default=False)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(name="review_decision_code", condition=Q(decision__in=["1", "2"])),
            models.CheckConstraint(name="review_return_says_why", condition=~Q(decision="2") | ~Q(reason="")),
        ]
        indexes = [models.Index(fields=["visit", "recorded_at"], name="review_visit")]
