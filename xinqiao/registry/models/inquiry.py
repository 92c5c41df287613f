"""A village doctor asks whether somebody is registered already; the township finds out and answers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ..fields import EncryptedText
from ..scoped import ScopedModel


class Inquiry(ScopedModel):
    """One question handed in. About whom lies sealed in `asked` (JSON) until the asker has read the answer; then it is
    emptied, for nobody may keep a list of people who are not registered. `managing_code` is the asker's village."""

    asked_by = models.UUIDField()
    asked_on = models.DateField()
    asked_at = models.DateTimeField()
    by = models.CharField(max_length=8, help_text="id or details")
    asked = EncryptedText(default="", blank=True)
    answer = models.CharField(max_length=10, blank=True, help_text="here, elsewhere, none or unclear")
    answer_note = models.CharField(max_length=100, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(
                name="inquiry_answer", condition=Q(answer__in=["", "here", "elsewhere", "none", "unclear"])
            ),
        ]
        indexes = [
            models.Index(
                fields=["managing_code", "asked_at"], name="inquiry_open", condition=Q(answered_at=None)
            ),
            models.Index(fields=["asked_by", "asked_at"], name="inquiry_asker"),
        ]
