"""Pages of the person's own view: what waits, one person's requests, one request with its decision and print."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import ancestors
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.kernel.terms import ROLE_LABELS
from xinqiao.places.models import Institution
from xinqiao.places.queries import short_name
from xinqiao.policy.deadlines import limit_of
from xinqiao.policy.deployment import current
from xinqiao.registry.models import Person
from xinqiao.registry.queries import find_person
from xinqiao.web import notes, papers
from xinqiao.web.files import send_file

from . import actions, forms, queries
from .choices import Answer, Section, Verdict
from .models import ViewRequest
from .queries.requests import state_of
from .rules import asks_psychiatrist, unreadable

STATES: dict[str, Any] = {
    "asked": gettext_lazy("待办"),
    "decided": gettext_lazy("可以查阅，待交给本人"),
    "later": gettext_lazy("暂不给"),
    "handed": gettext_lazy("已交给本人"),
    "withdrawn": gettext_lazy("已撤回"),
    **dict(Answer.choices),
}


def who(request: HttpRequest) -> tuple[Actor, Clock]:
    """Who asks, and the clock."""
    return request.actor, request.clock  # type: ignore[attr-defined]


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What waits in the own area."""
    actor, clock = who(request)
    found = queries.open_requests(actor=actor)
    audit.read(
        actor=actor, clock=clock, kind="list", person_ids={one.person_id for one in found}, purpose="own_view"
    )
    return render(request, "ownview/requests.html", {"found": found, "states": STATES})


@require_http_methods(["GET", "POST"])
@never_cache
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person's requests, and the forms for a new one: to see (`what=view`) or to correct (`what=correction`)."""
    actor, clock = who(request)
    require(actor, Permission.GIVE_ACCESS)
    found = find_person(actor=actor, person_id=person_id)
    what = request.POST.get("what", "") or request.GET.get("what", "view")
    what = what if what in ("view", "correction") else "view"
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            return _ask(request, found, what)
        except Invalid as error:
            problems = error.problems
    else:
        audit.read(actor=actor, clock=clock, kind="page", person_ids=[found.pk], purpose="own_view")
    typed: Any = request.POST if request.method == "POST" else {"asked_on": clock.today().isoformat()}
    context = {
        "person": found,
        "village": short_name(found.managing_code),
        "asked": queries.requests_of(actor=actor, person_id=found.pk),
        "fields": forms.request_fields(typed, problems, correction=what == "correction"),
        "what": what,
        "problems": problems,
        "states": STATES,
        "op_id": request.POST.get("op_id") or uuid7(),
    }
    return render(request, "ownview/person.html", context, status=422 if problems else 200)


def _ask(request: HttpRequest, found: Person, what: str) -> HttpResponse:
    actor, clock = who(request)
    post = request.POST
    op_id, asked_on = read_uuid(post.get("op_id", "")) or uuid7(), forms.read_asked_on(post)
    asker, name = post.get("asker", ""), post.get("asker_name", "")
    if what == "correction":
        new = actions.NewCorrection(
            op_id, found.pk, asker, post.get("about", ""), post.get("says", ""), asked_on, name
        )
        kept = actions.ask_correction(actor=actor, clock=clock, new=new)
        notes.say(request, _("已登记更正申请"), next_text=_("核对后答复"))
        return HttpResponseRedirect(reverse("ownview:correction", args=[kept.pk]))
    view = actions.NewView(
        op_id, found.pk, asker, asked_on, name, post.get("relation", ""), post.get("footing", ""), post.get("footing_note", ""),
    )  # fmt: skip
    made = actions.ask_view(actor=actor, clock=clock, new=view)
    notes.say(request, _("已登记查阅申请"), next_text=_("先评估是否影响治疗，再打印"))
    return HttpResponseRedirect(reverse("ownview:request", args=[made.pk]))


@require_http_methods(["GET", "POST"])
@never_cache
def request_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """A request: decide beforehand, print, hand over, withdraw (`step`)."""
    actor, clock = who(request)
    one = queries.request(actor=actor, request_id=request_id)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            _step(request, one)
            return HttpResponseRedirect(reverse("ownview:request", args=[one.pk]))
        except Invalid as error:
            problems = error.problems
    else:
        audit.read(actor=actor, clock=clock, kind="page", person_ids=[one.person_id], purpose="own_view")
    standing = getattr(one.person, "standing", None)
    grave = standing is not None and asks_psychiatrist(standing.risk, standing.visit_class)
    held = {
        "verdict": one.verdict,
        "held_back": one.held_back,
        "reason": one.reason,
        "psychiatrist": one.psychiatrist,
    }
    context = {
        "it": one,
        "state": state_of(one),
        "states": STATES,
        "village": short_name(one.person.managing_code),
        "grave": grave,
        "unreadable": unreadable(
            verdict=one.verdict, withdrawn=one.withdrawn_on is not None, handed_on=one.handed_on,
            psychiatrist=one.psychiatrist, grave=grave, today=clock.today(),
        ),
        "fields": forms.decision_fields(request.POST if problems else held, problems),
        "held_back": _parts(one),
        "problems": problems,
    }  # fmt: skip
    return render(request, "ownview/request.html", context, status=422 if problems else 200)


def _step(request: HttpRequest, one: ViewRequest) -> None:
    actor, clock = who(request)
    post = request.POST
    match post.get("step"):
        case "decide":
            made = actions.decide_view(
                actor=actor, clock=clock, request_id=one.pk, verdict=post.get("verdict", ""),
                held_back=post.getlist("held_back"), reason=post.get("reason", ""), psychiatrist=post.get("psychiatrist", ""),
            )  # fmt: skip
            later = made.verdict == Verdict.LATER
            notes.say(
                request,
                _("已记录评估"),
                next_text=_("请向申请人说明") if later else _("可以打印，交给申请人"),
            )
        case "hand":
            actions.hand_over_view(actor=actor, clock=clock, request_id=one.pk)
            notes.say(request, _("已记录：摘要交给了申请人"))
        case "withdraw":
            actions.withdraw_view(actor=actor, clock=clock, request_id=one.pk)
            notes.say(request, _("申请已撤回"))
        case _:
            raise NotFound(code="not_found.step")


@require_safe
@never_cache
def summary(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The summary as PDF, once it was decided that it may be read."""
    actor, clock = who(request)
    one = queries.request(actor=actor, request_id=request_id)
    actions.check_readable(one, clock)
    audit.read(actor=actor, clock=clock, kind="print", person_ids=[one.person_id], purpose="own_view")
    made = queries.summary_of(actor=actor, clock=clock, person=one.person, held_back=one.held_back)
    limit = limit_of("D27", clock.today(), policies=current(), ancestors=ancestors(one.person.managing_code))
    held = "、".join(_parts(one))
    body = papers.render(
        "ownview/summary.typ",
        {
            "sub": f"{made.name}　{clock.today().isoformat()}",
            "held": f"经医师评估，以下部分现在不给：{held}。" if held else "",
            "sections": made.sections,
            "days": f"{limit['limit']} 个工作日",
            "contact": _contact(made),
            "foot": {
                "by": f"打印：{_desk(actor)}", "at": localtime(clock.now()).strftime("%Y-%m-%d %H:%M"),
                "purpose": "本人查阅",
            },
        },
    )  # fmt: skip
    return send_file(
        request,
        body,
        name=f"本人查阅-{clock.today():%Y%m%d}.pdf",
        content_type="application/pdf",
        inline=True,
    )


def _parts(one: ViewRequest) -> list[str]:
    """The sections held back, in their order."""
    return [str(part.label) for part in Section if part in one.held_back]


def _desk(actor: Actor) -> str:
    """Institution and post of who prints: like that of everybody who read, and no name."""
    office = Institution.objects.filter(pk=actor.institution_id).first() if actor.institution_id else None
    return f"{office.name if office else short_name(actor.place)} {ROLE_LABELS[actor.role]}"


def _contact(made: queries.Summary) -> str:
    rows: list[list[str]] = next(
        (one["rows"] for one in made.sections if one["title"] == str(Section.CONTACTS.label)), []
    )
    lines = [f"{row[1]}　{row[3]}".strip() for row in rows if row[0] == "负责的机构和人员"]
    return "联系：" + "；".join(lines) if lines else ""


@require_http_methods(["GET", "POST"])
@never_cache
def correction(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """A request to correct, and its answer."""
    actor, clock = who(request)
    one = queries.correction(actor=actor, request_id=request_id)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            actions.answer_correction(
                actor=actor, clock=clock, request_id=one.pk, answer=request.POST.get("answer", ""),
                reason=request.POST.get("reason", ""),
            )  # fmt: skip
        except Invalid as error:
            problems = error.problems
        else:
            notes.say(request, _("已答复"), next_text=_("请把答复告诉申请人"))
            return HttpResponseRedirect(reverse("ownview:correction", args=[one.pk]))
    else:
        audit.read(actor=actor, clock=clock, kind="page", person_ids=[one.person_id], purpose="own_view")
    context = {
        "it": one,
        "about": Section(one.about).label,
        "answer": Answer(one.answer).label if one.answer else "",
        "village": short_name(one.person.managing_code),
        "fields": forms.answer_fields(request.POST if problems else {}, problems),
        "problems": problems,
    }
    return render(request, "ownview/correction.html", context, status=422 if problems else 200)
