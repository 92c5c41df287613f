"""What a merge moved, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.web import notes
from xinqiao.web.fields import Spec, build

from .. import actions, queries
from ..choices import ACTIONS, TABLES


@require_safe
@cache_control(no_store=True, private=True)
def merge(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    """The ledger of one merge in words, and what came since."""
    return _page(request, merge_id, [], 200)


@require_POST
@cache_control(no_store=True, private=True)
def unmerge(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    """Take it back."""
    try:
        done = actions.unmerge_people(
            actor=request.actor, clock=request.clock,  # type: ignore[attr-defined]
            merge_id=merge_id, reason=request.POST.get("reason", ""),
        )  # fmt: skip
    except Invalid as wrong:
        return _page(request, merge_id, wrong.problems, 422)
    except Conflict as wrong:
        return _page(request, merge_id, [Problem("", wrong.code, wrong.message)], 409)
    notes.say(
        request,
        _("已撤销合并，两份档案恢复原样"),
        next_text=_("合并以后新增的记录留在保留的档案，请核对"),
        next_label=_("打开恢复的档案"),
        next_href=reverse("registry:person", args=[done.loser_id]),
    )
    return HttpResponseRedirect(reverse("duplicates:merge", args=[merge_id]))


def _page(request: HttpRequest, merge_id: UUID, problems: Sequence[Problem], status: int) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    page = queries.find_merge(actor=actor, merge_id=merge_id)
    clock = request.clock  # type: ignore[attr-defined]
    audit.read(actor=actor, clock=clock, kind="page", person_ids=[page.merge.winner_id], purpose="duplicates")
    specs = [Spec("reason", _("撤销依据"), required=True, extra={"maxlength": 200})]
    context = {
        "page": page,
        "merge": page.merge,
        "tables": TABLES,
        "actions": ACTIONS,
        "problems": problems,
        "fields": build(specs, request.POST, problems),
    }
    return render(request, "duplicates/merge.html", context, status=status)
