"""Expert rounds by township (专家下乡会诊): a day, a hospital, a list of people, a result for each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xinqiao.kernel.ids import uuid7
from xinqiao.registry.fields import EncryptedText
from xinqiao.registry.scoped import ScopedModel

from ..choices import RoundPurpose, RoundResult


class Round(models.Model):
    """One visit of the experts to a township. No personal data."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    op_id = models.UUIDField(unique=True)
    place = models.CharField(max_length=12, db_collation="C")
    on = models.DateField()
    hospital_name = models.CharField(max_length=100)
    doctors = models.CharField(max_length=100)
    where = models.CharField(max_length=100, blank=True)
    note = models.CharField(max_length=200, blank=True)
    planned_by = models.UUIDField(null=True)
    planned_at = models.DateTimeField()
    closed_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["place", "-on"], name="round_place")]


class RoundPerson(ScopedModel):
    """Somebody on the list of a round: on the register, or a clue."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT, null=True, related_name="rounds")
    clue = models.ForeignKey("screening.Clue", on_delete=models.PROTECT, null=True, related_name="rounds")
    purpose = models.CharField(max_length=10, choices=RoundPurpose.choices)
    result = models.CharField(max_length=10, choices=RoundResult.choices, blank=True)
    note = EncryptedText(default="", blank=True)
    seen_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(
                name="roundperson_one",
                condition=Q(clue__isnull=False, person__isnull=True)
                | Q(clue__isnull=True, person__isnull=False),
            ),
            models.UniqueConstraint(
                name="roundperson_once", fields=["round", "person"], condition=Q(person__isnull=False)
            ),
            models.UniqueConstraint(
                name="roundclue_once", fields=["round", "clue"], condition=Q(clue__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["person"], name="roundperson_of")]
