"""How somebody likes a printed register: chosen columns and its words. Nothing about patients."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Layout(models.Model):
    """One user's choice for one list, remembered."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=30)
    columns = ArrayField(models.CharField(max_length=30), default=list)
    title = models.CharField(max_length=60, blank=True)
    filler = models.CharField(max_length=30, blank=True)
    reviewer = models.CharField(max_length=30, blank=True)
    by_village = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="layout_once", fields=["user", "key"])]
