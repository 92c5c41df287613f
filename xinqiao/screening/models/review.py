"""What a psychiatrist is asked and answers (the second part of F02)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from xinqiao.registry.fields import EncryptedText
from xinqiao.registry.scoped import ScopedModel

from ..choices import Outcome, Purpose, Result, ReviewState, SentBy, Sex


class Rediagnosis(ScopedModel):
    """One question to a psychiatrist about a clue or about somebody on the register, and the answer.

    A hospital that works here sees the row (`shared_codes` holds its key) and nothing else: what it needs is copied, sealed,
    into the row. For a hospital on paper (`hospital` empty) the township enters the answer. `concluded_on` and `asked_on` of a
    second diagnosis are the days of article 32.
    """

    op_id = models.UUIDField(unique=True)
    clue = models.ForeignKey(
        "screening.Clue", on_delete=models.PROTECT, null=True, related_name="rediagnoses"
    )
    person = models.ForeignKey(
        "registry.Person", on_delete=models.PROTECT, null=True, related_name="rediagnoses"
    )
    round = models.ForeignKey(
        "screening.Round", on_delete=models.PROTECT, null=True, related_name="rediagnoses"
    )
    purpose = models.CharField(max_length=6, choices=Purpose.choices)
    state = models.CharField(max_length=10, choices=ReviewState.choices, default=ReviewState.ASKED)
    hospital = models.ForeignKey("places.Institution", on_delete=models.PROTECT, null=True, related_name="+")
    hospital_name = models.CharField(max_length=100)
    asked_on = models.DateField()
    asked_by = models.UUIDField(null=True)
    asked_name = models.CharField(max_length=60, blank=True, help_text="who to call back")
    concluded_on = models.DateField(null=True, help_text="收到诊断结论的日期（再次诊断）")
    sent_by = models.CharField(max_length=10, choices=SentBy.choices, blank=True)
    sent_on = models.DateField(null=True)
    urgent = models.BooleanField(default=False)

    name = models.CharField(max_length=60, blank=True, db_collation="C")
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    age = models.SmallIntegerField(null=True)
    id_number = EncryptedText(default="", blank=True)
    address = EncryptedText(default="", blank=True)
    phone = EncryptedText(default="", blank=True)
    guardian_name = EncryptedText(default="", blank=True)
    guardian_phone = EncryptedText(default="", blank=True)
    items = ArrayField(models.CharField(max_length=1), default=list)
    question = EncryptedText(default="", blank=True)

    diagnosed_on = models.DateField(null=True)
    doctor = models.CharField(max_length=60, blank=True)
    result = models.CharField(max_length=10, choices=Result.choices, blank=True)
    category = models.CharField(max_length=1, blank=True)
    icd10 = models.CharField(max_length=10, blank=True)
    advice = EncryptedText(default="", blank=True)
    consent = models.CharField(max_length=1, blank=True, help_text="1 同意建档 2 不同意")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    look_on = models.DateField(null=True)
    corrected_on = models.DateField(
        null=True, help_text="the register was put right after a negating result (D9)"
    )
    returned_reason = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        db_table = "screening_review"
        constraints = [
            *ScopedModel.Meta.constraints,
            models.CheckConstraint(
                name="rediagnosis_about_one",
                condition=Q(clue__isnull=False, person__isnull=True)
                | Q(clue__isnull=True, person__isnull=False),
            ),
            models.CheckConstraint(
                name="rediagnosis_answer",
                condition=Q(state="answered", diagnosed_on__isnull=False) | ~Q(state="answered"),
            ),
            models.UniqueConstraint(
                name="rediagnosis_one_open", fields=["clue"], condition=Q(state="asked", clue__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["clue", "-asked_on"], name="rediagnosis_clue"),
            models.Index(fields=["person", "-asked_on"], name="rediagnosis_person"),
            models.Index(
                fields=["hospital", "-urgent", "asked_on"],
                name="rediagnosis_queue",
                condition=Q(state="asked"),
            ),
        ]
