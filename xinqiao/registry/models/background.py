"""The state of health and the surroundings that the personal form (F06) asks besides who somebody is."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from ..scoped import Fact
from .facts import dates


def _list() -> ArrayField:
    return ArrayField(models.CharField(max_length=2), default=list, blank=True)


class Background(Fact):
    """All answers as they stood from `valid_from`; an update writes a whole new row and ends this one.

    A table of its own, because lists never read it. Empty means not asked; `1 无` is an answer. `past_diseases` maps codes
    to dates ("2010-05", "" when unknown); surgery, injury and transfusion list {"name", "on"}, [] for none, null not asked.
    """

    blood_type = models.CharField(max_length=1, blank=True)
    rh = models.CharField(max_length=1, blank=True)
    allergies = _list()
    allergies_note = models.CharField(max_length=100, blank=True)
    exposures = _list()
    past_diseases = models.JSONField(null=True)
    past_diseases_note = models.CharField(max_length=200, blank=True)
    surgery = models.JSONField(null=True)
    injury = models.JSONField(null=True)
    transfusion = models.JSONField(null=True)
    family_father = _list()
    family_mother = _list()
    family_siblings = _list()
    family_children = _list()
    family_note = models.CharField(max_length=200, blank=True)
    mental_kin = models.CharField(max_length=1, blank=True, help_text="两系三代严重精神障碍家族史")
    hereditary = models.CharField(max_length=1, blank=True)
    hereditary_note = models.CharField(max_length=100, blank=True)
    disabilities = _list()
    disabilities_note = models.CharField(max_length=100, blank=True)
    kitchen = models.CharField(max_length=1, blank=True)
    fuel = models.CharField(max_length=1, blank=True)
    water = models.CharField(max_length=1, blank=True)
    toilet = models.CharField(max_length=1, blank=True)
    livestock = models.CharField(max_length=1, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            dates("background_dates"),
            models.UniqueConstraint(
                name="one_background", fields=["person"], condition=Q(valid_to=None, voided_at=None)
            ),
        ]
