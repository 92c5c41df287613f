"""Paper on a person's page: the official forms, ready to print."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinqiao.accounts.permissions import Permission
from xinqiao.followup.queries import visits_of
from xinqiao.registry.models import Person
from xinqiao.web.panels import Panel


def prints(request: HttpRequest, person: Person) -> str:
    """Links to each form of the file."""
    parts = [
        ("consent", _("知情同意书")),
        ("personal", _("个人基本信息表")),
        ("supplement", _("个人信息补充表")),
        ("visits", _("随访服务记录表（全部）")),
        ("exam", _("健康体检表")),
        ("ending", _("失访或死亡登记表")),
        ("cards", _("报告卡和出院信息单")),
        ("clue", _("线索调查复核登记表")),
        ("transfers", _("信息流转单")),
    ]
    visits = [
        visit
        for visit in visits_of(actor=request.actor, person_id=person.pk, limit=12)  # type: ignore[attr-defined]
        if visit.voided_at is None and not visit.superseded
    ]
    return render_to_string(
        "papers/panel.html", {"person": person, "parts": parts, "visits": visits}, request
    )


PANELS = [Panel("prints", gettext_lazy("打印"), 80, Permission.VIEW_RECORDS, prints)]
