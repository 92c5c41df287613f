"""What is due, and how each person stands: both are folds over visits and life events, rebuilt whenever a fact is added."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat, Least, Left

from xinqiao.kernel.ids import uuid7
from xinqiao.registry.scoped import ScopedModel


class Obligation(ScopedModel):
    """One visit owed: by which rule, from when, until when, and what became of it. Closed rows stay.

    `period` names the obligation within the person and rule, derived from the fact that opened it, so that folding the same
    facts again finds the same rows. `outcome` is open, done, late, cancelled or missed.
    """

    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT, related_name="obligations")
    rule = models.CharField(max_length=30)
    period = models.CharField(max_length=50)
    opened_on = models.DateField()
    window_from = models.DateField()
    due_on = models.DateField(help_text="应访日")
    norm_deadline = models.DateField(null=True, help_text="规范截止日")
    planned_on = models.DateField(null=True)
    planned_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    reason = models.CharField(max_length=60, help_text="code of what made it due")
    clause = models.CharField(max_length=60)
    policy_version = models.CharField(max_length=20)
    outcome = models.CharField(max_length=10, default="open")
    closed_on = models.DateField(null=True)
    visit_id = models.UUIDField(null=True)
    county_code = models.GeneratedField(
        expression=Concat(Left("managing_code", 6), Value("000000")),
        output_field=models.CharField(max_length=12, db_collation="C"),
        db_persist=True,
    )
    act_on = models.GeneratedField(
        expression=Least("due_on", "planned_on"),
        output_field=models.DateField(),
        db_persist=True,
        help_text="the earlier of due and agreed: the day it stands on the list",
    )

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(name="obligation_once", fields=["person", "rule", "period"]),
        ]
        indexes = [
            models.Index(
                fields=["county_code", "act_on"], name="obligation_county_act", condition=Q(outcome="open")
            ),
            models.Index(
                fields=["managing_code", "act_on"], name="obligation_place_act", condition=Q(outcome="open")
            ),
        ]


class Standing(ScopedModel):
    """How a person stands today, from the facts: one row per person, keyed by the person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.OneToOneField("registry.Person", on_delete=models.PROTECT, related_name="standing")
    state = models.CharField(max_length=12, help_text="registered, lost, dead, excluded, moved_out")
    in_hospital = models.BooleanField(default=False)
    last_visit_id = models.UUIDField(null=True)
    last_visit_on = models.DateField(null=True)
    last_face_on = models.DateField(null=True)
    visit_class = models.CharField(
        max_length=1, blank=True, help_text="counted class of the last classified visit"
    )
    risk = models.SmallIntegerField(null=True, help_text="counted risk")
    adherence = models.CharField(max_length=1, blank=True)
    past_incident = models.BooleanField(default=False)
    due_on = models.DateField(null=True)
    norm_deadline = models.DateField(null=True)
    planned_on = models.DateField(null=True)
    attempts_since = models.SmallIntegerField(default=0)
    pending_confirmation = models.BooleanField(default=False)
    # What the preventing lists ask, kept here so that a list reads one row per person and never the visits.
    filed_on = models.DateField(null=True)
    counted_year = models.SmallIntegerField(null=True, help_text="year of the last complete visit")
    visits_year = models.SmallIntegerField(default=0, db_default=0, help_text="complete visits of that year")
    exam_on = models.DateField(null=True, help_text="last yearly exam")
    exam_refused_on = models.DateField(null=True)
    unstable_since = models.DateField(null=True, help_text="first visit of the present run of class 1")
    referred_on = models.DateField(null=True, help_text="last referral, by event or by visit")
    away_on = models.DateField(null=True, help_text="said to be away, and not seen since")
    loss_to_verify = models.BooleanField(default=False, db_default=False)
    refused = models.BooleanField(default=False, db_default=False, help_text="the newest answer is a refusal")
    guardianship = models.CharField(
        max_length=1, blank=True, default="", db_default="", help_text="1 reachable 2 without phone 0 nobody"
    )
    searched_since = models.DateField(null=True, help_text="somebody is being looked for since that day")
    handed_since = models.DateField(null=True, help_text="a hand-over is under way since that day")
    worker_ids = ArrayField(
        models.UUIDField(), default=list, db_default=Value("{}"), help_text="named as responsible"
    )
    worker_named = models.BooleanField(
        default=False, db_default=False, help_text="somebody responsible has no account"
    )

    class Meta(ScopedModel.Meta):
        indexes = [
            models.Index(fields=["managing_code", "state"], name="standing_place"),
            models.Index(
                fields=["managing_code"], name="standing_waiting", condition=Q(pending_confirmation=True)
            ),
        ]
