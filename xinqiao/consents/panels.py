"""The tab 知情同意 on a person's page: what holds now, every answer, and the acts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, may
from xinqiao.policy.deployment import current
from xinqiao.registry.choices import RefusalReason
from xinqiao.registry.models import Consent, Person
from xinqiao.registry.page import current_page
from xinqiao.registry.rules.service import Standing
from xinqiao.registry.wordings import wording_on
from xinqiao.web.panels import Panel

from . import words
from .queries import history_of


def _panel(request: HttpRequest, person: Person) -> str:
    actor, today = request.actor, request.clock.today()  # type: ignore[attr-defined]
    page = current_page(request, person)
    found = history_of(actor=actor, person=person, answers=page.consents, today=today)
    names = dict(User.objects.filter(pk__in={one.recorded_by for one in found.answers if one.recorded_by}).values_list("pk", "display_name"))  # fmt: skip
    danger = words.in_danger(page.standing)
    labels = current().at("registry/deadlines", on=today).value
    context = {
        "person": person,
        "service": found.service,
        "standing": words.STANDINGS[found.service.standing],
        "by_law": found.service.standing is Standing.STATUTORY,
        "ends": words.ends_now(found.service) if found.service.said_no else [],
        "holds": words.still_holds(in_danger=danger) if found.service.said_no else [],
        "danger": danger,
        "rows": [
            _row(one, found.scans.get(one.pk, []), found.reports.get(one.pk, []), names)
            for one in found.answers
        ],
        "clocks": [(labels.get(one.code, {}).get("label", one.code), one.due_on) for one in found.clocks],
        "wording": wording_on(today, person.managing_code),
        "may_register": may(actor, Permission.REGISTER_PERSON),
        "may_scan": may(actor, Permission.RECORD_VISIT),
        "last": found.last,
        "today": today,
        "gone": not page.state.on_register,
    }
    return render_to_string("consents/panels/consent.html", context, request=request)


def _row(one: Consent, scans: list[Any], reports: list[Any], names: dict[Any, str]) -> dict[str, Any]:
    if one.basis == "statutory":
        title = _("依法报告，已告知")
    else:
        key = "agreed" if one.decision == "1" else "withdrawn" if one.withdrawn else "refused"
        title = str(words.ANSWERS[key])
    signer = {"patient": _("本人"), "guardian": _("监护人")}.get(one.signer, "")
    said = [
        (_("签字人"), " ".join(part for part in (signer, one.signer_name) if part)),
        (_("由监护人代签的原因"), one.incapacity_note),
        (_("文本版本"), one.text_version),
        (_("告知人"), one.notifier),
        (_("原因"), str(RefusalReason(one.reason).label) if one.reason else ""),
        (_("说明"), one.note),
    ]
    return {
        "answer": one,
        "title": title,
        "pairs": [(label, value) for label, value in said if value],
        "scans": scans,
        "reports": reports,
        "by": names.get(one.recorded_by, ""),
    }


PANELS = [Panel("consent", gettext_lazy("知情同意"), 25, Permission.VIEW_RECORDS, _panel)]
