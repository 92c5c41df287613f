"""What the office keeps that is about no person: the last serial given in each village, and who looked up whether a
person is registered."""

from __future__ import annotations

from django.db import models

from xinqiao.kernel.ids import uuid7


class FileSerial(models.Model):
    """The last serial of a file number given in a village. Numbers are never given twice, also when a file moves away."""

    code = models.CharField(primary_key=True, max_length=12, db_collation="C")
    last = models.IntegerField()


class LookUp(models.Model):
    """One question "is this person already registered?": by whom and with what outcome, never about whom.

    Counted per account and day for the limit; look-ups that led to no file are reviewed by the county. `about_hash` is the
    keyed hash of the number (or the guardian's phone) that was asked for: it only tells whether a file followed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.UUIDField()
    place = models.CharField(max_length=12, db_collation="C")
    asked_on = models.DateField()
    asked_at = models.DateTimeField()
    by = models.CharField(max_length=8, help_text="id or details")
    found = models.BooleanField()
    outcome = models.CharField(max_length=10, blank=True, help_text="none, here or elsewhere")
    about_hash = models.BinaryField(null=True)
    inquiry_id = models.UUIDField(null=True, help_text="asked to answer a village doctor")
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.UUIDField(null=True)
    review_note = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "asked_on"], name="lookup_user_day"),
            models.Index(
                fields=["place", "-asked_at"], name="lookup_to_review", condition=models.Q(reviewed_at=None)
            ),
        ]
