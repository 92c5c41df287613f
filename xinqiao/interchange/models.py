"""An import under way: the batch, its rows (sealed), and how far it has come.

A batch belongs to the office that brought the file: `managing_code` is the place of that office, so that nobody below or
beside it sees a row. The file itself is not kept.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from xinqiao.registry.fields import EncryptedText
from xinqiao.registry.scoped import ScopedModel

from .choices import BatchState, Outcome, RowKind


class Batch(ScopedModel):
    """One workbook that somebody brought. Its name is kept only as a keyed hash: file names carry names of people."""

    created_at = models.DateTimeField()
    created_by = models.UUIDField()
    label = models.CharField(max_length=60, help_text="neutral name: kind of sheets and time")
    name_hash = models.BinaryField()
    content_hash = models.BinaryField(help_text="to say that the very same file was brought before")
    size_bytes = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=BatchState.choices, default=BatchState.UPLOADED)
    state_at = models.DateTimeField()
    layout = EncryptedText(
        help_text="JSON: sheets with names, heading rows, columns, and what was noticed on reading"
    )
    counts = models.JSONField(default=dict, help_text='{"person": {"new": n, …, "hidden": n}, "visit": {…}}')
    problem_rows = models.IntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)
    committed_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        verbose_name = _("导入")
        indexes = [models.Index(fields=["managing_code", "-created_at"], name="batch_place")]


class Row(ScopedModel):
    """One row of a sheet. `payload`: JSON with the typed `cells`, the `record` read from them, and the `messages` that
    belong to `problems`, which hold only field, code and weight."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    position = models.IntegerField(help_text="order in the workbook")
    sheet = models.SmallIntegerField(help_text="index into the batch's layout")
    number = models.IntegerField(help_text="row number in the spreadsheet program")
    kind = models.CharField(max_length=6, choices=RowKind.choices)
    hidden = models.BooleanField(default=False)
    skipped = models.BooleanField(default=False)
    payload = EncryptedText()
    problems = models.JSONField(default=list, help_text='[{"field", "code", "flag": bool}]')
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.UNCHECKED, blank=True)
    key = models.BinaryField(null=True, help_text="keyed hash of the person's number: joins visits to people")
    again = models.BinaryField(null=True, help_text="keyed hash of what may stand in the file only once")
    content = models.BinaryField(null=True, help_text="keyed hash of all it says: an equal row counts once")
    person_id = models.UUIDField(null=True, help_text="who it turned out to be, after the commit")

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(name="row_position_once", fields=["batch", "position"]),
        ]
        indexes = [
            models.Index(fields=["batch", "outcome", "position"], name="row_outcome"),
            models.Index(fields=["batch", "key"], name="row_key"),
            models.Index(fields=["batch", "again"], name="row_again"),
        ]


class Progress(models.Model):
    """How far the work on a batch has come, written on a connection of its own so that it shows while one transaction
    holds everything else. Counts only; whose batch it is, row-level security decides on the batch."""

    batch_id = models.UUIDField(primary_key=True)
    phase = models.CharField(max_length=12)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    at = models.DateTimeField()
