"""What the person asked about the own record, on the person's page."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.registry.models import Person
from xinqiao.web.panels import Panel

from .queries import requests_of
from .views import STATES


def requests(request: HttpRequest, person: Person) -> str:
    """What was asked, and the way to a new request."""
    asked = requests_of(actor=request.actor, person_id=person.pk)  # type: ignore[attr-defined]
    return render_to_string(
        "ownview/panel.html", {"person": person, "asked": asked, "states": STATES}, request
    )


PANELS = [Panel("ownview", _("本人查阅"), 95, Permission.GIVE_ACCESS, requests)]
