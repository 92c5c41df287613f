"""One person's page, unmasking, and changing who is responsible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from markupsafe import Markup

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.web import notes
from xinqiao.web.fields import Field
from xinqiao.web.panels import Gathered, Panel

from .. import shown
from ..actions import change_responsibility, unmask_person
from ..choices import printed
from ..merged import now_at
from ..models import Person
from ..page import current_page
from ..queries import PersonPage, find_person, workers_for
from ..rules import age_on, narrow, printed_file_number, read_date
from .addresses import contacting, in_emergency, visiting

TIMELINE = "timeline"


@require_GET
@cache_control(no_store=True, private=True)
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The page of one person; one row of the read log."""
    try:
        found = find_person(actor=request.actor, person_id=person_id)  # type: ignore[attr-defined]
    except NotFound:
        # An address on paper, or kept by somebody, may be that of a file that was merged into another.
        if (other := now_at(person_id)) is None:
            raise
        notes.say(request, _("这份档案已合并到当前档案"))
        return HttpResponseRedirect(reverse("registry:person", args=[other]))
    audit.read(
        actor=request.actor,  # type: ignore[attr-defined]
        clock=request.clock,  # type: ignore[attr-defined]
        kind="page",
        person_ids=[found.pk],
        purpose="care",
    )
    return _page(request, found)


@require_POST
@cache_control(no_store=True, private=True)
def unmask(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The same page with whole numbers and addresses, once: reloading it masks them again."""
    unmask_person(actor=request.actor, clock=request.clock, person_id=person_id)  # type: ignore[attr-defined]
    shown.unmask(request)
    return _page(request, find_person(actor=request.actor, person_id=person_id))  # type: ignore[attr-defined]


def _page(request: HttpRequest, found: Person) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    gathered: Gathered = import_string(settings.XINQIAO_PANELS)()
    panels = [one for one in gathered.panels if one.permission is None or may(actor, one.permission)]
    wanted = request.POST.get("tab") or request.GET.get("tab") or TIMELINE
    panel = next((one for one in panels if one.key == wanted), None)
    page = current_page(request, found)
    context: dict[str, Any] = {
        "person": found,
        "page": page,
        "tab": panel.key if panel else TIMELINE,
        "tabs": _tabs(found, panels),
        "panel": Markup(panel.render(request, found)) if panel else "",  # noqa: S704 -- a template's own output
        "items": [] if panel else _timeline(request, gathered, found),
        "head": _head(request, page),
        "flags": [*(flag for one in gathered.flags for flag in one(request, found)), *_flags(page)],
        "next": _next(request, page),
        "record_href": _open_href(visiting(actor), page),
        "contact_href": _open_href(contacting(actor), page),
        "emergency_href": _open_href(in_emergency(actor), page),
        "may_unmask": may(actor, Permission.UNMASK),
        "whole": shown.private(request).whole,
    }
    return render(request, "registry/person.html", context)


def _tabs(found: Person, panels: list[Panel]) -> list[tuple[str, Any, str]]:
    address = reverse("registry:person", args=[found.pk])
    tabs: list[tuple[str, Any, str]] = [(TIMELINE, _("时间线"), address)]
    return tabs + [(one.key, one.label, f"{address}?tab={one.key}") for one in panels]


def _timeline(request: HttpRequest, gathered: Gathered, found: Person) -> list[Any]:
    items = [item for provider in gathered.timeline for item in provider(request, found)]
    return sorted(items, key=lambda item: (item.on, item.rank), reverse=True)


def _head(request: HttpRequest, page: PersonPage) -> dict[str, Any]:
    """Who this is and who answers for the person, masked unless this answer unmasks."""
    private = shown.private(request)
    identifier = page.identifier
    consent, statutory = page.consent, page.statutory
    age = _("%(n)s 岁") % {"n": page.age}
    answers = []
    if statutory is not None:
        answers.append(_("依法报告，已告知 %(day)s") % {"day": statutory.happened_on.isoformat()})
    if consent is not None and consent.basis == "consent":
        words = (
            _("已同意") if consent.decision == "1" else _("撤回同意") if consent.withdrawn else _("不同意")
        )
        answers.append(f"{words} {consent.happened_on.isoformat()}")
    return {
        "sub": f"{_(printed.label_of(printed.SEX, page.person.sex))} · {age}",
        "number": private.number(identifier.number) if identifier else _("无证件"),
        "number_kind": _(printed.label_of(printed.ID_KIND, identifier.kind)) if identifier else _("证件"),
        "file_no": printed_file_number(page.person.file_no),
        "phone": private.phone(page.person.phone),
        "guardians": [
            (
                one.name,
                shown.word_of(printed.RELATION, printed.label_of(printed.RELATION, one.relation))
                if one.relation
                else "",
                private.phone(one.phone),
            )
            for one in page.present_guardians
        ],
        "responsible": [
            (
                one.worker.display_name if one.worker else one.worker_name,
                one.worker.phone if one.worker else "",
            )
            for one in page.responsible
            if one.worker or one.worker_name
        ],
        "consent": "；".join(answers) or _("未记录"),
    }


def _flags(page: PersonPage) -> list[tuple[str, str]]:
    """(words, kind) of what somebody should know before a visit."""
    standing, state = page.standing, page.state
    flags: list[tuple[str, str]] = []
    if state.state != "registered":
        since = f" {state.since.isoformat()}" if state.since else ""
        flags.append((printed.STATE_LABELS[state.state] + since, "warning"))
    if state.in_hospital:
        flags.append((_("住院中"), ""))
    if standing is not None:
        if standing.visit_class == "1" and not state.in_hospital and state.state == "registered":
            flags.append((_("未住院的病情不稳定患者"), "warning"))
        if standing.adherence == "3":
            flags.append((_("上次不服药"), "warning"))
        if standing.past_incident:
            flags.append((_("有过危险行为"), ""))
        if standing.pending_confirmation:
            flags.append((_("分类待确认"), ""))
    elif any(page.person.past_danger.values()):
        flags.append((_("有过危险行为"), ""))
    if not any(one.worker or one.worker_name for one in page.responsible):
        flags.append((_("责任未落实"), "warning"))
    if page.open_duties("receiving"):
        flags.append((_("流转中，双方负责"), ""))
    if page.person.no_guardian:
        flags.append((_("无监护人"), ""))
    if page.service.said_no:
        flags.append((_("撤回同意") if page.service.answer == "withdrawn" else _("不同意参加管理"), ""))
    return flags


def _open_href(address: Callable[[UUID], str], page: PersonPage) -> str:
    """Where a visit is recorded or somebody rung, for who may and while there is somebody to visit."""
    if page.state.state in {"dead", "excluded", "moved_out"}:
        return ""
    return address(page.person.pk)


def _next(request: HttpRequest, page: PersonPage) -> dict[str, Any]:
    """The one line 接下来: what is due and whether it is late."""
    standing, state = page.standing, page.state
    today = request.clock.today()  # type: ignore[attr-defined]
    if state.state in {"dead", "excluded", "moved_out"}:
        return {"text": _("档案已结束，不再安排随访"), "late": False}
    if page.service.said_no and (standing is None or standing.due_on is None):
        return {"text": "；".join((_("不同意参加管理"), _("未排应访日"))), "late": False}
    if standing is None or standing.due_on is None:
        return {"text": _("还没有应访日，先做首次随访"), "late": False}
    due = standing.planned_on or standing.due_on
    days = (standing.due_on - today).days
    if days < 0:
        text = _("应访日 %(day)s，已超期 %(n)s 天") % {"day": standing.due_on.isoformat(), "n": -days}
    elif days == 0:
        text = _("今天应访")
    else:
        text = _("应访日 %(day)s，还有 %(n)s 天") % {"day": standing.due_on.isoformat(), "n": days}
    if due != standing.due_on:
        text += _("；约定 %(day)s 去") % {"day": due.isoformat()}
    return {"text": text, "late": days < 0}


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def change_worker(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Name another responsible worker from a day on."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    clock = request.clock  # type: ignore[attr-defined]
    require(actor, Permission.ASSIGN_WORKER)
    found = find_person(actor=actor, person_id=person_id)
    workers = {str(user.pk): user for user in workers_for(actor=actor, managing_code=found.managing_code)}
    problems: list[Problem] = []
    if request.method == "POST":
        chosen = workers.get(request.POST.get("worker", ""))
        since = read_date(request.POST.get("since", ""))
        if chosen is None:
            problems.append(Problem("worker", "missing", _("责任人没有选择。")))
        if since is None:
            problems.append(
                Problem(
                    "since",
                    "date",
                    _("起始日期没有填写，或不是有效日期。"),
                    narrow(request.POST.get("since")),
                )
            )
        if chosen is not None and since is not None:
            try:
                change_responsibility(
                    actor=actor, clock=clock, person_id=person_id, worker_id=chosen.pk, since=since,
                    row_version=_version(request.POST.get("row_version", "")),
                )  # fmt: skip
            except Invalid as wrong:
                problems = wrong.problems
            else:
                notes.say(
                    request, _("责任人已变更"), next_text=_("自 %(day)s 起生效") % {"day": since.isoformat()}
                )
                return HttpResponseRedirect(reverse("registry:person", args=[person_id]) + "?tab=duties")
    typed = request.POST if request.method == "POST" else {"since": clock.today().isoformat()}
    wrong_by = {one.field: one.message for one in reversed(problems)}
    choices = [
        (key, f"{user.display_name}（{user.institution.name if user.institution else user.username}）")
        for key, user in workers.items()
    ]
    context = {
        "person": found,
        "age": age_on(found.birth_on, clock.today()),
        "problems": problems,
        "worker": Field(
            "worker",
            _("责任人"),
            typed.get("worker", ""),
            choices,
            required=True,
            error=wrong_by.get("worker", ""),
        ),
        "since": Field(
            "since", _("起始日期"), typed.get("since", ""), required=True, error=wrong_by.get("since", "")
        ),
    }
    return render(request, "registry/responsible.html", context, status=422 if problems else 200)


def _version(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 9 else None
