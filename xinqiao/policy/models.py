"""A deployment's own policy: profiles, days off, thresholds, targets. Released rules are files; these are rows beside them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xinqiao.kernel.ids import uuid7


class LocalValue(models.Model):
    """One dated value for one area, with its source and author; read together with the released files by one loader."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    thing = models.CharField(max_length=60, help_text="e.g. followup/intervals")
    division_code = models.CharField(max_length=12, db_collation="C")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    value = models.JSONField()
    source = models.CharField(max_length=200)
    author = models.CharField(max_length=60)
    recorded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="localvalue_dates", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
            models.UniqueConstraint(
                "thing", "division_code", "valid_from", name="localvalue_once", condition=Q(withdrawn_at=None)
            ),
        ]
