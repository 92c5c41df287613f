"""Dated facts about a person. `valid_from`/`valid_to` are half-open; null means open."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ..choices import AddressKind, LifeEventKind, RefusalReason, ResponsibilityKind
from ..fields import EncryptedText
from ..scoped import Fact


def dates(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")))


class Identifier(Fact):
    """A document number. No unique constraint on the hash: twins and borrowed cards are real; an action decides."""

    kind = models.CharField(max_length=2, default="01", help_text="WS 364.3 CV02.01.101")
    number = EncryptedText()
    number_hash = models.BinaryField()
    last4_hash = models.BinaryField()
    different_because = models.CharField(
        max_length=200, blank=True, help_text="why the same number names two persons"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(Fact.Meta):
        constraints = [*Fact.Meta.constraints, dates("identifier_dates")]
        indexes = [
            models.Index(fields=["number_hash"], name="identifier_hash"),
            models.Index(fields=["last4_hash"], name="identifier_last4"),
            models.Index(fields=["person"], name="identifier_person"),
        ]


class Address(Fact):
    """Where somebody lives (`live`), is registered (`hukou`) or stays for a while (`temp`); the detailed part is encrypted."""

    kind = models.CharField(max_length=5)
    division_code = models.CharField(max_length=12, db_collation="C")
    detail = EncryptedText(default="", blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            dates("address_dates"),
            models.CheckConstraint(name="address_kind", condition=Q(kind__in=AddressKind.values)),
        ]


class Guardian(Fact):
    """A guardian or, failing one, the person to call."""

    name = models.CharField(max_length=60)
    relation = models.CharField(max_length=2, help_text="GB/T 4761, one digit")
    phone = EncryptedText(default="", blank=True)
    phone_hash = models.BinaryField(null=True)
    phone2 = EncryptedText(default="", blank=True)
    phone2_hash = models.BinaryField(null=True)
    address = EncryptedText(default="", blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(Fact.Meta):
        constraints = [*Fact.Meta.constraints, dates("guardian_dates")]
        indexes = [
            models.Index(fields=["phone_hash"], name="guardian_phone"),
            models.Index(fields=["phone2_hash"], name="guardian_phone2"),
        ]


class Diagnosis(Fact):
    """A diagnosis by a psychiatrist. `category` is 1–6 for the six registered disorders, 9 for another."""

    icd10 = models.CharField(max_length=12)
    category = models.CharField(max_length=1)
    hospital = models.CharField(max_length=100, blank=True)
    happened_on = models.DateField(help_text="确诊日期")

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["person"], name="diagnosis_person")]


class Consent(Fact):
    """Answer to the offer of community service, or the notice where the law reports without one. A withdrawal is an answer
    of its own ("0", `withdrawn`) from its day on: the answer it takes back stays as it was."""

    basis = models.CharField(max_length=10, help_text="consent, or statutory (依法报告, 无需同意)")
    decision = models.CharField(max_length=1, blank=True, help_text="1 同意 0 不同意; empty for statutory")
    signer = models.CharField(max_length=10, blank=True, help_text="patient, guardian")
    signer_name = models.CharField(max_length=60, blank=True)
    incapacity_note = models.CharField(max_length=200, blank=True)
    text_version = models.CharField(max_length=20, blank=True)
    notifier = models.CharField(max_length=60, blank=True)
    happened_on = models.DateField(help_text="签署日期 or 告知日期")
    withdrawn = models.BooleanField(
        default=False, db_default=False, help_text="takes an earlier agreement back"
    )
    reason = models.CharField(
        max_length=1, blank=True, default="", db_default="", choices=RefusalReason.choices
    )
    note = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                name="consent_never_a_stored_agreed",
                condition=Q(basis="consent", decision__in=["0", "1"]) | Q(basis="statutory", decision=""),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_is_a_no",
                condition=Q(withdrawn=False) | Q(basis="consent", decision="0"),
            ),
            models.CheckConstraint(name="consent_reason_of_a_no", condition=Q(reason="") | Q(decision="0")),
        ]


class LifeEvent(Fact):
    """A dated step in the life of the file; the state at any date is derived from these."""

    kind = models.CharField(max_length=16, choices=LifeEventKind.choices)
    happened_on = models.DateField()
    reason = models.CharField(max_length=4, blank=True, help_text="printed code, e.g. of loss or death")
    note = models.CharField(max_length=200, blank=True)
    visit_id = models.UUIDField(null=True, help_text="the visit that told us")

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["person", "happened_on"], name="lifeevent_person")]


class Responsibility(Fact):
    """Who answers for a person, from when to when.

    `counting`: exactly one open row per person: the institution and village that count. `responsible`: at least one
    institution and worker. `receiving`: while a hand-over is under way, the other side, responsible as well; at most one.
    Rows of the past keep the code under which the person counted then (`counted_code`).
    """

    kind = models.CharField(max_length=12, choices=ResponsibilityKind.choices)
    institution = models.ForeignKey("places.Institution", on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    worker_name = models.CharField(max_length=60, blank=True, help_text="for somebody without an account")
    counted_code = models.CharField(max_length=12, db_collation="C")
    counted_now = models.CharField(
        max_length=12,
        db_collation="C",
        null=True,
        help_text="the same place under the borders of now, where they have changed since",
    )
    reason = models.CharField(
        max_length=10,
        default="",
        db_default="",
        blank=True,
        help_text="why the row began: boundary = the borders changed, nobody moved",
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            dates("responsibility_dates"),
            models.UniqueConstraint(
                name="one_counting_institution",
                fields=["person"],
                condition=Q(kind="counting", valid_to=None, voided_at=None),
            ),
            models.UniqueConstraint(
                name="one_receiving_institution",
                fields=["person"],
                condition=Q(kind="receiving", valid_to=None, voided_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "kind"], name="responsibility_person"),
            models.Index(
                fields=["counted_code", "valid_from"],
                name="responsibility_counted",
                condition=Q(kind="counting"),
            ),
            models.Index(
                fields=["counted_now"],
                name="responsibility_now",
                condition=Q(kind="counting", counted_now__isnull=False),
            ),
            models.Index(fields=["worker"], name="responsibility_worker"),
        ]
