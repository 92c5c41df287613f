"""What a person is given, by whom, and who stands by: certificate, supports, care group, named responsible people."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from ..choices import CareRole, SupportKind
from ..fields import EncryptedText
from ..scoped import Fact, ScopedModel
from .facts import dates


class Certificate(Fact):
    """A disability certificate: number (the ID number, kind and level), level 1–4, kinds by the codes of the personal form."""

    kinds = ArrayField(models.CharField(max_length=1), default=list)
    level = models.CharField(max_length=1, blank=True)
    number = EncryptedText(default="", blank=True)
    number_hash = models.BinaryField(null=True)
    expires_on = models.DateField(null=True)
    valid_from = models.DateField(help_text="发证日期")
    valid_to = models.DateField(null=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            dates("certificate_dates"),
            models.CheckConstraint(name="certificate_level", condition=Q(level__in=["", "1", "2", "3", "4"])),
        ]


class Support(Fact):
    """One support or scheme. `answer` "0" is a recorded no, so that a gap and a no stay apart. `amount` in yuan per
    `per` (month or year)."""

    kind = models.CharField(max_length=12, choices=SupportKind.choices)
    answer = models.CharField(max_length=1, default="1")
    amount = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    per = models.CharField(max_length=5, blank=True, help_text="month or year")
    detail = models.CharField(max_length=100, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            dates("support_dates"),
            models.CheckConstraint(name="support_kind", condition=Q(kind__in=SupportKind.values)),
            models.CheckConstraint(name="support_answer", condition=Q(answer__in=["0", "1"])),
        ]


class ResponsiblePerson(Fact):
    """Somebody by name who has taken on a part (责任人): village cadre, grid worker, police officer, guardian … Who answers
    for the service itself is a `Responsibility`."""

    role = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    organisation = models.CharField(max_length=60, blank=True)
    phone = EncryptedText(default="", blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(Fact.Meta):
        constraints = [*Fact.Meta.constraints, dates("responsibleperson_dates")]


class CareGroup(ScopedModel):
    """A village's care and help group (关爱帮扶小组); `managing_code` is the village."""

    name = models.CharField(max_length=60)
    since = models.DateField()
    until = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)


class CareMember(ScopedModel):
    """Somebody in a care group, from when to when."""

    group = models.ForeignKey(CareGroup, on_delete=models.PROTECT, related_name="members")
    role = models.CharField(max_length=12, choices=CareRole.choices)
    name = models.CharField(max_length=60)
    organisation = models.CharField(max_length=60, blank=True)
    phone = EncryptedText(default="", blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            dates("caremember_dates"),
            models.CheckConstraint(name="caremember_role", condition=Q(role__in=CareRole.values)),
        ]


class CarePlacement(Fact):
    """A person is looked after by a care group; one group at a time."""

    group = models.ForeignKey(CareGroup, on_delete=models.PROTECT, related_name="placements")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            dates("careplacement_dates"),
            models.UniqueConstraint(
                name="one_care_group", fields=["person"], condition=Q(valid_to=None, voided_at=None)
            ),
        ]
