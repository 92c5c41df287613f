"""Special actions and their lines. What names patients lies in the lines, behind row-level security."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xinqiao.kernel.ids import uuid7
from xinqiao.registry.scoped import ScopedModel

from .choices import Counts, Kind, Outcome, State, Subject, Unreachable


class Campaign(models.Model):
    """One action of a county or township. `place` is whose it is; it reaches everybody below. `steps` are asked of every
    line: [{key, ask, yes, no}]. `figures` are frozen when it is closed; they name nobody."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    op_id = models.UUIDField(unique=True)
    title = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    document = models.CharField(max_length=120, blank=True, help_text="文件依据")
    holiday = models.CharField(max_length=8, blank=True)
    place = models.CharField(max_length=12, db_collation="C")
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="campaigns")
    subject = models.CharField(max_length=8, choices=Subject.choices)
    source = models.CharField(max_length=60, help_text="how the list was made, in words")
    counts = models.CharField(max_length=4, choices=Counts.choices, default=Counts.NONE)
    steps = models.JSONField(default=list)
    starts_on = models.DateField()
    deadline = models.DateField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.RUNNING)
    size = models.IntegerField(default=0, help_text="lines when it began")
    townships = models.JSONField(default=list, help_text="codes of the townships it reaches")
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    ended_on = models.DateField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    conclusion = models.CharField(max_length=1000, blank=True)
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(name="campaign_days", condition=Q(deadline__gte=F("starts_on"))),
            models.CheckConstraint(
                name="campaign_ended", condition=Q(state="running", ended_on=None) | ~Q(state="running")
            ),
        ]
        indexes = [models.Index(fields=["place", "-starts_on"], name="campaign_place")]


class Target(ScopedModel):
    """One line: a person, or a village (`person` empty). `visit_id` is set when the action is closed and a visit counted."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="targets")
    person = models.ForeignKey(
        "registry.Person", null=True, on_delete=models.PROTECT, related_name="campaign_lines"
    )
    worker_id = models.UUIDField(null=True, help_text="who answered for it when the list was made")
    outcome = models.CharField(max_length=11, choices=Outcome.choices, default=Outcome.OPEN)
    happened_on = models.DateField(null=True)
    answers = models.JSONField(default=dict, help_text='step → "1" or "0"')
    reason = models.CharField(max_length=8, choices=Unreachable.choices, blank=True)
    note = models.CharField(max_length=300, blank=True)
    visit_id = models.UUIDField(null=True)
    op_id = models.UUIDField(null=True, help_text="the operation that wrote it last")
    recorded_by = models.UUIDField(null=True)
    recorded_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(
                name="target_person_once", fields=["campaign", "person"], condition=Q(person__isnull=False)
            ),
            models.UniqueConstraint(
                name="target_village_once",
                fields=["campaign", "managing_code"],
                condition=Q(person__isnull=True),
            ),
            models.CheckConstraint(
                name="target_unmet_says_why", condition=~Q(outcome="unreachable") | ~Q(reason="")
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "managing_code"], name="target_campaign"),
            models.Index(fields=["managing_code"], name="target_open", condition=Q(outcome="open")),
        ]
