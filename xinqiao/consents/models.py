"""What is done after a no: the care group is told, with as few words as will do."""

from __future__ import annotations

from django.db import models

from xinqiao.registry.scoped import Fact


class CareReport(Fact):
    """The care group (帮扶小组) was told on `happened_on` that somebody does not want the service, and asked to help persuade.
    `consent` is the answer it follows; `receiver` who was told."""

    consent = models.ForeignKey("registry.Consent", on_delete=models.PROTECT, related_name="+")
    happened_on = models.DateField(help_text="告知日期")
    receiver = models.CharField(max_length=60)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["person"], name="carereport_person")]
