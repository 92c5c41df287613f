"""Ticks: which visit was entered in which other system, when and by whom; and a county's own settings."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xinqiao.registry.scoped import Fact

from ..choices import Wanted


class Entry(Fact):
    """One visit typed into one other system. A tick taken back is voided; one operation may tick many visits."""

    visit = models.ForeignKey("followup.Visit", on_delete=models.PROTECT, related_name="entries_elsewhere")
    platform = models.CharField(max_length=20, help_text="key of the platform; `national` is 国网")
    entered_on = models.DateField(help_text="the day it was typed in there")
    op_id = models.UUIDField()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                name="entry_once", fields=["visit", "platform"], condition=Q(voided_at=None)
            ),
        ]
        indexes = [
            models.Index(fields=["managing_code", "platform", "-entered_on"], name="entry_place"),
            models.Index(fields=["op_id"], name="entry_op"),
        ]


class Setting(models.Model):
    """What one county wants: which visits are to be entered elsewhere, since when, and which platforms beside 国网.

    `platforms`: `[{"key", "name", "days"}]`, days = working days allowed, null for no clock. `columns`: the remembered
    mapping of an exported workbook, normal form of a heading → key of `choices.FIELDS`. Holds nothing about any person.
    """

    county_code = models.CharField(primary_key=True, max_length=12, db_collation="C")
    wanted = models.CharField(max_length=8, choices=Wanted.choices, default=Wanted.PASSED)
    since = models.DateField(null=True, help_text="visits before this day are not asked for")
    with_imported = models.BooleanField(default=False)
    platforms = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    row_version = models.IntegerField(default=1)
