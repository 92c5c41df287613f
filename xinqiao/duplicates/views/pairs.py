"""The list of pairs that may be one person, and two files side by side."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.places import queries as places
from xinqiao.registry.choices import printed
from xinqiao.registry.models import Person
from xinqiao.registry.shown import ALIKE
from xinqiao.web import notes
from xinqiao.web.fields import Spec, build
from xinqiao.web.panels import Gathered

from .. import actions, queries
from ..choices import FOUND, PairKind, PairState
from ..models import Pair
from ..queries.compare import people
from .hunt import progress

WORDS = {**ALIKE, **FOUND}
#: Entries of each timeline that are shown.
ENTRIES = 30


@require_safe
@cache_control(no_store=True, private=True)
def pairs(request: HttpRequest) -> HttpResponse:
    """Pairs in the order of likeliness; one row of the read log for everybody on the page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    state = request.GET.get("state", "")
    kind = request.GET.get("kind", "")
    filters = queries.Filters(
        state if state in PairState.values else PairState.OPEN, kind if kind in PairKind.values else ""
    )
    listed = queries.pairs_list(actor=actor, filters=filters, after=request.GET.get("after", ""))
    seen = {pk for one in listed.pairs for pk in (one.first_id, one.second_id)}
    seen |= {one.winner_id for one in listed.merges}
    audit.read(actor=actor, clock=request.clock, kind="list", person_ids=sorted(seen), purpose="duplicates")  # type: ignore[attr-defined]
    held = []
    if filters.state != PairState.OPEN:
        held.append((PairState(filters.state).label, f"?kind={filters.kind}"))
    if filters.kind:
        held.append((PairKind(filters.kind).label, f"?state={filters.state}"))
    context = {
        "listed": listed,
        "filters": filters,
        "states": [(one.value, one.label) for one in PairState if one != PairState.OPEN],
        "kinds": PairKind.choices,
        "held": held,
        "count_words": ngettext("%(num)s 对", "%(num)s 对", listed.count) % {"num": listed.count},
        "words": WORDS,
        "sex": {one.code: _(one.label) for one in printed.SEX},
        **progress(queries.last_hunt(actor=actor)),
    }
    return render(request, "duplicates/list.html", context)


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def pair(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Two files side by side; POST merges them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.find_pair(actor=actor, pair_id=pair_id)
    return _together(request, found.first, found.second, found)


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def two(request: HttpRequest, one: UUID, other: UUID) -> HttpResponse:
    """The same for two files that somebody named."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.CORRECT_RECORD)
    found = people([one, other])
    if one not in found or other not in found or one == other:
        raise NotFound(code="not_found.person")
    return _together(request, found[one], found[other], None)


@require_POST
@cache_control(no_store=True, private=True)
def decide(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Not one person, or later."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    clock = request.clock  # type: ignore[attr-defined]
    state = request.POST.get("state", "")
    try:
        done = actions.decide_pair(
            actor=actor, clock=clock, pair_id=pair_id, state=state, reason=request.POST.get("why", "")
        )
    except (Invalid, Conflict) as wrong:
        found = queries.find_pair(actor=actor, pair_id=pair_id)
        problems = wrong.problems if isinstance(wrong, Invalid) else [Problem("", wrong.code, wrong.message)]
        renamed = [Problem("why" if p.field == "reason" else p.field, p.code, p.message) for p in problems]
        return _page(
            request, found.first, found.second, found, renamed, 422 if isinstance(wrong, Invalid) else 409
        )
    words = _("已判定不是同一人，不会再提示") if done.state == PairState.DIFFERENT else _("已放到“以后再看”")
    notes.say(request, words, next_text=_("接着核对下一对"))
    return HttpResponseRedirect(reverse("duplicates:list"))


def _together(request: HttpRequest, one: Person, other: Person, found: Pair | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, one, other, found, [], 200)
    winner = read_uuid(request.POST.get("winner", ""))
    ids = {one.pk, other.pk}
    if winner not in ids or winner is None:
        problem = Problem("winner", "missing", _("请选择保留哪一份档案。"))
        return _page(request, one, other, found, [problem], 422)
    taken = [
        key for key in queries.CHOOSABLE if request.POST.get(f"pick-{key}") not in ("", None, str(winner))
    ]
    try:
        done = actions.merge_people(
            actor=request.actor, clock=request.clock,  # type: ignore[attr-defined]
            op_id=read_uuid(request.POST.get("op_id", "")) or uuid7(), winner_id=winner, loser_id=(ids - {winner}).pop(),
            reason=request.POST.get("reason", ""), take=taken,
        )  # fmt: skip
    except Invalid as wrong:
        return _page(request, one, other, found, wrong.problems, 422)
    except Conflict as wrong:
        return _page(request, one, other, found, [Problem("", wrong.code, wrong.message)], 409)
    notes.say(
        request,
        _("两份档案已合并"),
        next_text=_("移动的每一行都记在台账里，可以撤销"),
        next_label=_("看合并台账"),
        next_href=reverse("duplicates:merge", args=[done.merge_id]),
    )
    return HttpResponseRedirect(reverse("registry:person", args=[done.winner_id]))


def _page(
    request: HttpRequest,
    one: Person,
    other: Person,
    found: Pair | None,
    problems: Sequence[Problem],
    status: int,
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    clock = request.clock  # type: ignore[attr-defined]
    compared = queries.compare(actor=actor, today=clock.today(), one=one, other=other)
    audit.read(
        actor=actor, clock=clock, kind="page", person_ids=sorted([one.pk, other.pk]), purpose="duplicates"
    )
    both = (compared.left, compared.right)
    specs = [
        Spec(
            "reason",
            _("合并依据"),
            required=True,
            hint=_("如：入户见到本人，两份档案是同一人；最多 200 个字。"),
            extra={"maxlength": 200},
        ),
        Spec(
            "why",
            _("不是同一人的依据"),
            required=True,
            hint=_("如：双胞胎、借用证件、同名同生日；说明后不再提示。"),
            extra={"maxlength": 200},
        ),
    ]
    winner = request.POST.get("winner") or str(compared.left.person.pk)
    context: dict[str, Any] = {
        "pair": found,
        "compared": compared,
        "both": both,
        "places": places.short_names(page.person.managing_code for page in both),
        "lines": [line for line in compared.lines if line.differs],
        "same": [line for line in compared.lines if not line.differs],
        "timelines": [_timeline(request, page.person) for page in both],
        "winner": winner,
        "picked": {
            line.key: request.POST.get(f"pick-{line.key}")
            or str((compared.left if line.pick == "left" else compared.right).person.pk)
            for line in compared.lines
            if line.choose
        },
        "fields": build(specs, request.POST, problems),
        "problems": problems,
        "op_id": request.POST.get("op_id") or str(uuid7()),
        "words": WORDS,
        "states": printed.STATE_LABELS,
        "sex": {one.code: _(one.label) for one in printed.SEX},
    }
    return render(request, "duplicates/pair.html", context, status=status)


def _timeline(request: HttpRequest, person: Person) -> list[Any]:
    # What one person's page has read is kept on the request: each of the two gets a request of its own.
    own = copy(request)
    gathered: Gathered = import_string(settings.XINQIAO_PANELS)()
    items = [item for provider in gathered.timeline for item in provider(own, person)]
    return sorted(items, key=lambda item: (item.on, item.rank), reverse=True)[:ENTRIES]
