"""A comparison with an exported list: the file's rows (sealed, forgotten when it ends), and the differences found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xinqiao.registry.fields import EncryptedText
from xinqiao.registry.scoped import IN_COUNTY, ScopedModel

from ..choices import ComparisonState, ItemState, Kind, Reason, Step


class Comparison(ScopedModel):
    """One exported workbook held against the register. `managing_code` is the county; the file is not kept."""

    created_at = models.DateTimeField()
    created_by = models.UUIDField()
    label = models.CharField(max_length=60, help_text="neutral name: when it was brought")
    content_hash = models.BinaryField()
    as_of = models.DateField(help_text="the day on which the list was exported")
    state = models.CharField(max_length=12, choices=ComparisonState.choices, default=ComparisonState.MAPPING)
    state_at = models.DateTimeField()
    layout = EncryptedText(help_text="JSON: headings as written, the mapping, three rows as examples")
    rows = models.IntegerField(default=0)
    counts = models.JSONField(default=dict, help_text='{"here": n, "there": n, "differs": n, "same": n, …}')
    failure = models.CharField(max_length=200, blank=True)

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["managing_code", "-created_at"], name="comparison_place")]


class ExportRow(ScopedModel):
    """One row of the exported list; the payload is wiped when the comparison is through."""

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="export_rows")
    number = models.IntegerField(help_text="row number in the spreadsheet program")
    payload = EncryptedText(help_text="JSON list of cells as typed, in the order of the headings")

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["comparison", "number"], name="exportrow_number")]


class Difference(ScopedModel):
    """One difference between the two lists, over all comparisons that found it.

    `managing_code`: the village of the person here; for somebody only there, the township or county that has to find out.
    `subject`: keyed hash of who and what, the same in every comparison of the county.
    """

    county_code = models.CharField(max_length=12, db_collation="C")
    subject = models.BinaryField()
    person = models.ForeignKey(
        "registry.Person",
        null=True,
        on_delete=models.PROTECT,
        related_name="differences",
        db_comment=IN_COUNTY,
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    field = models.CharField(max_length=20, blank=True)
    who = EncryptedText(help_text="JSON: name, id_number, sex, birth_on as the list there says; {} when here")
    here = EncryptedText(default="", blank=True)
    there = EncryptedText(default="", blank=True)
    state = models.CharField(max_length=8, choices=ItemState.choices, default=ItemState.OPEN)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="the last comparison that found it")
    first_seen = models.ForeignKey(Comparison, on_delete=models.PROTECT, related_name="+")
    last_seen = models.ForeignKey(Comparison, on_delete=models.PROTECT, related_name="+")
    times = models.IntegerField(default=1)
    reopened = models.IntegerField(default=0)
    assigned_to = models.UUIDField(null=True)
    due_on = models.DateField(null=True)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    note = EncryptedText(default="", blank=True)
    settled_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    row_version = models.IntegerField(default=1)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(name="difference_once", fields=["county_code", "subject"]),
            models.CheckConstraint(
                name="difference_settled_with_a_reason",
                condition=~Q(state=ItemState.SETTLED) | ~Q(reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["managing_code", "state", "kind"], name="difference_place"),
            models.Index(fields=["last_seen"], name="difference_last_seen"),
        ]


class DifferenceStep(ScopedModel):
    """One step of a difference's history; only ever added."""

    difference = models.ForeignKey(Difference, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    kind = models.CharField(max_length=8, choices=Step.choices)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    to = models.UUIDField(null=True, help_text="to whom it was given")
    due_on = models.DateField(null=True)
    note = EncryptedText(default="", blank=True)

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["difference", "at"], name="step_difference")]
