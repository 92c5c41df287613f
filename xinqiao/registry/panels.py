"""The registry's tabs on a person's page: basic facts, family, who is responsible, who read the record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission, may
from xinqiao.kernel.terms import ROLE_LABELS, Role
from xinqiao.web.panels import Panel

from . import timeline
from .choices import printed
from .models import Person
from .page import current_page
from .queries import reads_of
from .rules import FIELDS, codes_of
from .scans import panel as scans_panel
from .shown import address_words, danger_words, onset_words, private

#: How the read log names kinds and purposes of a look; what is not listed is shown as it was written.
LOOKS: dict[str, Any] = {
    "page": _("打开档案"),
    "scan": _("打开文书"),
    "list": _("名单"),
    "search": _("查找"),
    "figure": _("由统计打开名单"),
    "print": _("打印"),
    "download": _("下载"),
    "unmask": _("查看完整号码"),
    "lookup": _("查询是否已建档"),
}


def _basic(request: HttpRequest, person: Person) -> str:
    page = current_page(request, person)
    edition = person.form_edition

    def label(key: str, value: str) -> str:
        return str(_(printed.label_of(codes_of(FIELDS[key], edition), value))) if value else ""

    def labels(key: str, values: list[str]) -> str:
        return _("、").join(label(key, value) for value in values)

    return _render(
        request,
        "registry/panels/basic.html",
        may_register=may(request.actor, Permission.REGISTER_PERSON),  # type: ignore[attr-defined]
        person=person,
        page=page,
        label=label,
        labels=labels,
        onset=onset_words(person),
        danger=danger_words(person),
        live=address_words(page.address("live"), private(request)),
        hukou=address_words(page.address("hukou"), private(request)),
        revisions=[
            (row, _("、").join(str(_(FIELDS[key].label)) for key in row.keys if key in FIELDS))
            for row in page.revisions
        ],
        category=printed.label_of(printed.CATEGORY, page.diagnosis.category) if page.diagnosis else "",
    )


def _family(request: HttpRequest, person: Person) -> str:
    return _render(
        request,
        "registry/panels/family.html",
        person=person,
        page=current_page(request, person),
        relation=lambda code: printed.label_of(printed.RELATION, code),
        economy=printed.label_of(printed.ECONOMY, person.economy) if person.economy else "",
        shown=private(request),
    )


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
    )


def _reads(request: HttpRequest, person: Person) -> str:
    looks = reads_of(actor=request.actor, person_id=person.pk)  # type: ignore[attr-defined]
    words = {role.value: ROLE_LABELS[role] for role in Role}
    return _render(request, "registry/panels/reads.html", looks=looks, roles=words, kinds=LOOKS)


def _render(request: HttpRequest, template: str, **context: Any) -> str:
    return render_to_string(template, context, request=request)


PANELS = [
    Panel("basic", _("基本信息"), 20, Permission.VIEW_RECORDS, _basic),
    Panel("family", _("家庭与监护"), 50, Permission.VIEW_RECORDS, _family),
    Panel("duties", _("责任人"), 70, Permission.VIEW_RECORDS, _duties),
    Panel("scans", _("文书"), 80, Permission.VIEW_RECORDS, scans_panel),
    Panel("reads", _("查阅记录"), 90, Permission.VIEW_RECORDS, _reads),
]
TIMELINE = [timeline.entries, timeline.papers]
