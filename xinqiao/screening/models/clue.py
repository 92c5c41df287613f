"""Clues: people somebody noticed, apart from the register. Nobody in here counts as 在册, and nothing here is a diagnosis."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from xinqiao.registry.fields import EncryptedText
from xinqiao.registry.scoped import STAYS, ScopedModel

from ..choices import ActKind, CloseReason, ClueState, Judgement, Sex, Source


class ClueSerial(models.Model):
    """The last number given to a clue of a county in a year. No personal data."""

    code = models.CharField(max_length=10, primary_key=True, help_text="6 digits of the county and the year")
    last = models.IntegerField()


class Clue(ScopedModel):
    """One person somebody noticed (F01 and the first part of F02).

    `managing_code` is the village, or the township or county as far as the place is known. `items`: the items of the list
    answered 有. `urgent`: danger to self or others, by an item or by what was told. `name` may be empty (a vagrant
    nobody knows), then `description` says how to tell the person. `asked`: what the question "registered already?" led to
    (none, here, elsewhere, handed_in), for townships and counties only. After `erased_at` nothing here names anybody.
    """

    op_id = models.UUIDField(unique=True)
    clue_no = models.CharField(max_length=24, unique=True, db_collation="C")
    name = models.CharField(max_length=60, blank=True, db_collation="C")
    name_key = models.CharField(max_length=120, blank=True, db_collation="C")
    description = EncryptedText(default="", blank=True)
    vagrant = models.BooleanField(default=False)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    age = models.SmallIntegerField(null=True)
    birth_on = models.DateField(null=True)
    id_number = EncryptedText(default="", blank=True)
    id_hash = models.BinaryField(null=True)
    phone = EncryptedText(default="", blank=True)
    phone_hash = models.BinaryField(null=True)
    address = EncryptedText(default="", blank=True)
    guardian_name = EncryptedText(default="", blank=True)
    guardian_phone = EncryptedText(default="", blank=True)
    informant_name = EncryptedText(default="", blank=True)
    informant_relation = EncryptedText(default="", blank=True)
    informant_phone = EncryptedText(default="", blank=True)
    found_on = models.DateField(help_text="调查日期")
    investigator = models.CharField(max_length=60, help_text="调查人")
    source = models.CharField(max_length=2, choices=Source.choices)
    items = ArrayField(models.CharField(max_length=1), default=list)
    urgent = models.BooleanField(default=False)
    danger_told = models.BooleanField(default=False, help_text="somebody told of danger besides the items")
    facts = EncryptedText(default="", blank=True)
    different_because = models.CharField(max_length=200, blank=True)
    asked = models.CharField(max_length=10, blank=True)
    sweep = models.ForeignKey("screening.Sweep", on_delete=models.PROTECT, null=True, related_name="clues")
    judgement = models.CharField(max_length=10, choices=Judgement.choices, blank=True)
    judged_on = models.DateField(null=True)
    first_judged_on = models.DateField(null=True, help_text="ends the clock of the first judgement (D31)")
    judged_by = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=ClueState.choices, default=ClueState.NEW)
    state_on = models.DateField()
    look_on = models.DateField(null=True, help_text="when to look again while observed")
    brought_on = models.DateField(
        null=True, help_text="first day at a psychiatrist's since danger was last told; empty = pressing"
    )
    confirmed_on = models.DateField(null=True, help_text="day of the diagnosis that leads to a file (D8)")
    filed_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    close_reason = models.CharField(max_length=12, choices=CloseReason.choices, blank=True)
    close_note = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey(
        "registry.Person",
        on_delete=models.PROTECT,
        null=True,
        related_name="clues",
        db_comment=STAYS,
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)
    row_version = models.IntegerField(default=1)
    erased_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(
                name="clue_closed", condition=Q(state="closed", closed_on__isnull=False) | ~Q(state="closed")
            ),
            models.CheckConstraint(
                name="clue_filed", condition=Q(state="filed", person__isnull=False) | ~Q(state="filed")
            ),
        ]
        indexes = [
            models.Index(fields=["managing_code", "-urgent", "-found_on"], name="clue_list"),
            models.Index(fields=["id_hash"], name="clue_id"),
            models.Index(fields=["managing_code", "name_key"], name="clue_name"),
            models.Index(fields=["sweep", "managing_code"], name="clue_sweep"),
            models.Index(fields=["person"], name="clue_person"),
        ]


class ClueAct(ScopedModel):
    """Somebody asked, persuaded, told: one dated line."""

    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="acts")
    op_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=ActKind.choices)
    happened_on = models.DateField()
    note = EncryptedText(default="", blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["clue", "-happened_on"], name="clueact_of")]
