"""The registry's tabs on a person's page: basic facts, family, who is responsible, who read the record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission, may
from xinqiao.audit import actions as audit
from xinqiao.audit.words import LOOKS, purpose_words
from xinqiao.kernel.terms import ROLE_LABELS, Role
from xinqiao.web.panels import Panel

from . import timeline
from .models import Person
from .page import current_page
from .queries import reads_of
from .record_panels import basic_panel, family_panel, keepers_of, support_panel
from .scans import panel as scans_panel
from .state_panel import state_panel, waiting_flags


def _duties(request: HttpRequest, person: Person) -> str:
    actor = request.actor  # type: ignore[attr-defined]
    page = current_page(request, person)
    return _render(
        request,
        "registry/panels/duties.html",
        person=person,
        page=page,
        may_assign=may(actor, Permission.ASSIGN_WORKER),
        past=[one for one in page.duties if one.voided_at is None and one.valid_to is not None],
        **keepers_of(request, person),
    )


def _reads(request: HttpRequest, person: Person) -> str:
    actor = request.actor  # type: ignore[attr-defined]
    audit.read(actor=actor, clock=request.clock, kind="reads", person_ids=[person.pk], purpose="care")  # type: ignore[attr-defined]
    looks = reads_of(actor=actor, person_id=person.pk, most=20)
    return _render(request, "registry/panels/reads.html", person=person, looks=looks, **words_of_looks())


def words_of_looks() -> dict[str, Any]:
    """How the read log is put into words: roles, kinds and purposes of a look."""
    return {
        "roles": {role.value: ROLE_LABELS[role] for role in Role},
        "kinds": LOOKS,
        "purposes": purpose_words,
    }


def _render(request: HttpRequest, template: str, **context: Any) -> str:
    return render_to_string(template, context, request=request)


PANELS = [
    Panel("basic", _("基本信息"), 20, Permission.VIEW_RECORDS, basic_panel),
    Panel("family", _("家庭与监护"), 50, Permission.VIEW_RECORDS, family_panel),
    Panel("support", _("保障与帮扶"), 60, Permission.VIEW_RECORDS, support_panel),
    Panel("duties", _("责任人"), 70, Permission.VIEW_RECORDS, _duties),
    Panel("state", _("状态"), 75, Permission.VIEW_RECORDS, state_panel),
    Panel("scans", _("文书"), 80, Permission.VIEW_RECORDS, scans_panel),
    Panel("reads", _("查阅记录"), 90, Permission.VIEW_RECORDS, _reads),
]
TIMELINE = [timeline.entries, timeline.papers]
FLAGS = [waiting_flags]
