"""Requests to see a record and to put it right. What was asked and decided is never rewritten."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from xinqiao.registry.scoped import ScopedModel

from .choices import Answer, Asker, Footing, Section, Verdict


class ViewRequest(ScopedModel):
    """Somebody asked to see the record. Asked → decided → handed over, or withdrawn by who asked."""

    op_id = models.UUIDField(unique=True)
    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT, related_name="view_requests")
    asker = models.CharField(max_length=8, choices=Asker.choices)
    asker_name = models.CharField(max_length=60, blank=True)
    relation = models.CharField(max_length=20, blank=True)
    footing = models.CharField(max_length=10, blank=True, choices=Footing.choices)
    footing_note = models.CharField(max_length=200, blank=True)
    asked_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()
    verdict = models.CharField(max_length=5, blank=True, choices=Verdict.choices)
    held_back = ArrayField(models.CharField(max_length=10), default=list)
    reason = models.CharField(max_length=200, blank=True, help_text="how reading might harm the treatment")
    psychiatrist = models.CharField(max_length=60, blank=True)
    decided_on = models.DateField(null=True)
    decided_by = models.UUIDField(null=True)
    handed_on = models.DateField(null=True)
    handed_by = models.UUIDField(null=True)
    withdrawn_on = models.DateField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(
                name="viewrequest_guardian_footing",
                condition=Q(asker=Asker.PATIENT) | Q(footing__in=Footing.values),
            ),
            models.CheckConstraint(
                name="viewrequest_handed_after_decision",
                condition=Q(handed_on=None) | Q(verdict__in=[Verdict.WHOLE, Verdict.PART]),
            ),
        ]
        indexes = [models.Index(fields=["person", "-asked_on"], name="viewrequest_person")]


class CorrectionRequest(ScopedModel):
    """Somebody said that the record is wrong, in own words, and got an answer. Kept beside the record whatever the answer."""

    op_id = models.UUIDField(unique=True)
    person = models.ForeignKey(
        "registry.Person", on_delete=models.PROTECT, related_name="correction_requests"
    )
    asker = models.CharField(max_length=8, choices=Asker.choices)
    asker_name = models.CharField(max_length=60, blank=True)
    about = models.CharField(max_length=10, choices=Section.choices)
    says = models.CharField(max_length=500, help_text="what the record says and what it should say")
    asked_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()
    answer = models.CharField(max_length=10, blank=True, choices=Answer.choices)
    answer_reason = models.CharField(max_length=500, blank=True)
    answered_on = models.DateField(null=True)
    answered_by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(
                name="correction_answer_has_reason", condition=Q(answer="") | ~Q(answer_reason="")
            ),
        ]
        indexes = [models.Index(fields=["person", "-asked_on"], name="correctionrequest_person")]
