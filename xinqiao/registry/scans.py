"""The tab 文书: scans of a person's papers with small pictures."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, may

from .actions.attachments import may_void, visits_of
from .choices import PaperKind
from .models import Attachment, Person

#: Small pictures are sent with the page; of older scans only the words.
PICTURES = 24


@dataclass(frozen=True, slots=True)
class Shown:
    """One scan as the tab lists it. `preview` is base64, "" without one."""

    row: Attachment
    kind: str
    preview: str
    size: str
    who: str
    belongs: str
    may_void: bool


def panel(request: HttpRequest, person: Person) -> str:
    """Scans newest first, voided ones below."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = list(
        Attachment.whole.defer("body")
        .filter(person=person)
        .select_related("consent")
        .order_by("-happened_on", "-id")[:PICTURES]
    )
    if len(rows) == PICTURES:
        older = Attachment.objects.filter(person=person).exclude(pk__in=[row.pk for row in rows])
        rows += list(older.select_related("consent").order_by("-happened_on", "-id"))
    names = dict(
        User.objects.filter(pk__in={row.recorded_by for row in rows}).values_list("pk", "display_name")
    )
    visits = dict(visits_of(person.pk)) if any(row.visit_id for row in rows) else {}
    scans = [_shown(row, names, visits, may_void(actor, row)) for row in rows]
    context: dict[str, Any] = {
        "person": person,
        "scans": [one for one in scans if one.row.voided_at is None],
        "voided": [one for one in scans if one.row.voided_at is not None],
        "may_add": may(actor, Permission.RECORD_VISIT),
        "may_open_voided": may(actor, Permission.CORRECT_RECORD),
    }
    return render_to_string("registry/panels/scans.html", context, request=request)


def _shown(row: Attachment, names: dict[Any, str], visits: dict[Any, str], voidable: bool) -> Shown:
    belongs = ""
    if row.visit_id is not None:
        day = visits.get(row.visit_id, "")
        belongs = _("%(day)s 的随访") % {"day": day} if day else _("一次随访")
    elif row.consent is not None:
        belongs = _("%(day)s 的知情同意") % {"day": row.consent.happened_on.isoformat()}
    preview = (
        base64.b64encode(row.preview).decode()
        if "preview" not in row.get_deferred_fields() and row.preview
        else ""
    )
    size = f"{max(1, round(row.size / 1024))} KB" if row.size < 1048576 else f"{row.size / 1048576:.1f} MB"
    return Shown(
        row, str(PaperKind(row.kind).label), preview, size, names.get(row.recorded_by, ""), belongs, voidable
    )
