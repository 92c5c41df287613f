"""Hand-overs with every hop, and second listings. Both hold a sealed copy of what the sharing matrix allows, never a look at the
file: they stay where they were written when the person's rows move."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xinqiao.registry.fields import EncryptedText
from xinqiao.registry.scoped import STAYS, ScopedModel

from .choices import OPEN, Ended, Reason, ReturnReason, State, Step


class Transfer(ScopedModel):
    """One hand-over (流转单, L12). `managing_code`: the village left, so that its institution keeps the trace; `shared_codes`: the
    townships and counties it has reached.

    `to_code`: the place named by the sender; `at_code`: the office where it lies (a township or a county), empty when the
    destination is outside the system. `preview`: JSON with name, sex, id_number, address, guardian_phone, visit_class, risk.
    """

    op_id = models.UUIDField(unique=True, help_text="operation that sent it; repeated = same transfer")
    person = models.ForeignKey(
        "registry.Person", on_delete=models.PROTECT, related_name="transfers", db_comment=STAYS
    )
    from_institution = models.ForeignKey("places.Institution", on_delete=models.PROTECT, related_name="+")
    to_code = models.CharField(max_length=12, db_collation="C", blank=True)
    at_code = models.CharField(max_length=12, db_collation="C", blank=True)
    reason = models.CharField(max_length=1, choices=Reason.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    preview = EncryptedText()
    to_address = EncryptedText(default="", blank=True)
    sent_on = models.DateField()
    sent_at = models.DateTimeField()
    sent_by = models.UUIDField()
    closed_on = models.DateField(null=True)
    return_reason = models.CharField(max_length=1, choices=ReturnReason.choices, blank=True)
    accepted_code = models.CharField(max_length=12, db_collation="C", blank=True)
    receipt_on = models.DateField(null=True, help_text="outside the system: date of the receipt")
    receiver = models.CharField(max_length=60, blank=True, help_text="outside: who signed the receipt")

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(
                name="transfer_one_open", fields=["person"], condition=Q(state__in=[str(one) for one in OPEN])
            ),
            models.CheckConstraint(
                name="transfer_lies_somewhere", condition=~Q(state=State.SENT) | ~Q(at_code="")
            ),
            models.CheckConstraint(
                name="transfer_left_with_a_receipt",
                condition=~Q(state=State.LEFT) | (Q(receipt_on__isnull=False) & ~Q(receiver="")),
            ),
        ]
        indexes = [
            models.Index(fields=["managing_code", "-sent_at"], name="transfer_origin"),
            models.Index(fields=["at_code", "-sent_at"], name="transfer_lies_at"),
            models.Index(fields=["person"], name="transfer_person"),
            models.Index(fields=["closed_on"], name="transfer_ended", condition=Q(state=State.ENDED)),
        ]


class Hop(ScopedModel):
    """One step of a hand-over; only ever added. `from_code` and `to_code` are the offices (or the village left). A visit or try
    recorded in the ordinary way while it is open stands here too, as the call that it was (`source_id`): the day and whether
    somebody was reached, nothing of what was found."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="hops")
    kind = models.CharField(max_length=10, choices=Step.choices)
    happened_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True, help_text="null: by the system, with the file")
    by_name = models.CharField(
        max_length=60, blank=True, help_text="name of the account, for both sides to see"
    )
    from_code = models.CharField(max_length=12, db_collation="C", blank=True)
    to_code = models.CharField(max_length=12, db_collation="C", blank=True)
    reached = models.BooleanField(null=True, help_text="of a call: somebody was reached")
    reason = models.CharField(max_length=1, blank=True)
    note = models.CharField(max_length=100, blank=True)
    source_id = models.UUIDField(null=True, help_text="of a call: the visit or try that it was")
    voided_at = models.DateTimeField(null=True, help_text="that visit or try no longer stands")

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["transfer", "recorded_at"], name="hop_transfer")]


class Listing(ScopedModel):
    """A second, light listing at the place of the household register (双列管): who, and where the person is managed. It counts
    nobody. `managing_code`: that place; `shared_codes`: the residence's township and county."""

    op_id = models.UUIDField(unique=True)
    person = models.ForeignKey(
        "registry.Person", on_delete=models.PROTECT, related_name="listings", db_comment=STAYS
    )
    name = models.CharField(max_length=60)
    sex = models.CharField(max_length=1)
    id_number = EncryptedText(default="", blank=True)
    residence_code = models.CharField(max_length=12, db_collation="C")
    institution = models.ForeignKey("places.Institution", on_delete=models.PROTECT, related_name="+")
    contact = models.CharField(max_length=60, blank=True, help_text="who answers there")
    contact_phone = models.CharField(
        max_length=30, blank=True, help_text="of the institution, not of a patient"
    )
    since = models.DateField()
    until = models.DateField(null=True)
    ended = models.CharField(max_length=10, choices=Ended.choices, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(name="listing_one_open", fields=["person"], condition=Q(until=None)),
        ]
        indexes = [models.Index(fields=["managing_code", "-since"], name="listing_place")]
