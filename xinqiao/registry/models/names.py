"""Names and numbers of a person besides those by which the file is known."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ..choices import NameKind, NumberKind
from ..fields import EncryptedText
from ..scoped import Fact
from .facts import dates
from .named import Named, name_indexes


class PersonName(Named, Fact):
    """A former name, a nickname, another way of writing it."""

    kind = models.CharField(max_length=8, choices=NameKind.choices)
    name = models.CharField(max_length=60, db_collation="C")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            dates("personname_dates"),
            models.CheckConstraint(name="personname_kind", condition=Q(kind__in=NameKind.values)),
        ]
        indexes = [
            models.Index(fields=["name"], name="personname_name"),
            *name_indexes("personname"),
        ]


class OtherNumber(Fact):
    """A second document, or the number of a card, an insurance, another system. The document that names the file is an
    `Identifier`."""

    kind = models.CharField(max_length=8, choices=NumberKind.choices)
    number = EncryptedText()
    number_hash = models.BinaryField()
    issuer = models.CharField(max_length=60, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            dates("othernumber_dates"),
            models.CheckConstraint(name="othernumber_kind", condition=Q(kind__in=NumberKind.values)),
        ]
        indexes = [
            models.Index(fields=["number_hash"], name="othernumber_hash"),
        ]
