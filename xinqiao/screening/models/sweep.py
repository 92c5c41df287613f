"""The quarterly sweep (摸排): which villages were gone through, when, by whom. Counts only, nobody's name."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xinqiao.kernel.ids import uuid7
from xinqiao.registry.scoped import ScopedModel


class Sweep(models.Model):
    """One quarter's sweep of a county or a township. `due_on` is the last day of the quarter unless set earlier."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place = models.CharField(max_length=12, db_collation="C")
    year = models.SmallIntegerField()
    quarter = models.SmallIntegerField()
    opened_on = models.DateField()
    opened_by = models.UUIDField(null=True)
    note = models.CharField(max_length=200, blank=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="sweep_once", fields=["place", "year", "quarter"]),
            models.CheckConstraint(name="sweep_quarter", condition=Q(quarter__range=(1, 4))),
        ]


class SweepVillage(ScopedModel):
    """One village (`managing_code`) of a sweep. Households and people gone through are typed; how many of them were checked
    without any 有 and how many clues came of it are counted."""

    sweep = models.ForeignKey(Sweep, on_delete=models.PROTECT, related_name="villages")
    done_on = models.DateField(null=True)
    done_by = models.UUIDField(null=True)
    done_name = models.CharField(max_length=60, blank=True)
    households = models.IntegerField(null=True)
    people = models.IntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(name="sweepvillage_once", fields=["sweep", "managing_code"]),
            models.CheckConstraint(
                name="sweepvillage_counts",
                condition=(Q(households=None) | Q(households__gte=0)) & (Q(people=None) | Q(people__gte=0)),
            ),
        ]
        indexes = [models.Index(fields=["managing_code"], name="sweepvillage_of")]


class SweepCheck(ScopedModel):
    """Somebody was asked about by the list and nothing was found: that it was done, and nothing about whom."""

    op_id = models.UUIDField(unique=True)
    village = models.ForeignKey(SweepVillage, on_delete=models.PROTECT, related_name="checks")
    checked_on = models.DateField()
    recorded_by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["village"], name="sweepcheck_of")]
