"""Piles of paper being typed in, and bundles made for inspections. Both belong to the office that works on them:
`managing_code` is its place, and within it only the maker opens them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from xinqiao.registry.fields import EncryptedBytes, EncryptedText
from xinqiao.registry.scoped import STAYS, ScopedModel

from .choices import MemberState, PackState, RowState


class Pile(ScopedModel):
    """A pile of signed forms somebody types in: whose, for which month, and who went."""

    user_id = models.UUIDField()
    place = models.CharField(max_length=12, db_collation="C", help_text="village or township of the forms")
    month = models.DateField(help_text="first day of the month of the forms")
    visited_by = models.UUIDField(null=True)
    doctor = models.CharField(max_length=60, help_text="name in the signature box")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["user_id", "-created_at"], name="pile_user")]


class PileRow(ScopedModel):
    """One form of a pile. `answers`: JSON of what was typed, kept until the pile is finished so that an undo gives it
    back; `op_id` is renewed by an undo."""

    pile = models.ForeignKey(Pile, on_delete=models.CASCADE, related_name="rows")
    person = models.ForeignKey(
        "registry.Person", on_delete=models.PROTECT, related_name="+", db_comment=STAYS
    )
    position = models.IntegerField()
    op_id = models.UUIDField(unique=True)
    answers = EncryptedText(default="", blank=True)
    state = models.CharField(max_length=8, choices=RowState.choices, default=RowState.EMPTY)
    visit_id = models.UUIDField(null=True)
    saved_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(name="pilerow_position_once", fields=["pile", "position"]),
        ]


class Pack(ScopedModel):
    """One bundle for an inspection: what for, whose files, which parts, until when. `body` is the finished PDF,
    sealed; it is emptied on the day it expires, the row stays."""

    user_id = models.UUIDField()
    maker = models.CharField(max_length=60, help_text="name of the account that made it, as printed")
    created_at = models.DateTimeField()
    purpose = models.CharField(max_length=100)
    period_from = models.DateField()
    period_to = models.DateField()
    parts = ArrayField(models.CharField(max_length=12), default=list)
    whole_numbers = models.BooleanField(default=False, help_text="document numbers printed unmasked")
    state = models.CharField(max_length=8, choices=PackState.choices, default=PackState.CHOOSING)
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    pages = models.IntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    downloads = models.IntegerField(default=0)
    failure = models.CharField(max_length=120, blank=True)
    body = EncryptedBytes(default=b"", blank=True)

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["user_id", "-created_at"], name="pack_user")]


class PackMember(ScopedModel):
    """One line of the sample and whose file it is. `body`: that file's pages while the bundle is being made."""

    pack = models.ForeignKey(Pack, on_delete=models.CASCADE, related_name="members")
    position = models.IntegerField()
    line = EncryptedText(default="", blank=True)
    state = models.CharField(max_length=9, choices=MemberState.choices)
    person = models.ForeignKey(
        "registry.Person", null=True, on_delete=models.PROTECT, related_name="+", db_comment=STAYS
    )
    candidates = ArrayField(models.UUIDField(), default=list)
    contents = models.JSONField(default=list, help_text='[["F06", pages], …] of the file as it was made')
    pages = models.IntegerField(default=0)
    body = EncryptedBytes(default=b"", blank=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(name="packmember_position_once", fields=["pack", "position"]),
        ]
