"""What a person's row said before it was changed: kept, so that nothing is overwritten in silence."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ..fields import EncryptedText
from ..scoped import Fact


class PersonRevision(Fact):
    """One change of a person's own columns: which `keys`, and their former values as JSON (encrypted: phones are among
    them). Former values held until `recorded_at`."""

    keys = ArrayField(models.CharField(max_length=30))
    former = EncryptedText()
    source = models.CharField(max_length=10, help_text="form or import")
    op_id = models.UUIDField(null=True)
    row_version = models.IntegerField(null=True, help_text="the person's version after this change")

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["person"], name="personrevision_person")]
