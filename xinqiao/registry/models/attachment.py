"""Scans of papers: the picture or PDF itself, sealed, and what it is."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ..choices import PaperKind
from ..fields import EncryptedBytes
from ..scoped import Fact


class _Light(models.Manager["Attachment"]):
    """Leaves the picture and the preview in the database unless somebody asks for them."""

    def get_queryset(self) -> models.QuerySet[Attachment]:
        return super().get_queryset().defer("body", "preview")


class Attachment(Fact):
    """One scan. `body` is the JPEG or PDF as we made or checked it, never as it came when it was a picture; `preview` a small
    JPEG, empty for a PDF. `happened_on` is the date of the paper, `visit_id` or `consent` what it belongs to."""

    op_id = models.UUIDField(unique=True, help_text="operation that brought it; repeated = same scan")
    kind = models.CharField(max_length=2, choices=PaperKind.choices)
    happened_on = models.DateField(help_text="文书日期")
    content_type = models.CharField(max_length=20)
    size = models.IntegerField(help_text="bytes as kept, before sealing")
    pages = models.SmallIntegerField(default=1)
    note = models.CharField(max_length=60, blank=True)
    visit_id = models.UUIDField(null=True)
    consent = models.ForeignKey("registry.Consent", null=True, on_delete=models.PROTECT, related_name="+")
    body = EncryptedBytes()
    preview = EncryptedBytes(default=b"", blank=True)

    objects = _Light()
    whole = models.Manager()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(name="attachment_kind", condition=Q(kind__in=PaperKind.values)),
            models.CheckConstraint(
                name="attachment_type", condition=Q(content_type__in=["image/jpeg", "application/pdf"])
            ),
        ]
        indexes = [
            models.Index(fields=["person", "happened_on"], name="attachment_person"),
            models.Index(fields=["visit_id"], name="attachment_visit", condition=~Q(visit_id=None)),
        ]
