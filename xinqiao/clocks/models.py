"""The one table of clocks. A row says nothing that depends on today: how far it is overdue is asked with a date."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Left, NullIf

from xinqiao.registry.scoped import ScopedModel

from .choices import Outcome, Post

#: Where a clock is counted: at the place where it ended, or where it lies as long as it runs.
COUNTS_AT = Coalesce(NullIf("counted_code", Value("")), F("managing_code"))


class Clock(ScopedModel):
    """One deadline owed about one subject; (code, kind, subject, period) names it.

    `managing_code` is where the work lies; it goes along with a person who moves. `counted_code`: where it lay when it ended, so
    that the figures of an office do not change with those who move. `took`: working days or days (by `unit`) from start to end without pauses. `chain`:
    [[post, date], …], who is told when, as long as it is open; of an ended clock only those who were told. `county_on`: from
    when it is the county's business (its start, when the county holds it). `paused_on`: it stands still since then. `ended_on` of
    a cancelled one: since when the act is not owed any more; None when it should never have run.
    """

    code = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    subject = models.UUIDField()
    period = models.CharField(max_length=20, blank=True)
    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT, null=True, related_name="clocks")
    started_on = models.DateField()
    due_on = models.DateField()
    warn_on = models.DateField()
    ended_on = models.DateField(null=True)
    paused_on = models.DateField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    unit = models.CharField(max_length=20)
    took = models.IntegerField(null=True)
    holder = models.CharField(max_length=10, choices=Post.choices)
    chain = models.JSONField(default=list)
    county_on = models.DateField(null=True)
    clause = models.CharField(max_length=60)
    policy_version = models.CharField(max_length=40)
    counted_code = models.CharField(max_length=12, blank=True, default="", db_default="", db_collation="C")
    county = models.GeneratedField(
        expression=Left("managing_code", 6),
        output_field=models.CharField(max_length=6, db_collation="C"),
        db_persist=True,
    )
    counts_at = models.GeneratedField(
        expression=COUNTS_AT, output_field=models.CharField(max_length=12, db_collation="C"), db_persist=True
    )
    counts_county = models.GeneratedField(
        expression=Left(COUNTS_AT, 6),
        output_field=models.CharField(max_length=6, db_collation="C"),
        db_persist=True,
    )

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(name="clock_once", fields=["code", "kind", "subject", "period"]),
            models.CheckConstraint(
                name="clock_open_or_ended",
                condition=Q(outcome=Outcome.OPEN, ended_on=None)
                | Q(outcome=Outcome.CANCELLED)
                | Q(outcome__in=[Outcome.DONE, Outcome.LATE], ended_on__isnull=False),
            ),
            models.CheckConstraint(name="clock_due_after_start", condition=Q(due_on__gte=F("started_on"))),
        ]
        indexes = [
            models.Index(fields=["kind", "subject"], name="clock_subject"),
            models.Index(fields=["person"], name="clock_person"),
            # Covering, so that a county's open clocks are counted without reading them.
            models.Index(
                fields=["county", "due_on", "id"],
                include=["county_on", "paused_on", "managing_code", "code", "holder"],
                name="clock_due",
                condition=Q(outcome="open"),
            ),
            models.Index(
                fields=["counts_county", "due_on", "counts_at"],
                include=["code", "outcome", "took", "unit", "paused_on", "ended_on"],
                name="clock_timely",
            ),
            models.Index(fields=["managing_code", "due_on"], name="clock_place", condition=Q(outcome="open")),
            GinIndex(fields=["shared_codes"], name="clock_shared", condition=Q(outcome="open")),
        ]
