"""The receipt of each giving of facts to another institution: basis, fields, receiver, time."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from xinqiao.registry.scoped import ScopedModel

from ..choices import Sharing


class SharedFacts(ScopedModel):
    """Written once and never changed; lies with the card, and moves with it."""

    card_id = models.UUIDField()
    person = models.ForeignKey("registry.Person", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Sharing.choices)
    basis = models.CharField(max_length=40, help_text="clause id")
    fields = ArrayField(models.CharField(max_length=30))
    receiver = models.ForeignKey("places.Institution", null=True, on_delete=models.PROTECT, related_name="+")
    receiver_code = models.CharField(max_length=12, db_collation="C")
    shared_on = models.DateField()
    shared_at = models.DateTimeField()
    shared_by = models.UUIDField()

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["card_id"], name="sharedfacts_card")]
