"""The quarterly sweep (摸排): which villages were gone through, when, by whom. Counts only, nobody's name."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xinqiao.kernel.ids import uuid7


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


class SweepVillage(models.Model):
    """One village of a sweep. `people` asked and households gone through are typed; how many of them were checked without
    any 有 (`negatives`) and how many clues came of it are counted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sweep = models.ForeignKey(Sweep, on_delete=models.PROTECT, related_name="villages")
    village = models.CharField(max_length=12, db_collation="C")
    negatives = models.IntegerField(default=0)
    done_on = models.DateField(null=True)
    done_by = models.UUIDField(null=True)
    done_name = models.CharField(max_length=60, blank=True)
    households = models.IntegerField(null=True)
    people = models.IntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="sweepvillage_once", fields=["sweep", "village"]),
            models.CheckConstraint(
                name="sweepvillage_counts",
                condition=Q(negatives__gte=0)
                & (Q(households=None) | Q(households__gte=0))
                & (Q(people=None) | Q(people__gte=0)),
            ),
        ]
        indexes = [models.Index(fields=["village"], name="sweepvillage_of")]
