"""The base of every table with personal data: whose it is, in the two columns that row-level security reads."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from xinqiao.kernel.ids import uuid7

#: Comment (`db_comment`) of a column that refers to a person: what happens to the row when the person moves. See `moving`.
FOLLOWS = "moving: follow"
STAYS = "moving: stay"
IN_COUNTY = "moving: county"


class ScopedModel(models.Model):
    """`managing_code`: the village whose institution counts the person. `shared_codes`: who else may see the row.

    Every table that inherits this must switch row-level security on in its migration (`accounts.rls.enable`);
    `tests/architecture/test_row_level_security.py` fails otherwise.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    managing_code = models.CharField(max_length=12, db_collation="C")
    shared_codes = ArrayField(models.TextField(), default=list, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_managing_shape", condition=Q(managing_code__regex=r"^[0-9]{12}$")
            ),
        ]


class Fact(ScopedModel):
    """A dated fact about a person: when it happened, when we learned it, from whom. Voided, never deleted."""

    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT, related_name="%(class)s_set")
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)
    voided_at = models.DateTimeField(null=True)
    voided_by = models.UUIDField(null=True)
    voided_reason = models.CharField(max_length=200, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = True
