"""Divisions, institutions, the divisions an institution serves, and resident population by year. No personal data."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xinqiao.kernel.ids import uuid7

from .choices import InstitutionKind


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
