"""Hand-overs, leave, work records. What names patients lies in the two scoped tables, behind row-level security."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from xinqiao.kernel.ids import uuid7
from xinqiao.registry.scoped import ScopedModel

from .choices import HandOverState, LeaverReason, WorkState


class HandOver(models.Model):
    """One account hands over everybody it answers for. `place` is the leaver's; `counts` what there was when it was drawn
    up, and again when it was completed (key → number); `paper_files` counted by hand at the shelf."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    leaver = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="hand_overs")
    place = models.CharField(max_length=12, db_collation="C")
    reason = models.CharField(max_length=10, choices=LeaverReason.choices)
    last_day = models.DateField(help_text="离岗日期")
    note = models.CharField(max_length=200, blank=True)
    paper_files = models.IntegerField(null=True)
    state = models.CharField(max_length=10, choices=HandOverState.choices, default=HandOverState.OPEN)
    counts = models.JSONField(default=dict)
    final_counts = models.JSONField(default=dict)
    drawn_by = models.UUIDField()
    drawn_at = models.DateTimeField()
    leaver_confirmed_by = models.UUIDField(null=True)
    leaver_confirmed_at = models.DateTimeField(null=True)
    leaver_absent_reason = models.CharField(max_length=200, blank=True)
    ended_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="handover_one_open", fields=["leaver"], condition=Q(state="open")),
        ]
        indexes = [models.Index(fields=["place", "-drawn_at"], name="handover_place")]


class Portion(models.Model):
    """One village of a hand-over and who takes it. `confirmed_reason` when the head confirmed for an absent successor."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="portions")
    village = models.CharField(max_length=12, db_collation="C")
    successor = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="taking_over")
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="portion_once", fields=["hand_over", "village"])]


class HandedPerson(ScopedModel):
    """Somebody who was handed over, as he or she stood on that day: written once, when the hand-over is completed."""

    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT, related_name="handed_over")
    successor_id = models.UUIDField()
    visit_class = models.CharField(max_length=1, blank=True)
    risk = models.SmallIntegerField(null=True)
    due_on = models.DateField(null=True)
    handed_on = models.DateField()

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["hand_over"], name="handedperson_of")]


class Leave(models.Model):
    """Somebody is away from `first_day` to `last_day` (both included) and another serves the villages. No reason is kept:
    it is nobody's business here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    absent = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="leaves")
    substitute = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="standing_in")
    place = models.CharField(max_length=12, db_collation="C")
    villages = ArrayField(models.CharField(max_length=12))
    first_day = models.DateField()
    last_day = models.DateField()
    arranged_by = models.UUIDField()
    arranged_at = models.DateTimeField()
    ended_on = models.DateField(null=True, help_text="first day on which it no longer held, when ended early")
    ended_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="leave_days", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(name="leave_somebody_else", condition=~Q(absent=F("substitute"))),
        ]
        indexes = [models.Index(fields=["place", "-first_day"], name="leave_place")]


class WorkRecord(models.Model):
    """One version of a village doctor's quarter: `figures` (key → number) as counted from the records when it was made,
    and not changed afterwards. A correction is a new version; the former stays."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    doctor = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="work_records")
    place = models.CharField(max_length=12, db_collation="C")
    year = models.SmallIntegerField()
    quarter = models.SmallIntegerField()
    version = models.SmallIntegerField(default=1)
    figures = models.JSONField()
    state = models.CharField(max_length=10, choices=WorkState.choices, default=WorkState.DRAFT)
    made_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    agreed_by = models.UUIDField(null=True)
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="work_version_once", fields=["doctor", "year", "quarter", "version"]
            ),
            models.CheckConstraint(name="work_quarter", condition=Q(quarter__range=(1, 4))),
        ]
        indexes = [models.Index(fields=["year", "quarter", "place"], name="work_quarter_place")]


class WorkLine(ScopedModel):
    """A visit of a work record that somebody may ask about: returned (with the reviewer's words) or late."""

    record = models.ForeignKey(WorkRecord, on_delete=models.PROTECT, related_name="lines")
    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT, related_name="work_lines")
    visit_id = models.UUIDField()
    visit_date = models.DateField()
    kind = models.CharField(max_length=10, help_text="returned or late")
    reason = models.CharField(max_length=200, blank=True)

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["record"], name="workline_of")]


class WorkAppeal(models.Model):
    """The doctor's objection to a version and the township's answer; `outcome` is kept or corrected."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey(WorkRecord, on_delete=models.PROTECT, related_name="appeals")
    text = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    answer = models.CharField(max_length=500, blank=True)
    outcome = models.CharField(max_length=10, blank=True)
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="appeal_one_open", fields=["record"], condition=Q(answered_at=None)),
        ]
