"""A card: what lists and clocks need stands in columns, the whole paper in one sealed column."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from xinqiao.registry.fields import EncryptedText
from xinqiao.registry.scoped import ScopedModel

from ..choices import Entry, EventKind, Form, State


class CardSerial(models.Model):
    """The last serial given: card numbers are 6 digits of the county, 2 of the year, 6 counted."""

    code = models.CharField(max_length=8, primary_key=True, db_collation="C")
    last = models.IntegerField()


class Card(ScopedModel):
    """A report card or a discharge form as it stands now (its newest version).

    `managing_code`: where it waits or was filed: the village, township or county of residence as known. Shared with the hospital,
    which sees this row and nothing of the file. `state` and `state_on` follow from the events (`rules.way.state_of`). `place`: the
    residence on the card. `report`: the report card of the same person, of a discharge form. `person`: the file made of it.
    """

    form = models.CharField(max_length=3, choices=Form.choices)
    entry = models.CharField(max_length=5, choices=Entry.choices, default=Entry.NET)
    card_no = models.CharField(max_length=14, db_collation="C")
    hospital = models.ForeignKey("places.Institution", null=True, on_delete=models.PROTECT, related_name="+")
    hospital_name = models.CharField(max_length=120)
    county = models.CharField(max_length=12, db_collation="C", help_text="报告地区")
    report = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="discharges")
    person = models.ForeignKey("registry.Person", null=True, on_delete=models.PROTECT, related_name="cards")
    version = models.SmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices)
    state_on = models.DateField()
    op_id = models.UUIDField(unique=True)

    name = models.CharField(max_length=60, db_collation="C")
    sex = models.CharField(max_length=1)
    birth_on = models.DateField()
    number = EncryptedText(default="", blank=True)
    number_hash = models.BinaryField(null=True)
    phone = EncryptedText(default="", blank=True)
    phone_hash = models.BinaryField(null=True)
    place = models.CharField(max_length=12, blank=True, db_collation="C")
    address_unknown = models.BooleanField(default=False)
    located_detail = EncryptedText(default="", blank=True)
    report_type = models.CharField(max_length=1, blank=True)
    icd10 = models.CharField(max_length=12)
    risk = models.SmallIntegerField()
    dx_on = models.DateField()
    own_diagnosis = models.BooleanField(default=True, help_text="the reporting hospital confirmed it")
    discharged_on = models.DateField(null=True)
    paper_on = models.DateField(null=True, help_text="纸质卡送达县级精防机构")
    different_because = models.CharField(max_length=200, blank=True)
    content = EncryptedText()
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(name="card_no_once", fields=["card_no"]),
            models.CheckConstraint(
                name="card_of_a_report", condition=Q(form="F03") | Q(report__isnull=False)
            ),
            models.CheckConstraint(
                name="card_filed_has_person", condition=~Q(state="filed") | Q(person__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["managing_code", "state", "state_on"], name="card_waiting"),
            models.Index(fields=["hospital", "form", "-recorded_at"], name="card_hospital"),
            models.Index(fields=["number_hash"], name="card_number"),
            models.Index(fields=["person"], name="card_person"),
            GinIndex(fields=["shared_codes"], name="card_shared"),
        ]


class CardVersion(ScopedModel):
    """A paper as it was sent once; a corrected card is a new version, and the former stays readable."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="versions")
    number = models.SmallIntegerField()
    content = EncryptedText()
    made_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(name="cardversion_once", fields=["card", "number"]),
        ]


class CardEvent(ScopedModel):
    """A step of a card. `from_code`/`to_code`: where it was and where it went; `institution`: who took the step. `step`: its place
    in the order."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="events")
    card_no = models.CharField(max_length=14, db_collation="C")
    step = models.SmallIntegerField()
    kind = models.CharField(max_length=10, choices=EventKind.choices)
    happened_on = models.DateField()
    version = models.SmallIntegerField()
    institution = models.ForeignKey(
        "places.Institution", null=True, on_delete=models.PROTECT, related_name="+"
    )
    from_code = models.CharField(max_length=12, blank=True, db_collation="C")
    to_code = models.CharField(max_length=12, blank=True, db_collation="C")
    reason = models.CharField(max_length=2, blank=True)
    note = models.CharField(max_length=200, blank=True)
    op_id = models.UUIDField(unique=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(name="cardevent_order", fields=["card", "step"]),
        ]
        indexes = [models.Index(fields=["card"], name="cardevent_card")]
