"""A new clue: the nine items, who it is about, who told; and who may be the same."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.places import queries as places
from xinqiao.registry.actions import LookedUp
from xinqiao.web import notes

from .. import actions, forms, queries
from ..choices import ITEMS
from ..models import Clue
from .common import looked_at, show, typed, village_choices, who
from .common import whole as whole_number

KEYS = (
    "place", "name", "vagrant", "description", "sex", "age", "birth_on", "id_number", "phone", "address", "guardian_name",
    "guardian_phone", "informant_name", "informant_relation", "informant_phone", "found_on", "investigator", "source",
    "danger_told", "facts", *(f"q{code}" for code in ITEMS), "different_because", "op_id",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def new(request: HttpRequest) -> HttpResponse:
    """The nine items, who it is about, who told."""
    actor, clock = who(request)
    require(actor, Permission.RECORD_CLUE)
    choices = village_choices(actor)
    if request.method == "GET":
        values = {
            "found_on": clock.today().isoformat(),
            "investigator": actor.display_name,
            "op_id": str(uuid7()),
            "place": choices[0][0] if len(choices) == 1 else request.GET.get("place", "")[:12],
            "source": request.GET.get("source", "")[:2],
        }
        return _form(request, values, choices)
    values = typed(request, *KEYS)
    given = actions.NewClue(read_uuid(values["op_id"]) or uuid7(), values, values["different_because"])
    try:
        done = actions.record_clue(actor=actor, clock=clock, new=given)
    except Invalid as wrong:
        return _form(request, values, choices, wrong.problems, status=422)
    except actions.MaybeKnown as wrong:
        seen = [one.pk for one in (*wrong.found.people, *wrong.found.clues)]
        audit.read(actor=actor, clock=clock, kind="search", person_ids=seen, purpose="screening")
        return _form(request, values, choices, known=wrong.found, status=409)
    if done.outcome == "negative":
        counted = done.clue_id is not None
        notes.say(
            request,
            _("九项都是“没有”，不登记线索"),
            next_text=_("已计入本次摸排，没有保存姓名等信息") if counted else _("没有保存任何信息"),
            next_label=_("下一位"),
            next_href=reverse("screening:new"),
        )
        return HttpResponseRedirect(reverse("screening:list"))
    if done.asked:
        notes.say(request, asked_words(done.asked), kind="info")
    if done.urgent:
        notes.say(request, _("线索已登记，有伤害危险：请现在就联系"), kind="warning")
    else:
        notes.say(
            request,
            _("线索已登记，编号 %(no)s") % {"no": done.clue_no},
            next_text=_("等待初筛，10 个工作日内完成"),
        )
    return HttpResponseRedirect(reverse("screening:clue", args=[done.clue_id]))


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def correct(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """The same form with what stands there, numbers in full: opening it is a look at them."""
    actor, clock = who(request)
    one = queries.find_clue(actor=actor, clue_id=clue_id)
    looked_at(request, one, kind="unmask")
    choices = village_choices(actor)
    if one.managing_code not in dict(choices):
        choices = [(one.managing_code, places.short_name(one.managing_code)), *choices]
    version = request.POST.get("row_version", "")
    if request.method == "GET":
        return _form(request, _standing(one), choices, clue=one, version=str(one.row_version))
    values = typed(request, *KEYS)
    try:
        actions.correct_clue(
            actor=actor, clock=clock, clue_id=clue_id, row_version=whole_number(version) or 0, record=values
        )
    except Invalid as wrong:
        return _form(request, values, choices, wrong.problems, clue=one, version=version, status=422)
    except Conflict as wrong:
        if wrong.code != "conflict.row_version":
            raise
        stale = [Problem("", wrong.code, wrong.message)]
        return _form(request, values, choices, stale, clue=one, version=str(one.row_version), status=409)
    notes.say(request, _("线索已更正"))
    return HttpResponseRedirect(reverse("screening:clue", args=[clue_id]))


def _standing(one: Clue) -> dict[str, str]:
    """What stands in a clue, as its form sends it."""
    values = {key: str(getattr(one, key) or "") for key in KEYS if hasattr(one, key)}
    values |= {f"q{code}": "1" if code in one.items else "0" for code in ITEMS}
    return values | {
        "place": one.managing_code,
        "age": "" if one.age is None else str(one.age),
        "vagrant": "1" if one.vagrant else "",
        "danger_told": "1" if one.danger_told else "",
        "op_id": "",
        "different_because": "",
    }


def asked_words(answer: LookedUp) -> str:
    """What the question led to, in words that fit who asked."""
    if answer.answer == "handed_in":
        return _("已提交核对")
    if answer.answer == "elsewhere":
        where = "、".join(one for one in (answer.institution, answer.phone) if one)
        return _("在别处已有档案，请联系：%(where)s") % {"where": where or _("县精防办")}
    return _("本辖区已有档案，请查找核对") if answer.answer == "here" else _("没有查到已有档案")


def _form(
    request: HttpRequest, values: dict[str, str], choices: list[tuple[str, str]], problems: list[Problem] | None = None,
    *, known: queries.Matches | None = None, clue: Clue | None = None, version: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    fields = forms.clue_fields(values, problems or [], choices)
    shown = [*known.people, *known.clues] if known else []
    return show(
        request,
        "new",
        status,
        fields=fields,
        items=[fields[f"q{code}"] for code in ITEMS],
        problems=problems or [],
        clue=clue,
        version=version,
        known=known,
        known_places=places.short_names({one.place for one in shown}),
        op_id=values["op_id"],
        different_because=values.get("different_because", ""),
    )
