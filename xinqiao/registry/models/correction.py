"""What of the life of a file changes only when a second person agrees: a death or an exclusion taken back, or an exclusion."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ..choices import CorrectionKind
from ..scoped import Fact


class LifeCorrection(Fact):
    """Asked for by `recorded_by` at `recorded_at`, decided by somebody else. `event` is the step to be taken back, or the
    exclusion that the approval recorded; `happened_on` the day of the negative re-diagnosis. Nothing changes until approved.
    """

    kind = models.CharField(max_length=12, choices=CorrectionKind.choices)
    event = models.ForeignKey("registry.LifeEvent", null=True, on_delete=models.PROTECT, related_name="+")
    happened_on = models.DateField(null=True, help_text="诊断排除日期")
    reason = models.CharField(max_length=200)
    scan = models.ForeignKey("registry.Attachment", null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(
        max_length=8, blank=True, default="", help_text="approved, refused; empty while it waits"
    )
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=200, blank=True, default="")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                name="lifecorrection_decided_whole",
                condition=Q(decision="", decided_by=None, decided_at=None)
                | Q(decision__in=["approved", "refused"], decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="lifecorrection_by_a_second_person",
                condition=Q(decided_by=None) | ~Q(decided_by=F("recorded_by")),
            ),
            models.UniqueConstraint(
                name="lifecorrection_one_waiting",
                fields=["person", "kind"],
                condition=Q(decision="", voided_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["managing_code", "recorded_at"],
                name="lifecorrection_waiting",
                condition=Q(decision="", voided_at=None),
            ),
            models.Index(fields=["person"], name="lifecorrection_person"),
        ]
