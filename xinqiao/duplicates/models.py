"""Searches of a county, pairs of files that may be one, and the ledger of merging.

A pair and a merge name two people; both must be in scope to be seen, so that every query joins both.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from xinqiao.registry.fields import EncryptedText
from xinqiao.registry.scoped import STAYS, ScopedModel

from .choices import PairKind, PairState, SearchState


class Hunt(ScopedModel):
    """One search through an area (its name keeps it apart from looking for somebody lost): who asked, how far it is, what it found. `managing_code` is the office's place."""

    user_id = models.UUIDField()
    state = models.CharField(max_length=10, choices=SearchState.choices, default=SearchState.WAITING)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    people = models.IntegerField(default=0, help_text="files to read")
    done = models.IntegerField(default=0, help_text="files read so far")
    found = models.IntegerField(default=0, help_text="pairs above the threshold")
    added = models.IntegerField(default=0, help_text="of these, not known before")
    failure = models.CharField(max_length=60, blank=True, help_text="kind of error")

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["managing_code", "-started_at"], name="hunt_place")]


class Pair(ScopedModel):
    """Two files that may be one person. `first` is the one with the smaller key; `managing_code` is its village.

    `score` is the probability in thousandths that the finder gives, `agreed` what it saw. A pair decided as different is never asked again.
    """

    first = models.ForeignKey("registry.Person", on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(
        "registry.Person", on_delete=models.PROTECT, related_name="+", db_comment=STAYS
    )
    kind = models.CharField(max_length=8, choices=PairKind.choices)
    score = models.SmallIntegerField()
    agreed = ArrayField(models.CharField(max_length=20), default=list)
    state = models.CharField(max_length=10, choices=PairState.choices, default=PairState.OPEN)
    found_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(name="pair_once", fields=["first", "second"]),
            models.CheckConstraint(name="pair_in_order", condition=Q(first_id__lt=F("second_id"))),
            models.CheckConstraint(name="pair_score", condition=Q(score__range=(0, 1000))),
            models.CheckConstraint(
                name="pair_different_says_why", condition=~Q(state="different") | ~Q(reason="")
            ),
        ]
        indexes = [
            models.Index(
                fields=["managing_code", "-score"], name="pair_open", condition=Q(state__in=["open", "later"])
            ),
        ]


class Merge(ScopedModel):
    """One file taken into another. `before`: JSON of the winner's own columns that were changed, as they were; `after` as they
    were set. `undone_*` when it was taken apart again. What moved lies in `duplicates_moved`."""

    op_id = models.UUIDField(unique=True)
    winner = models.ForeignKey("registry.Person", on_delete=models.PROTECT, related_name="+")
    loser = models.ForeignKey("registry.Person", on_delete=models.PROTECT, related_name="+", db_comment=STAYS)
    merged_at = models.DateTimeField()
    merged_by = models.UUIDField()
    reason = models.CharField(max_length=200)
    before = EncryptedText(default="", blank=True)
    after = EncryptedText(default="", blank=True)
    row_version = models.IntegerField(help_text="the winner's version after merging")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)
    undone_reason = models.CharField(max_length=200, blank=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(name="merged_once", fields=["loser"], condition=Q(undone_at=None)),
            models.CheckConstraint(name="merge_of_two", condition=~Q(winner=F("loser"))),
        ]


class Moved(models.Model):
    """One line of the ledger: what happened to one row. Written and read by functions of the owner only.

    `action`: moved (now the winner's), parked (stays the loser's, at the code of the nation), voided (and parked), ended (a
    date was set), made (new on the winner). `was`/`now`: the other columns that were set, before and after.
    """

    id = models.BigAutoField(primary_key=True)
    merge_id = models.UUIDField()
    table_name = models.CharField(max_length=63)
    row_id = models.TextField()
    column_name = models.CharField(max_length=63, blank=True, help_text="the column that names the person")
    action = models.CharField(max_length=8)
    was_person = models.UUIDField(null=True)
    was_code = models.CharField(max_length=12, null=True, db_collation="C")
    was_shared = ArrayField(models.TextField(), null=True)
    was = models.JSONField(default=dict)
    now = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["merge_id", "id"], name="moved_merge")]
