"""What tracing shows on a person's page: that somebody is being looked for, and the searches there were."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinqiao.accounts.permissions import Permission
from xinqiao.registry.models import Person
from xinqiao.web.formats import date as date_words
from xinqiao.web.panels import Panel

from .choices import OPEN_STAGES, Ending, Reason, Stage
from .models import Search


def _panel(request: HttpRequest, person: Person) -> str:
    rows = list(Search.objects.filter(person=person).order_by("-opened_on", "-opened_at"))
    standing: Any = getattr(person, "standing", None)
    context = {
        "person": person,
        "rows": rows,
        "running": any(one.stage in OPEN_STAGES for one in rows),
        "on_register": standing is None or standing.state in ("registered", "lost"),
        "stages": dict(Stage.choices),
        "reasons": dict(Reason.choices),
        "endings": dict(Ending.choices),
    }
    return render_to_string("tracing/panel.html", context, request=request)


def flags(request: HttpRequest, person: Person) -> list[tuple[str, str]]:
    """That this person is being looked for."""
    standing = getattr(person, "standing", None)
    if standing is None or standing.searched_since is None:
        return []
    return [(_("查找中，%(day)s 起") % {"day": date_words(standing.searched_since)}, "warning")]


PANELS = [Panel("tracing", gettext_lazy("失访"), 75, Permission.TRACE_LOST, _panel)]
FLAGS = [flags]
