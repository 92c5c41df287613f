"""Divisions, institutions, the divisions an institution serves, and resident population by year. No personal data."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xinqiao.kernel.ids import uuid7

from .choices import ChangeKind, ChangeState, InstitutionKind


class Division(models.Model):
    """One place of the five-level tree, as it is named from `valid_from` until `valid_to` (half-open, null = still)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=12, db_collation="C")
    name = models.CharField(max_length=100)
    level = models.SmallIntegerField()
    parent_code = models.CharField(max_length=12, db_collation="C", blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(name="division_code_shape", condition=Q(code__regex=r"^[0-9]{12}$")),
            models.CheckConstraint(
                name="division_dates", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
            models.UniqueConstraint(name="division_one_current", fields=["code"], condition=Q(valid_to=None)),
        ]
        indexes = [models.Index(fields=["parent_code", "code"], name="division_children")]


class Institution(models.Model):
    """A health institution: county office, township hospital, village clinic, psychiatric hospital."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=InstitutionKind.choices)
    place = models.CharField(max_length=12, db_collation="C", help_text="division where it works")
    phone = models.CharField(max_length=30, blank=True)
    in_charge_id = models.UUIDField(
        null=True, help_text="account of the person in charge, told to us by accounts"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["place"], name="institution_place")]


class ServiceArea(models.Model):
    """From when to when an institution serves a division and what lies below it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="areas")
    division_code = models.CharField(max_length=12, db_collation="C")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["division_code"], name="servicearea_division")]
        constraints = [
            models.CheckConstraint(
                name="servicearea_dates", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
        ]


class Population(models.Model):
    """Permanent residents (常住人口) of a division at the end of a year, from statistics."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    division_code = models.CharField(max_length=12, db_collation="C")
    year = models.SmallIntegerField()
    residents = models.BigIntegerField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="population_once", fields=["division_code", "year"]),
            models.CheckConstraint(name="population_positive", condition=Q(residents__gte=0)),
        ]


class DivisionChange(models.Model):
    """区划调整: what the borders become from `effective_on` on, planned, carried out in one transaction, or withdrawn.

    It stands here, below everything that holds a division code, because the past is read by it: `rows` say what became of
    what. `accounts` is {account id: "go" or "both"} for those who go over to (or also serve) a new township; `serving` is
    who serves the new place when it is not whoever served the old one; `counts` what the rehearsal found at the commit.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=ChangeKind.choices)
    state = models.CharField(max_length=10, choices=ChangeState.choices, default=ChangeState.PLANNED)
    place = models.CharField(
        max_length=12, db_collation="C", help_text="the place above everything that changes"
    )
    effective_on = models.DateField()
    document = models.CharField(max_length=200, help_text="文号或依据")
    note = models.CharField(max_length=500, blank=True)
    serving = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    new_institution = models.CharField(max_length=120, blank=True)
    accounts = models.JSONField(default=dict)
    undoes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["state", "effective_on"], name="divisionchange_due")]


class DivisionChangeRow(models.Model):
    """What became of one division: `old_code` empty for a new one, the same code for one that keeps it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    change = models.ForeignKey(DivisionChange, on_delete=models.PROTECT, related_name="rows")
    old_code = models.CharField(max_length=12, db_collation="C", blank=True)
    old_name = models.CharField(max_length=100, blank=True)
    new_code = models.CharField(max_length=12, db_collation="C")
    new_name = models.CharField(max_length=100)

    class Meta:
        indexes = [
            models.Index(fields=["old_code"], name="divisionchange_old"),
            models.Index(fields=["new_code"], name="divisionchange_new"),
        ]
        constraints = [
            models.CheckConstraint(
                name="divisionchange_codes",
                condition=Q(old_code__regex=r"^([0-9]{12})?$", new_code__regex=r"^[0-9]{12}$"),
            )
        ]
