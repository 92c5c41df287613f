"""Pages that add, end, correct and void rows that hold from a day to a day, and that say who lives together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.places import queries as places
from xinqiao.web import notes
from xinqiao.web.fields import Spec, build

from ..actions import NewRow, add_rows, correct_row, end_row, join_household, void_fact
from ..answers import lines_of
from ..choices import printed
from ..forms import Question
from ..forms.rows import questions_of, record_of_row, values_of_row
from ..models import Person
from ..queries import find_fact, find_person, group_choices, named
from ..rules import read_date
from ..rules.dated import DATED
from ..shown import private, word_of
from .looks import looked_at

#: Kind → the tab that shows it.
TABS: Mapping[str, str] = {
    "name": "basic", "number": "basic", "address": "basic", "identifier": "basic", "guardian": "family",
    "relative": "family", "household": "family", "certificate": "support", "support": "support", "keeper": "duties",
    "placement": "support", "diagnosis": "basic", "consent": "basic", "life_event": "timeline",
}  # fmt: skip
#: Added by a page of its own.
_OWN_PAGE = frozenset({"household"})


def _back(person_id: UUID, kind: str) -> str:
    return reverse("registry:person", args=[person_id]) + f"?tab={TABS.get(kind, 'basic')}"


def _page(
    request: HttpRequest,
    person: Person,
    kind: str,
    asked: Sequence[Question],
    problems: Sequence[Problem],
    *,
    heading: str,
    act: str,
    sub: str = "",
    was: Any = None,
    dangerous: bool = False,
    status: int = 0,
    others: Sequence[Person] = (),
) -> HttpResponse:
    looked_at(request, person, *others)
    context = {
        "person": person, "asked": asked, "problems": problems, "heading": heading, "sub": sub, "act": act, "was": was,
        "dangerous": dangerous, "back": _back(person.pk, kind), "kind": kind if was is None else "",
        "op_id": read_uuid(request.POST.get("op_id", "")) or uuid7(),
    }  # fmt: skip
    return render(request, "registry/row.html", context, status=status or (422 if problems else 200))


def _operation(typed: QueryDict) -> UUID:
    return read_uuid(typed.get("op_id", "")) or uuid7()


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def add_row(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A new row of `kind`; what it takes the place of ends where it begins."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.REGISTER_PERSON)
    person = find_person(actor=actor, person_id=person_id)
    key = request.POST.get("kind") or request.GET.get("kind") or "support"
    if key not in DATED or key in _OWN_PAGE:
        raise NotFound(code="not_found.fact")
    kind, problems, status = DATED[key], [], 0
    if request.method == "POST":
        given = NewRow(_operation(request.POST), person_id, key, record_of_row(kind, request.POST))
        try:
            add_rows(actor=actor, clock=request.clock, batch=[given])  # type: ignore[attr-defined]
        except Invalid as wrong:
            problems = wrong.problems
        except Conflict as wrong:
            problems, status = [Problem("", wrong.code, wrong.message)], 409
        else:
            notes.say(
                request,
                _("已登记：%(what)s") % {"what": _(kind.label)},
                next_text=_("写错了可以在十分钟内作废"),
            )
            return HttpResponseRedirect(_back(person_id, key))
    today = request.clock.today()  # type: ignore[attr-defined]
    values: Mapping[str, Any] = (
        request.POST if request.method == "POST" else {"valid_from": today.isoformat(), "answer": "1"}
    )
    asked = questions_of(kind, values, problems, _offered(actor, key, person))
    sub = (
        _("原来的一条会在这一条开始的那天结束，仍可查看。") if kind.alone is not None else _("以前的会留下。")
    )
    return _page(
        request, person, key, asked, problems, heading=_("添加：%(what)s") % {"what": _(kind.label)}, act=_("保存"), sub=sub,
        status=status,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def correct(request: HttpRequest, row: str) -> HttpResponse:
    """Put a row right; the wrong one stays readable with the reason."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.REGISTER_PERSON)
    key, fact = _found(actor, row)
    if key not in DATED:
        raise NotFound(code="not_found.fact")
    kind, problems, status = DATED[key], [], 0
    if request.method == "POST":
        record = record_of_row(kind, request.POST)
        if key == "household":
            record["other"] = "-"
        try:
            correct_row(
                actor=actor, clock=request.clock, op_id=_operation(request.POST), kind=key, fact_id=fact.pk,  # type: ignore[attr-defined]
                record=record, reason=request.POST.get("reason", ""),
            )  # fmt: skip
        except Invalid as wrong:
            problems = wrong.problems
        except Conflict as wrong:
            problems, status = [Problem("", wrong.code, wrong.message)], 409
        else:
            notes.say(request, _("已更正"), next_text=_("原来的一条已作废，仍可查看"))
            return HttpResponseRedirect(_back(fact.person_id, key))
    values = request.POST if request.method == "POST" else values_of_row(kind, fact)
    asked = questions_of(kind, values, problems, _offered(actor, key, fact.person), held=fact)
    asked.append(_reason(request, problems, _("更正的原因")))
    return _page(
        request, fact.person, key, asked, problems, heading=_("更正：%(what)s") % {"what": _(kind.label)}, act=_("保存更正"),
        sub=_("号码、电话和详细住址空着就不改。"), was=_line(request, key, fact), status=status,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def end(request: HttpRequest, row: str) -> HttpResponse:
    """The row holds until a day."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.REGISTER_PERSON)
    key, fact = _found(actor, row)
    if key not in DATED:
        raise NotFound(code="not_found.fact")
    problems: list[Problem] = []
    status = 0
    if request.method == "POST":
        on = read_date(request.POST.get("on", ""))
        if on is None:
            problems = [Problem("on", "date", _("结束日期没有填写，或不是有效日期。"))]
        else:
            try:
                end_row(actor=actor, clock=request.clock, kind=key, fact_id=fact.pk, on=on)  # type: ignore[attr-defined]
            except Invalid as wrong:
                problems = wrong.problems
            except Conflict as wrong:
                problems, status = [Problem("", wrong.code, wrong.message)], 409
            else:
                notes.say(request, _("已结束"), next_text=_("以前的情况仍可查看"))
                return HttpResponseRedirect(_back(fact.person_id, key))
    typed = request.POST if request.method == "POST" else {"on": request.clock.today().isoformat()}  # type: ignore[attr-defined]
    made = build([Spec("on", _("结束日期"), required=True)], typed, problems)
    return _page(
        request, fact.person, key, [Question(made["on"], "date")], problems,
        heading=_("结束：%(what)s") % {"what": _(DATED[key].label)}, act=_("结束"), was=_line(request, key, fact), status=status,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def void(request: HttpRequest, row: str) -> HttpResponse:
    """Mark a fact as void: by who corrects records, or by its author within ten minutes."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.REGISTER_PERSON)
    key, fact = _found(actor, row)
    problems: list[Problem] = []
    status = 0
    if request.method == "POST":
        try:
            void = void_fact(
                actor=actor,
                clock=request.clock,  # type: ignore[attr-defined]
                kind=key,
                fact_id=fact.pk,
                reason=request.POST.get("reason", ""),
            )
        except Invalid as wrong:
            problems = wrong.problems
        except Conflict as wrong:
            problems, status = [Problem("", wrong.code, wrong.message)], 409
        else:
            if void:
                notes.say(request, _("已作废"), next_text=_("仍可查看，不再计算"))
            else:
                notes.say(request, _("已提交，待县级另一人核准"), next_text=_("核准前档案不变"))
            return HttpResponseRedirect(_back(fact.person_id, key))
    return _page(
        request, fact.person, key, [_reason(request, problems, _("作废的原因"))], problems, heading=_("作废一条记录"),
        act=_("作废"), sub=_("作废的记录仍可查看，不再计算。十分钟内本人可以作废，之后由县精防办作废。"),
        was=_line(request, key, fact), dangerous=True, status=status,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def household(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Somebody else of the register lives in the same household."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.REGISTER_PERSON)
    person = find_person(actor=actor, person_id=person_id)
    typed = request.POST
    problems: list[Problem] = []
    found: list[Person] = []
    status = 0
    if request.method == "POST":
        chosen = read_uuid(typed.get("chosen", ""))
        found = [one for one in named(actor=actor, text=typed.get("other", "")) if one.pk != person_id]
        if chosen is not None:
            found = [one for one in found if one.pk == chosen]
        since = read_date(typed.get("valid_from", ""))
        problems = _wrong_mate(found, since)
        if not problems and since is not None:
            try:
                join_household(
                    actor=actor, clock=request.clock, person_id=person_id, other_id=found[0].pk,  # type: ignore[attr-defined]
                    relation=typed.get("relation", ""), since=since,
                )  # fmt: skip
            except Invalid as wrong:
                problems = wrong.problems
            except Conflict as wrong:
                problems, status = [Problem("other", wrong.code, wrong.message)], 409
            else:
                notes.say(request, _("已登记同住"))
                return HttpResponseRedirect(_back(person_id, "household"))
    values = typed if request.method == "POST" else {"valid_from": request.clock.today().isoformat()}  # type: ignore[attr-defined]
    kind = DATED["household"]
    specs = [
        Spec(
            "other", _("同住的人"), required=True, hint=_(kind.field("other").hint), extra={"maxlength": 60}
        ),
        Spec(
            "relation",
            _("本人在户中的身份"),
            [
                (one.code, word_of(printed.HOUSEHOLD_RELATION, one.label))
                for one in printed.HOUSEHOLD_RELATION
            ],
        ),
        Spec("valid_from", _("自"), required=True),
    ]
    if len(found) > 1:
        offered = [
            (str(one.pk), f"{one.name} {one.birth_on.year} {places.short_name(one.managing_code)}")
            for one in found
        ]
        specs.insert(1, Spec("chosen", _("是哪一位"), offered, required=True))
    made = build(specs, values, problems)
    widgets = {"other": "text", "chosen": "segmented", "relation": "select", "valid_from": "date"}
    asked = [Question(made[spec.name], widgets[spec.name]) for spec in specs]
    return _page(
        request, person, "household", asked, problems, heading=_("添加同住的在册患者"), act=_("保存"),
        sub=_("只能选您辖区内的人；不在您辖区的同住人请写在家庭成员里。"), status=status,
        others=found if len(found) > 1 else (),
    )  # fmt: skip


def _wrong_mate(found: Sequence[Person], since: date | None) -> list[Problem]:
    problems = []
    if not found:
        problems.append(Problem("other", "not_found", _("您的辖区里没有找到这个人，请核对姓名或号码。")))
    elif len(found) > 1:
        problems.append(Problem("chosen", "several", _("找到多人，请选一位。")))
    if since is None:
        problems.append(Problem("valid_from", "date", _("起始日期没有填写，或不是有效日期。")))
    return problems


def _found(actor: Actor, row: str) -> tuple[str, Any]:
    """The kind and the fact that an address names as kind-key."""
    key, _dash, text = row.partition("-")
    fact_id = read_uuid(text)
    if fact_id is None:
        raise NotFound(code="not_found.fact")
    return key, find_fact(actor=actor, kind=key, fact_id=fact_id)


def _line(request: HttpRequest, key: str, fact: Any) -> Any:
    if key in DATED:
        lines = lines_of(key, [fact], private(request))
        return (*lines.now, *lines.former)[0]
    since = getattr(fact, "valid_from", None) or getattr(fact, "happened_on", None)
    return {
        "head": str(getattr(fact, "get_kind_display", lambda: "")() or _("一条记录")),
        "pairs": (),
        "since": since,
        "until": None,
    }


def _offered(actor: Actor, key: str, person: Person) -> dict[str, Sequence[tuple[str, str]]]:
    """Choices that lie in the database."""
    if key == "placement":
        return {"group": group_choices(actor=actor, managing_code=person.managing_code)}
    if key == "address":
        return {
            "village": [
                (one.code, f"{one.parent_name} {one.name}")
                for one in places.villages_below(actor.place)
                if actor.scope.covers(one.code)
            ]
        }
    return {}


def _reason(request: HttpRequest, problems: Sequence[Problem], label: str) -> Question:
    made = build([Spec("reason", label, required=True, extra={"maxlength": 180})], request.POST, problems)
    return Question(made["reason"], "text")
