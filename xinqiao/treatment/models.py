"""Exams taken, and offers of an exam that were refused: two tables, so that counting one never counts the other."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from xinqiao.registry.scoped import Fact


class Exam(Fact):
    """One yearly health exam. Codes and units: `treatment.rules.FIELDS`. A correction is a new row that names the one it
    replaces (`amends`), which is then void: whoever counts only leaves out what is void."""

    op_id = models.UUIDField(unique=True)
    amends = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="amended_by")
    happened_on = models.DateField(help_text="体检日期")
    consent_by = models.CharField(max_length=1)
    org = models.CharField(max_length=100)
    general = models.CharField(max_length=1, blank=True)
    general_note = models.CharField(max_length=200, blank=True)
    sbp = models.SmallIntegerField(null=True, help_text="mmHg")
    dbp = models.SmallIntegerField(null=True, help_text="mmHg")
    weight = models.DecimalField(max_digits=5, decimal_places=1, null=True, help_text="kg")
    wbc = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="10⁹/L")
    neutrophils = models.DecimalField(max_digits=4, decimal_places=1, null=True, help_text="%")
    lymphocytes = models.DecimalField(max_digits=4, decimal_places=1, null=True, help_text="%")
    alt = models.DecimalField(max_digits=6, decimal_places=1, null=True, help_text="U/L")
    glucose = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="mmol/L")
    glucose_kind = models.CharField(max_length=1, blank=True)
    ecg = models.CharField(max_length=1, blank=True)
    ecg_note = models.CharField(max_length=200, blank=True)
    missing = ArrayField(models.CharField(max_length=10), default=list, help_text="parts without a result")
    missing_reason = models.CharField(max_length=200, blank=True)
    abnormal = ArrayField(models.CharField(max_length=10), default=list, help_text="parts outside the usual")
    advice = models.CharField(max_length=500, blank=True)
    refer_suggest = models.CharField(max_length=1, blank=True)
    doctor = models.CharField(max_length=60, blank=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                name="exam_once_a_day", fields=["person", "happened_on"], condition=Q(voided_at=None)
            ),
        ]
        indexes = [models.Index(fields=["person", "-happened_on"], name="exam_person")]


class ExamRefusal(Fact):
    """An exam was offered and did not take place."""

    op_id = models.UUIDField(unique=True)
    happened_on = models.DateField()
    refused_reason = models.CharField(max_length=1)
    refused_note = models.CharField(max_length=200, blank=True)
    doctor = models.CharField(max_length=60, blank=True)

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["person", "-happened_on"], name="examrefusal_person")]
