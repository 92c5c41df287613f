"""Visits are only ever added: an amendment is a new row that names the one it amends, an undo marks the row void."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from xinqiao.registry.scoped import Fact


def _codes() -> ArrayField:
    return ArrayField(models.CharField(max_length=2), default=list, blank=True)


def _code(size: int = 1) -> models.CharField:
    return models.CharField(max_length=size, blank=True)


class Visit(Fact):
    """One follow-up on the official record form (F08). Codes as printed; the register of fields is `followup.rules.FIELDS`,
    whose keys are the columns, but for `class_reason` there, which is `class_note` here.

    `proposed_class` is what the rule says, `visit_class` what the doctor wrote, `counted_class` and `counted_risk` what
    counts until a second person confirms a milder one. These two, `timing` and `due_on` follow from all facts of the
    person and are written again by `followup.actions.refold` when an earlier fact comes in late.
    """

    op_id = models.UUIDField(unique=True)
    amends = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="amended_by")
    amend_reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    superseded = models.BooleanField(default=False, help_text="an amendment stands in its place")

    visit_date = models.DateField()
    form = _code()
    form_detail = models.CharField(max_length=20, blank=True)
    targets = _codes()
    lost_reason = _code()
    lost_note = models.CharField(max_length=200, blank=True)
    death_date = models.DateField(null=True)
    death_cause = _code()
    death_disease = _code()
    death_note = models.CharField(max_length=200, blank=True)
    risk = models.SmallIntegerField(null=True)
    risk_confirmed_reason = models.CharField(max_length=200, blank=True)
    symptoms = _codes()
    symptoms_note = models.CharField(max_length=200, blank=True)
    symptom_severity = _code()
    insight = _code()
    insight_recovered = models.BooleanField(null=True, help_text="按自知力基本恢复判定")
    sleep = _code()
    diet = _code()
    soc_selfcare = _code()
    soc_housework = _code()
    soc_work = _code()
    soc_study = _code()
    soc_interpersonal = _code()
    danger_acts = models.JSONField(default=dict)
    locked = _code()
    hospital = _code()
    last_discharge = models.DateField(null=True)
    lab = _code()
    lab_note = models.TextField(blank=True)
    adherence = _code()
    adr = _code()
    adr_note = models.CharField(max_length=200, blank=True)
    adr_severity = _code()
    adr_acute = models.BooleanField(null=True)
    physical_severity = _code()
    physical_note = models.CharField(max_length=200, blank=True)
    effect = _code()
    refer_suggest = _code()
    refer_reason = models.CharField(max_length=200, blank=True)
    referred = _code()
    refer_to = models.CharField(max_length=200, blank=True)
    drugs = models.JSONField(default=list)
    drug_advice = models.JSONField(default=list)
    recipe_3m = models.BooleanField(null=True)
    untreated_reason = models.CharField(max_length=200, blank=True)
    case_mgmt = models.BooleanField(null=True)
    emergency_done = models.BooleanField(null=True)
    life_events = models.CharField(max_length=200, blank=True)
    rehab = _codes()
    rehab_note = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)

    proposed_class = _code()
    class_reason = models.CharField(max_length=120, blank=True)
    class_clause = models.CharField(max_length=60, blank=True)
    visit_class = _code()
    class_source = models.CharField(max_length=8, help_text="computed, chosen or imported (未复算)")
    class_note = models.CharField(max_length=200, blank=True, help_text="why the doctor chose another class")
    counted_class = _code()
    counted_risk = models.SmallIntegerField(null=True)
    due_on = models.DateField(null=True, help_text="应访日 of the next visit, by rule")
    planned_on = models.DateField(null=True, help_text="what the worker and the family agreed")
    planned_reason = models.CharField(max_length=200, blank=True)
    policy_version = models.CharField(max_length=20)

    doctor = models.CharField(max_length=60, blank=True)
    co_visitors = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    visited_by = models.UUIDField(null=True)
    entry_mode = models.CharField(max_length=10, help_text="full, unchanged, paper, import")
    timing = models.CharField(max_length=8, blank=True, help_text="first, early, on_time, late, extra")
    flags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    complete = models.BooleanField(default=False)
    review_status = models.CharField(max_length=1, default="0", help_text="0 未审核 1 通过 2 未通过")
    review_reason = models.CharField(max_length=200, blank=True)
    reviewed_by = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    device_id = models.CharField(max_length=60, blank=True)
    device_time = models.DateTimeField(null=True)
    clock_offset_ms = models.BigIntegerField(null=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(name="visit_risk_range", condition=Q(risk=None) | Q(risk__range=(0, 5))),
            models.CheckConstraint(name="visit_class_code", condition=Q(visit_class__in=["", "1", "2", "3"])),
            models.CheckConstraint(name="visit_review_code", condition=Q(review_status__in=["0", "1", "2"])),
            models.UniqueConstraint(
                name="visit_once_a_day_and_form",
                fields=["person", "visit_date", "form"],
                condition=Q(voided_at=None, superseded=False),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-visit_date"], name="visit_person_date"),
            models.Index(fields=["managing_code", "-visit_date"], name="visit_place_date"),
            models.Index(
                fields=["managing_code"],
                name="visit_loss_to_verify",
                condition=Q(flags__contains=["lost_to_verify"], voided_at=None, superseded=False),
            ),
            models.Index(
                fields=["managing_code", "visit_date"],
                name="visit_to_review",
                condition=Q(review_status="0", voided_at=None, superseded=False) & ~Q(entry_mode="import"),
            ),
            models.Index(
                fields=["recorded_by"],
                name="visit_returned",
                condition=Q(review_status="2", voided_at=None, superseded=False),
            ),
        ]


class VisitAttempt(Fact):
    """A try without contact. Not a visit; three of them feed the lost-contact protocol."""

    op_id = models.UUIDField(unique=True)
    happened_on = models.DateField()
    form = _code()
    outcome = models.CharField(max_length=20)
    note = models.CharField(max_length=200, blank=True)

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["person", "-happened_on"], name="attempt_person")]


class Confirmation(Fact):
    """The rule of two: a milder class than proposed, or a risk lowered from 3 or more, waits for a second person."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="confirmations")
    kind = models.CharField(max_length=5, help_text="class or risk")
    from_value = models.CharField(max_length=1)
    to_value = models.CharField(max_length=1)
    reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, default="pending", help_text="pending, accepted, refused")
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_reason = models.CharField(max_length=200, blank=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(name="confirmation_once", fields=["visit", "kind"]),
            models.CheckConstraint(
                name="confirmation_by_a_second_person",
                condition=Q(decided_by=None) | Q(recorded_by=None) | ~Q(decided_by=models.F("recorded_by")),
            ),
        ]
        indexes = [
            models.Index(fields=["managing_code"], name="confirmation_open", condition=Q(state="pending"))
        ]
