"""What a hospital has typed so far."""

from __future__ import annotations

from django.db import models

from xinqiao.registry.fields import EncryptedText
from xinqiao.registry.scoped import ScopedModel

from ..choices import Form


class CardDraft(ScopedModel):
    """An unfinished card, as typed: nobody but the hospital sees it (its `managing_code` is the nation's, which lies in nobody's
    scope). The card that is sent takes over the key, so that the clock that runs since the diagnosis goes on.

    `dx_on`, `discharged_on`: from when that clock runs, as far as they were typed; `ended_at`: sent or thrown away, then the
    body is empty. `card_id`: the returned card that is being corrected; `report_id`: the report card of a discharge form. No foreign
    keys: what belongs to the hospital's desk does not move when the person does.
    """

    form = models.CharField(max_length=3, choices=Form.choices)
    hospital = models.ForeignKey("places.Institution", on_delete=models.PROTECT, related_name="+")
    county = models.CharField(max_length=12, db_collation="C")
    card_id = models.UUIDField(null=True)
    report_id = models.UUIDField(null=True)
    name = models.CharField(max_length=60, blank=True, db_collation="C")
    body = EncryptedText(default="", blank=True)
    dx_on = models.DateField(null=True)
    own_diagnosis = models.BooleanField(default=True)
    discharged_on = models.DateField(null=True)
    sent = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    saved_at = models.DateTimeField()
    saved_by = models.UUIDField()

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["hospital", "-saved_at"], name="carddraft_hospital")]
