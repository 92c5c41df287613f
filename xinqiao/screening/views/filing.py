"""From a confirmed clue to a file: the registry's own form, filled in with what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.registry.actions import AlreadyRegistered, NewPerson
from xinqiao.registry.forms import DEFAULTS, record_of, sections
from xinqiao.registry.queries import workers_below
from xinqiao.registry.views.filed import say_filed
from xinqiao.registry.views.new import asked_by_form
from xinqiao.web import notes

from .. import actions, queries
from ..choices import ClueState
from ..models import Clue
from .common import looked_at, show, villages_of, who


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def file(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """GET fills the form in; POST opens the file and ends the clue."""
    actor, clock = who(request)
    require(actor, Permission.REVIEW_CLUE)
    require(actor, Permission.REGISTER_PERSON)
    clue = queries.find_clue(actor=actor, clue_id=clue_id)
    if clue.state == ClueState.FILED:
        return HttpResponseRedirect(reverse("screening:clue", args=[clue_id]))
    if clue.state != ClueState.CONCLUDED:
        raise Conflict(_("还没有确诊结论，不能由线索建档。"), code="conflict.clue_state")
    if request.method == "GET":
        today = {"filed_on": clock.today().isoformat(), "filled_by": actor.display_name}
        return _form(request, clue, DEFAULTS | today | actions.record_of_clue(clue) | {"op_id": str(uuid7())})
    sent = request.POST
    given = NewPerson(
        op_id=read_uuid(sent.get("op_id", "")) or uuid7(),
        record=record_of(sent),
        different_because=sent.get("different_because", "").strip()[:200],
        partial=bool(sent.get("partial")),
    )
    try:
        done = actions.file_clue(actor=actor, clock=clock, clue_id=clue_id, person=given)
    except AlreadyRegistered as wrong:
        problem = Problem("id_number", wrong.code, wrong.message)
        return _form(request, clue, sent, [problem], there=wrong.person_id, ask_reason=True, status=409)
    except Invalid as wrong:
        elsewhere = any(problem.code == "id_elsewhere" for problem in wrong.problems)
        if elsewhere and (refused := asked_by_form(request, sent.get("id_number", ""))):
            return _form(request, clue, sent, [refused], status=429)
        return _form(request, clue, sent, wrong.problems, ask_reason=elsewhere, status=422)
    say_filed(
        request,
        done.person_id,
        _("已建档，档案编号 %(no)s") % {"no": done.file_no},
        first=_("接下来与村医一同首次随访，安排首次全面评估"),
    )
    return HttpResponseRedirect(reverse("registry:person", args=[done.person_id]))


def _form(
    request: HttpRequest, clue: Clue, values: Mapping[str, Any], problems: Sequence[Problem] = (), *,
    there: UUID | None = None, ask_reason: bool = False, status: int = 200,
) -> HttpResponse:  # fmt: skip
    actor, _clock = who(request)
    looked_at(request, clue)
    own = [
        (one.code, f"{one.parent_name} {one.name}")
        for one in villages_of(actor)
        if actor.scope.covers(one.code)
    ]
    workers = [
        (one.username, f"{one.display_name}（{one.institution.name if one.institution else one.username}）")
        for place in actor.places
        for one in workers_below(actor=actor, place=place)
    ]
    return show(
        request,
        "file",
        status,
        clue=clue,
        sections=sections(values, problems, villages=own, workers=workers),
        problems=list(problems),
        op_id=values.get("op_id") or str(uuid7()),
        there=there,
        ask_reason=ask_reason or bool(values.get("ask_reason")),
        different_because=values.get("different_because", ""),
    )


@require_POST
def link(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """The file was opened another way."""
    actor, clock = who(request)
    require(actor, Permission.REVIEW_CLUE)
    person = read_uuid(request.POST.get("person", ""))
    queries.find_clue(actor=actor, clue_id=clue_id)
    if person is None:
        raise NotFound(code="not_found.person")
    actions.link_filed(actor=actor, clock=clock, clue_id=clue_id, person_id=person)
    notes.say(request, _("已与档案关联"))
    return HttpResponseRedirect(reverse("screening:clue", args=[clue_id]))
