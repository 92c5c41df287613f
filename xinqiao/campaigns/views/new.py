"""Beginning an action: what and until when, whom it is about, and a look at the list before it begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.forms import read_day
from xinqiao.accounts.permissions import Permission, require
from xinqiao.accounts.queries import colleagues
from xinqiao.audit import actions as audit
from xinqiao.followup.models import Standing
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.kernel.terms import Role
from xinqiao.places.queries import places_below, short_names, villages_below
from xinqiao.registry.models import Person
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions
from ..actions import NewCampaign, read_steps
from ..actions.starting import problems_of
from ..choices import HOLIDAYS, USUAL, Counts, Kind, Subject
from ..lists import lists_for
from .running import proposals, who

#: People shown to be ticked off before it begins; a longer list begins whole.
SHOWN = 300


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """First what and whom, then the list itself; posting with `act=start` begins."""
    actor, clock = who(request)
    require(actor, Permission.RUN_CAMPAIGN)
    if request.method == "GET":
        return _form(request, actor, clock, _begun(request, actor, clock), [])
    typed = {key: request.POST.get(key, "") for key in _KEYS}
    try:
        made = _read(request, actor, clock, typed)
        if request.POST.get("act") == "start":
            campaign = actions.start_campaign(actor=actor, clock=clock, new=made)
            notes.say(request, _("行动已开始"), next_text=_("乡镇和村在“专项行动”里看到各自要办的"))
            return HttpResponseRedirect(reverse("campaigns:campaign", args=[campaign.pk]))
        # Everything that `start_campaign` would refuse is said now, on the form.
        problems = problems_of(made, clock.today())
        if problems:
            raise Invalid(problems)
        return _look(request, actor, clock, typed, made)
    except Invalid as error:
        return _form(request, actor, clock, typed, error.problems)


_KEYS = (
    "op_id", "title", "kind", "document", "holiday", "target", "list", "place", "counts", "starts_on", "deadline", "steps",
    "owner",
)  # fmt: skip


def _begun(request: HttpRequest, actor: Actor, clock: Clock) -> dict[str, str]:
    """The form as it opens: a kind's usual steps; care visits before a holiday with its days."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else Kind.CARE.value
    today = clock.today()
    typed = dict.fromkeys(_KEYS, "") | {
        "op_id": str(uuid7()), "kind": kind, "target": "list", "list": "register", "starts_on": today.isoformat(),
        "deadline": (today + timedelta(days=30)).isoformat(), "steps": steps_text(kind), "owner": str(actor.user_id),
        "counts": Counts.NONE.value if kind in (Kind.SWEEP, Kind.CARE) else Counts.FACE.value,
    }  # fmt: skip
    if kind == Kind.SWEEP:
        quarter = (today.month + 2) // 3
        typed |= {
            "target": "villages",
            "title": _("%(y)s 年第 %(q)s 季度摸排") % {"y": today.year, "q": quarter},
        }
    coming = next((one for one in proposals(actor, clock) if one.key == request.GET.get("holiday")), None)
    if coming is not None:
        words = {"y": coming.on.year, "holiday": HOLIDAYS[coming.key]}
        typed |= {
            "holiday": coming.key,
            "title": _("%(y)s 年%(holiday)s前关爱走访") % words,
            "deadline": (coming.on - timedelta(days=1)).isoformat(),
        }
    return typed


def steps_text(kind: str) -> str:
    """The usual steps of a kind as one types them."""
    return "\n".join(f"{_(ask)}|{_(yes)}|{_(no)}" for _key, ask, yes, no in USUAL.get(kind, ()))


def _read(request: HttpRequest, actor: Actor, clock: Clock, typed: dict[str, str]) -> NewCampaign:
    target, place = typed["target"], typed["place"]
    if place and not (len(place) == 12 and place.isdigit() and actor.serves(place)):
        raise NotFound(code="not_found.place")
    people: Sequence[UUID] = ()
    villages: Sequence[str] = ()
    source = ""
    if request.POST.get("picked"):
        people = [one for one in map(read_uuid, request.POST.getlist("person")) if one is not None]
        source = request.POST.get("source", "")
    elif target == "villages":
        villages = [one.code for each in ([place] if place else actor.places) for one in villages_below(each)]
        source = _("全部村（社区）")
    elif target == "list":
        wanted = next((one for one in lists_for(actor) if one.key == typed["list"]), None)
        if wanted is None:
            raise Invalid([Problem("list", "wrong_value", _("没有这张名单"), typed["list"][:20])])
        people, source = (
            wanted.people(actor, clock.today(), place),
            _("名单：%(title)s") % {"title": wanted.title},
        )
    else:
        raise Invalid([Problem("target", "wrong_value", _("“对象”没有选择"), target[:20])])
    return NewCampaign(
        op_id=read_uuid(typed["op_id"]) or uuid7(),
        title=typed["title"],
        kind=typed["kind"],
        subject=(Subject.VILLAGES if target == "villages" else Subject.PEOPLE).value,
        starts_on=read_day(typed["starts_on"], "starts_on", _("开始日期")),
        deadline=read_day(typed["deadline"], "deadline", _("截止日期")),
        source=source,
        people=people,
        villages=villages,
        steps=_steps(typed["kind"], typed["steps"]),
        document=typed["document"],
        holiday=typed["holiday"],
        counts=typed["counts"] if target != "villages" else Counts.NONE.value,
        owner_id=read_uuid(typed["owner"]) if typed["owner"] else None,
    )


def _steps(kind: str, text: str) -> list[dict[str, str]]:
    """As typed; a usual step keeps its own key and is said in the reader's language."""
    usual = {_(ask): (key, ask, yes, no) for key, ask, yes, no in USUAL.get(kind, ())}
    found = []
    for one in read_steps(text):
        known = usual.get(one["ask"])
        if known is not None and (one["yes"], one["no"]) == (_(known[2]), _(known[3])):
            one = dict(zip(("key", "ask", "yes", "no"), known, strict=True))
        found.append(one)
    return found


def _look(
    request: HttpRequest, actor: Actor, clock: Clock, typed: dict[str, str], made: NewCampaign
) -> HttpResponse:
    """The list before it begins: untick who is not to be on it."""
    rows: list[Any] = []
    if made.subject == Subject.PEOPLE:
        people = {one.pk: one for one in Person.objects.filter(pk__in=made.people[:SHOWN])}
        standings = {one.person_id: one for one in Standing.objects.filter(person_id__in=list(people))}
        names = short_names({one.managing_code for one in people.values()})
        rows = [
            (people[pk], names[people[pk].managing_code], standings.get(pk))
            for pk in made.people[:SHOWN]
            if pk in people
        ]
        audit.read(actor=actor, clock=clock, kind="list", person_ids=list(people), purpose="campaign")
    villages = short_names(made.villages)
    context = {
        "typed": typed,
        "made": made,
        "rows": rows,
        "villages": [villages[code] for code in made.villages],
        "pickable": made.subject == Subject.PEOPLE and len(made.people) <= SHOWN,
        "total": len(made.people) or len(made.villages),
        "kinds": dict(Kind.choices),
        "counts": dict(Counts.choices),
    }
    return render(request, "campaigns/look.html", context)


def _form(
    request: HttpRequest, actor: Actor, clock: Clock, typed: dict[str, str], problems: list[Problem]
) -> HttpResponse:
    wrong = {problem.field: problem.message for problem in problems}

    def made(name: str, label: str, choices: Sequence[tuple[str, Any]] = (), **more: Any) -> Field:
        return Field(name, label, typed[name], choices=choices, error=wrong.get(name, ""), **more)

    heads = [
        one for each in actor.places for one in colleagues(each, Role.TOWNSHIP_WORKER, Role.COUNTY_OFFICE)
    ]
    ranges = [one for each in actor.places for one in places_below(each)]
    context = {
        "typed": typed,
        "problems": [Problem(_SHOWN_AS.get(one.field, one.field), one.code, one.message, one.value) for one in problems],
        "today": clock.today(),
        "fields": {
            "title": made("title", _("名称"), required=True, maxlength=60),
            "kind": made("kind", _("类别"), Kind.choices, required=True),
            "document": made("document", _("依据"), maxlength=120, hint=_("文件名称和文号，没有可不填")),
            "target": made(
                "target", _("对象"), [("list", _("某张名单上的人")), ("villages", _("村（社区）"))], required=True
            ),
            "list": made(
                "list", _("名单"), [(one.key, one.title) for one in lists_for(actor)], show_when="target=list",
                hint=_("按现在的名单，开始以后不再变"),
            ),
            "place": made("place", _("范围"), [(one.code, f"{one.parent_name} {one.name}") for one in ranges]),
            "counts": made(
                "counts", _("期间的随访怎样算"), Counts.choices, show_when="target=list", required=True,
            ),
            "starts_on": made("starts_on", _("开始日期"), required=True),
            "deadline": made("deadline", _("截止日期"), required=True),
            "steps": made("steps", _("要办的事"), hint=_("一行一条，写成“问题|好的答案|有问题的答案”，最多 8 条")),
            "owner": made("owner", _("负责人"), [(str(one.pk), one.display_name) for one in heads], required=True),
        },
    }  # fmt: skip
    return render(request, "campaigns/new.html", context, status=422 if problems else 200)


_SHOWN_AS = {"people": "list", "villages": "place", "subject": "target"}
