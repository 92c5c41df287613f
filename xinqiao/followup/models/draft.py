"""A form somebody has begun: kept on the server, encrypted, for its author only, until it is saved or ends."""

from __future__ import annotations

from django.db import models

from xinqiao.registry.fields import EncryptedText
from xinqiao.registry.scoped import ScopedModel


class Draft(ScopedModel):
    """What one person has typed so far into one form about one patient. `form` is `visit` or `amend:<visit id>`; `op_id`
    is the operation the form will be saved under, `tab` the window that wrote last, `revision` counts the writes.

    Row-level security lets nobody but its author see a row. It ends when the form is saved or thrown away, and some hours
    after the last change (`actions.drafts`).
    """

    user_id = models.UUIDField()
    person = models.ForeignKey("registry.Person", on_delete=models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=60)
    op_id = models.UUIDField()
    tab = models.UUIDField()
    revision = models.IntegerField(default=1)
    body = EncryptedText()
    saved_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        constraints = [
            *ScopedModel.Meta.constraints,
            models.UniqueConstraint(name="draft_once", fields=["user_id", "person", "form"]),
        ]
        indexes = [models.Index(fields=["saved_at"], name="draft_saved")]
