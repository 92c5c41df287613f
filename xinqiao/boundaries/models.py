"""People whose new village is still to be said, after a village was split by people."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xinqiao.registry.scoped import ScopedModel


class Assignment(ScopedModel):
    """One person of a village that was split: counted at the village that keeps the code until the county has said which."""

    change = models.ForeignKey("places.DivisionChange", on_delete=models.PROTECT, related_name="assignments")
    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(name="assignment_once", fields=["change", "person"]),
        ]
        indexes = [
            models.Index(fields=["managing_code"], name="assignment_open", condition=Q(settled_at=None)),
            models.Index(fields=["person"], name="assignment_person"),
        ]
