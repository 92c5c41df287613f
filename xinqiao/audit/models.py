"""Two append-only tables: events (what was done) and reads (who was looked at). Ids only, no names, no clinical values."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from xinqiao.kernel.ids import uuid7


class Event(models.Model):
    """One action that changed something."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    role = models.CharField(max_length=20, blank=True)
    action = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField(null=True)
    place = models.CharField(max_length=12, db_collation="C")
    policy_version = models.CharField(max_length=20, blank=True)
    op_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["object_id", "at"], name="event_of_object"),
            models.Index(fields=["-at", "-id"], name="event_at"),
        ]


class Read(models.Model):
    """One look at one or many persons' records: a page, a list, a print, a download."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    actor_id = models.UUIDField()
    role = models.CharField(max_length=20)
    actor_place = models.CharField(max_length=12, db_collation="C")
    kind = models.CharField(max_length=30)
    purpose = models.CharField(max_length=40)
    person_ids = ArrayField(models.UUIDField())

    class Meta:
        indexes = [
            GinIndex(fields=["person_ids"], name="read_of_person", fastupdate=True),
            models.Index(fields=["-at", "-id"], name="read_at"),
        ]
