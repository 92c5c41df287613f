"""Who lives with a person: people of the register who share a household, and relatives who have no file."""

from __future__ import annotations

from django.db import models

from ..fields import EncryptedText
from ..scoped import Fact
from .facts import dates


class HouseholdMember(Fact):
    """A person of the register belongs to a household. `household` is a key without a row of its own: whoever shares it
    lives together, and row-level security decides for each member who may see that."""

    household = models.UUIDField()
    relation = models.CharField(max_length=2, blank=True, help_text="to the head, GB/T 4761; 0 the head")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(Fact.Meta):
        constraints = [*Fact.Meta.constraints, dates("householdmember_dates")]
        indexes = [
            models.Index(fields=["household"], name="householdmember_household"),
        ]


class Relative(Fact):
    """A member of the family without a file of their own."""

    name = models.CharField(max_length=60)
    relation = models.CharField(max_length=2, help_text="to the person, GB/T 4761")
    birth_year = models.SmallIntegerField(null=True)
    phone = EncryptedText(default="", blank=True)
    together = models.CharField(max_length=1, blank=True, help_text="1 lives with the person, 0 not")
    can_care = models.CharField(max_length=1, blank=True, help_text="1 able to look after the person, 0 not")
    note = models.CharField(max_length=100, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(Fact.Meta):
        constraints = [*Fact.Meta.constraints, dates("relative_dates")]
