"""Searches, what was asked, and who was told. Nothing is deleted; a search is ended, and a later loss opens a new one."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from xinqiao.registry.scoped import Fact, ScopedModel

from .choices import OPEN_STAGES, Ending, Heard, Origin, Reason, Receiver, Stage, StepKind, Way


class Search(ScopedModel):
    """Looking for one person. `stage` follows from the facts (`actions.following`); at most one open search per person.

    `lost_on` is the day of the loss on record, `confirmed_at` when the township confirmed it (empty for one that was imported
    or recorded by the office, where `confirmed` is true all the same). `grave`: high risk or unstable when last met.
    """

    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT, related_name="searches")
    op_id = models.UUIDField(unique=True)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.SEARCHING)
    origin = models.CharField(max_length=6, choices=Origin.choices)
    origin_id = models.UUIDField(null=True, help_text="the visit or event that opened it")
    reason = models.CharField(max_length=8, choices=Reason.choices)
    note = models.CharField(max_length=300, blank=True, help_text="what the reason rests on")
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    left_on = models.DateField(
        null=True, help_text="first day on which it was known that the person had gone"
    )
    tries = ArrayField(
        models.DateField(), default=list, help_text="days nobody was met, since the last contact"
    )
    counts_after = models.DateField(
        null=True, help_text="end of the search before: what was missed until then is not counted"
    )
    grave = models.BooleanField(default=False)
    lost_on = models.DateField(null=True)
    lost_code = models.CharField(max_length=1, blank=True, help_text="F08 lost_reason")
    lost_note = models.CharField(max_length=300, blank=True)
    confirmed = models.BooleanField(default=False)
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)
    ended_how = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    ended_note = models.CharField(max_length=300, blank=True)
    ended_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(
                name="search_one_open",
                fields=["person"],
                condition=Q(stage__in=[str(one) for one in OPEN_STAGES]),
            ),
            models.CheckConstraint(
                name="search_ended_says_how",
                condition=Q(ended_on=None, ended_how="") | (Q(ended_on__isnull=False) & ~Q(ended_how="")),
            ),
        ]
        indexes = [
            models.Index(fields=["managing_code", "stage"], name="search_place"),
            models.Index(fields=["person", "opened_on"], name="search_person"),
        ]


class Asked(Fact):
    """One step besides calls and ways to the house: where one asked, who went, what was heard and what it rests on."""

    search = models.ForeignKey(Search, on_delete=models.PROTECT, related_name="asked")
    op_id = models.UUIDField(unique=True)
    happened_on = models.DateField()
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    heard = models.CharField(max_length=10, choices=Heard.choices)
    done_by = models.CharField(max_length=60)
    note = models.CharField(max_length=300, blank=True, help_text="whom one asked and what was said")
    attachment = models.ForeignKey(
        "registry.Attachment", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["search", "happened_on"], name="asked_search")]


class Told(Fact):
    """A written report that was sent, or somebody who was told: to whom, when, how, which fields, on which basis."""

    search = models.ForeignKey(Search, on_delete=models.PROTECT, related_name="told")
    op_id = models.UUIDField(unique=True)
    receiver = models.CharField(max_length=8, choices=Receiver.choices)
    way = models.CharField(max_length=8, choices=Way.choices)
    happened_on = models.DateField()
    receiver_name = models.CharField(max_length=60, help_text="unit and who took it")
    fields = ArrayField(models.CharField(max_length=12))
    basis = models.CharField(max_length=60, help_text="clause id")

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["search"], name="told_search")]
