"""The registry's tabs on a person's page: basic facts, family, who is responsible, who read the record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission, may
from xinqiao.audit import actions as audit
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
    "reads": _("查看查阅记录"),
}
PURPOSES: dict[str, Any] = {
    "care": _("日常服务"),
    "visit": _("随访"),
    "record_visit": _("记录随访"),
    "amend_visit": _("更正随访"),
    "review": _("审核随访"),
    "confirmations": _("确认分类"),
    "worklist": _("安排随访"),
    "call": _("电话联系"),
    "emergency": _("应急"),
    "batch_entry": _("补录纸质记录"),
    "import_receipt": _("导入"),
    "import_check": _("导入时核对"),
    "already_registered": _("核对是否已建档"),
    "national": _("国网录入与比对"),
    "inspection": _("迎检"),
    "handover": _("工作交接"),
    "exam": _("健康体检"),
    "print": _("打印纸质表格"),
    "figure": _("统计核对"),
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
    actor = request.actor  # type: ignore[attr-defined]
    audit.read(actor=actor, clock=request.clock, kind="reads", person_ids=[person.pk], purpose="care")  # type: ignore[attr-defined]
    looks = reads_of(actor=actor, person_id=person.pk, most=20)
    return _render(request, "registry/panels/reads.html", person=person, looks=looks, **words_of_looks())


def words_of_looks() -> dict[str, Any]:
    """How the read log is put into words: roles, kinds and purposes of a look."""
    return {
        "roles": {role.value: ROLE_LABELS[role] for role in Role},
        "kinds": LOOKS,
        "purposes": PURPOSES,
    }


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
