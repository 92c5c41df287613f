"""The list of actions, and one action with its progress and lines."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xinqiao.accounts.permissions import Permission, may
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.terms import Role
from xinqiao.places.queries import short_name, short_names
from xinqiao.policy.deployment import workdays_in_force
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions, queries
from ..choices import HOLIDAYS, Counts, Kind, Outcome, State, Subject
from ..rules import Coming, coming_holidays

STATES = ("open", "done", "visited", "unreachable", "problem")


def who(request: HttpRequest) -> tuple[Actor, Clock]:
    return request.actor, request.clock  # type: ignore[attr-defined]


def proposals(actor: Actor, clock: Clock) -> list[Coming]:
    """Holidays that come, for which nobody of this place has begun care visits."""
    calendar = workdays_in_force()
    coming = coming_holidays(clock.today(), calendar.is_workday, lambda year: year in calendar.years)
    return [one for one in coming if not queries.held_for(actor, one.key, one.on)]


@require_GET
def campaigns(request: HttpRequest) -> HttpResponse:
    """Running actions with what is left here; those that ended on a second tab."""
    actor, clock = who(request)
    ended = request.GET.get("tab") == "ended"
    rows = queries.campaigns_of(actor=actor, ended=ended)
    runs = may(actor, Permission.RUN_CAMPAIGN)
    home = reverse("campaigns:list")
    context = {
        "rows": rows,
        "ended": ended,
        "tabs": [("running", _("进行中"), home, None), ("ended", _("已结束"), home + "?tab=ended", None)],
        "kinds": dict(Kind.choices),
        "states": dict(State.choices),
        "subjects": dict(Subject.choices),
        "places": short_names({one.campaign.place for one in rows}),
        "runs": runs,
        "proposals": [(one, HOLIDAYS[one.key]) for one in proposals(actor, clock)]
        if runs and not ended
        else [],
    }
    return render(request, "campaigns/list.html", context)


@require_GET
def campaign(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Progress by place and the lines; a village doctor sees the own ones, open first."""
    return _page(request, campaign_id)


def _page(request: HttpRequest, campaign_id: UUID, problems: list[Problem] | None = None) -> HttpResponse:
    actor, clock = who(request)
    place, state = request.GET.get("place", ""), request.GET.get("state", "")
    village = actor.role is Role.VILLAGE_DOCTOR
    found = queries.progress(
        actor=actor, campaign_id=campaign_id, place=place, state=state if state in STATES else ""
    )
    ids = [one.target.person_id for one in found.rows if one.target.person_id]
    audit.read(actor=actor, clock=clock, kind="list", person_ids=ids, purpose="campaign")
    it = found.campaign
    if village:
        found.rows.sort(key=lambda one: one.outcome != Outcome.OPEN)
    leads = queries.runs(actor, it) and may(actor, Permission.RUN_CAMPAIGN)
    running = it.state == State.RUNNING
    wrong = {problem.field: problem.message for problem in problems or []}
    context = {
        "found": found,
        "it": it,
        "problems": problems or [],
        "kinds": dict(Kind.choices),
        "states": dict(State.choices),
        "outcomes": dict(Outcome.choices),
        "counts": dict(Counts.choices),
        "place_choices": [(code, name) for code, name, _numbers in found.places],
        "filters": [*((one.value, one.label) for one in Outcome), ("problem", _("有问题"))],
        "place": place,
        "state": state,
        "unit": short_name(it.place),
        "village": village,
        "people": it.subject == Subject.PEOPLE,
        "running": running,
        "closable": leads and running,
        "withdrawable": leads and running and not (found.whole.done or found.whole.unreachable),
        "conclusion": Field(
            "conclusion", _("小结"), request.POST.get("conclusion", ""), required=True, maxlength=1000,
            error=wrong.get("conclusion", ""), hint=_("做了什么，还有什么问题，下一步怎么办"),
        ),
    }  # fmt: skip
    return render(request, "campaigns/campaign.html", context, status=422 if problems else 200)


@require_POST
def close(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """End it with a word; the numbers are frozen."""
    actor, clock = who(request)
    try:
        actions.close_campaign(
            actor=actor, clock=clock, campaign_id=campaign_id, conclusion=request.POST.get("conclusion", "")
        )
    except Invalid as error:
        return _page(request, campaign_id, error.problems)
    notes.say(request, _("行动已结束，数字不再变动"))
    return HttpResponseRedirect(reverse("campaigns:report", args=[campaign_id]))


@require_POST
def withdraw(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Take it back before anybody did anything."""
    actor, clock = who(request)
    actions.withdraw_campaign(actor=actor, clock=clock, campaign_id=campaign_id)
    notes.say(request, _("行动已撤回"))
    return HttpResponseRedirect(reverse("campaigns:list"))
