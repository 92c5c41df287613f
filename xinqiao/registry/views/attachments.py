"""Scans of papers: adding one, opening one, marking one as void."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Invalid, NotAllowed, NotFound, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.web import notes
from xinqiao.web.fields import Spec, build
from xinqiao.web.files import send_file

from ..actions.attachments import (
    NewScan,
    attach_scan,
    may_void,
    open_attachment,
    visits_of,
    void_attachment,
)
from ..choices import PaperKind
from ..models import Attachment, Consent, Person
from ..queries import find_person
from ..rules import narrow, read_date
from ..rules.scans import too_large
from .looks import looked_at

ENDINGS = {"image/jpeg": "jpg", "application/pdf": "pdf"}


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def attach(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A photograph or a file, what it is and when it was written."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.RECORD_VISIT)
    person = find_person(actor=actor, person_id=person_id)
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        try:
            attach_scan(
                actor=actor, clock=request.clock, person_id=person_id,  # type: ignore[attr-defined]
                scan=_scan(request),
            )  # fmt: skip
        except Invalid as wrong:
            problems = wrong.problems
        else:
            notes.say(request, _("文书已保存"), next_text=_("照片里的位置和手机信息已去掉"))
            if request.POST.get("more"):
                return HttpResponseRedirect(request.path)
            return HttpResponseRedirect(reverse("registry:person", args=[person_id]) + "?tab=scans")
    looked_at(request, person)
    context = {
        "person": person,
        "problems": problems,
        "fields": _fields(request, person, problems),
        "op_id": (request.POST.get("op_id") if problems else "") or str(uuid7()),
        "megabytes": settings.XINQIAO_ATTACHMENT_BYTES // 1048576,
        "file_error": next((one.message for one in problems if one.field == "file"), ""),
    }
    return render(request, "registry/attach.html", context, status=422 if problems else 200)


def _scan(request: HttpRequest) -> NewScan:
    """What was sent. A file that is too large is refused before it is read."""
    sent = request.FILES.get("photo") or request.FILES.get("file")
    most = settings.XINQIAO_ATTACHMENT_BYTES
    problems = []
    on = read_date(request.POST.get("happened_on"))
    if on is None:
        problems.append(
            Problem(
                "happened_on",
                "date",
                _("文书日期没有填写，或不是有效日期。"),
                narrow(request.POST.get("happened_on")),
            )
        )
    if request.POST.get("kind", "") not in PaperKind.values:
        problems.append(Problem("kind", "unknown", _("请选择文书类别。")))
    if sent is None:
        problems.append(Problem("file", "missing", _("请拍照或选择一个文件。")))
    elif (sent.size or 0) > most:
        problems += too_large(sent.size or 0, most).problems
    if problems or sent is None or on is None:
        raise Invalid(problems)
    belongs, _colon, key = request.POST.get("belongs", "").partition(":")
    return NewScan(
        op_id=read_uuid(request.POST.get("op_id", "")) or uuid7(),
        kind=request.POST.get("kind", ""),
        happened_on=on,
        data=sent.read(),
        note=request.POST.get("note", ""),
        visit_id=read_uuid(key) if belongs == "visit" else None,
        consent_id=read_uuid(key) if belongs == "consent" else None,
    )


def _fields(request: HttpRequest, person: Person, problems: Sequence[Problem]) -> Any:
    belongs = [(f"visit:{pk}", _("%(day)s 的随访") % {"day": day}) for pk, day in visits_of(person.pk)]
    for one in Consent.objects.filter(person=person, voided_at=None).order_by("-happened_on")[:8]:
        belongs.append((f"consent:{one.pk}", _("%(day)s 的知情同意") % {"day": one.happened_on.isoformat()}))
    typed: Any = request.POST if request.method == "POST" else request.GET
    specs = [
        Spec("kind", _("类别"), [(code, str(label)) for code, label in PaperKind.choices], required=True),
        Spec("happened_on", _("文书日期"), required=True, hint=_("签署或出具的日期，写在纸上的那一天。")),
        Spec("belongs", _("属于哪次随访或同意"), belongs),
        Spec("note", _("说明"), hint=_("如“第 1 页，共 2 页”；最多 60 个字。"), extra={"maxlength": 60}),
    ]
    return build(specs, typed, problems)


@require_safe
def attachment(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """The scan itself, opened in the browser, or saved with `save=1`. The file's name says nothing about anybody."""
    saving = request.GET.get("save") == "1"
    row = open_attachment(
        actor=request.actor, clock=request.clock, attachment_id=attachment_id,  # type: ignore[attr-defined]
        how="download" if saving else "scan",
    )  # fmt: skip
    name = f"文书-{row.happened_on:%Y%m%d}.{ENDINGS[row.content_type]}"
    return send_file(request, bytes(row.body), name=name, content_type=row.content_type, inline=not saving)


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def void_scan(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """Why a scan does not count: the wrong person's, unreadable, brought twice."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.RECORD_VISIT)
    row = Attachment.objects.filter(pk=attachment_id).select_related("person").first()
    if row is None:
        raise NotFound(code="not_found.attachment")
    if not may_void(actor, row):
        raise NotAllowed(code="not_allowed.void_attachment")
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        try:
            void_attachment(
                actor=actor, clock=request.clock, attachment_id=attachment_id,  # type: ignore[attr-defined]
                reason=request.POST.get("reason", ""),
            )  # fmt: skip
        except Invalid as wrong:
            problems = wrong.problems
        else:
            notes.say(request, _("文书已作废"), next_text=_("扫描件留存，不再列为有效"))
            return HttpResponseRedirect(reverse("registry:person", args=[row.person_id]) + "?tab=scans")
    specs = [Spec("reason", _("作废原因"), required=True, hint=_("如：传错了人、看不清、重复上传。"))]
    looked_at(request, row.person)
    context = {
        "person": row.person,
        "row": row,
        "problems": problems,
        "reason": build(specs, request.POST, problems)["reason"],
    }
    return render(request, "registry/void_scan.html", context, status=422 if problems else 200)
