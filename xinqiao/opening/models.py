"""The one-time code of a deployment without accounts. No personal data."""

from __future__ import annotations

from django.db import models

from xinqiao.kernel.ids import uuid7


class OpeningCode(models.Model):
    """A code, as a keyed hash; the newest one that is neither used nor spent nor too old opens the set-up."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    failures = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
