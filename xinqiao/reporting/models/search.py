"""A request to a police station to find out where somebody lives."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xinqiao.registry.fields import EncryptedText
from xinqiao.registry.scoped import ScopedModel

from ..choices import Found


class AddressSearch(ScopedModel):
    """Name, sex, document number and last address: what the sharing matrix allows for a search, as a copy of its own. The station
    sees this row and nothing else. `card_id`: no foreign key, since the station sees no card."""

    card_id = models.UUIDField()
    person = models.ForeignKey("registry.Person", null=True, on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey("places.Institution", on_delete=models.PROTECT, related_name="+")
    asker = models.ForeignKey("places.Institution", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    sex = models.CharField(max_length=1)
    number = EncryptedText(default="", blank=True)
    last_address = EncryptedText(default="", blank=True)
    asked_on = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField()
    op_id = models.UUIDField(unique=True)
    outcome = models.CharField(max_length=10, choices=Found.choices, blank=True)
    found_place = models.CharField(max_length=12, blank=True, db_collation="C")
    found_detail = EncryptedText(default="", blank=True)
    note = models.CharField(max_length=200, blank=True)
    answered_on = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(
                name="addresssearch_answered",
                condition=Q(outcome="", answered_on=None) | Q(outcome__gt="", answered_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["station", "answered_on", "asked_on"], name="addresssearch_station"),
            models.Index(fields=["card_id"], name="addresssearch_card"),
        ]
