"""A new person: first whether the person is registered already, then the form; one press makes one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem, TooMany
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.kernel.terms import Role
from xinqiao.places import queries as places

from ..actions import AlreadyRegistered, LookedUp, NewPerson, look_up_registered, read_answer, register_person
from ..forms import DEFAULTS, check_questions, record_of, sections
from ..queries import Alike, alike, own_inquiries, search, workers_below
from ..queries import typed as read_typed
from ..shown import ALIKE
from .filed import say_filed
from .look_ups import answer_words

#: What the first step hands on to the form.
HANDED_ON = ("id_number", "name", "sex", "birth_on", "guardian_phone")


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def new(request: HttpRequest) -> HttpResponse:
    """GET asks the first step; POST step=check answers it and goes on to the form; POST step=save makes the file."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.LOOK_UP_REGISTERED)
    step = request.POST.get("step", "")
    if step == "seen":
        return _seen(request, actor)
    if step == "save":
        return _save(request, actor)
    if step == "check":
        return _check(request, actor)
    if step == "form":
        require(actor, Permission.REGISTER_PERSON)
        return _form(request, actor, _handed_on(request.POST) | _defaults(request, actor))
    return _ask(request, actor, {})


def _ask(
    request: HttpRequest,
    actor: Actor,
    values: Mapping[str, Any],
    problems: Sequence[Problem] = (),
    answer: LookedUp | None = None,
    there: UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "questions": check_questions(values, problems),
        "problems": problems,
        "answer": answer,
        "there": there,
        "values": {key: values.get(key, "") for key in HANDED_ON},
        "may_register": may(actor, Permission.REGISTER_PERSON),
        "handed_in": own_inquiries(actor=actor) if actor.role is Role.VILLAGE_DOCTOR else [],
        "answers": answer_words(),
    }
    return render(request, "registry/check.html", context, status=status)


def _seen(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The answer was read: it is put away."""
    key = read_uuid(request.POST.get("inquiry", ""))
    if key is None:
        raise NotFound(code="not_found.inquiry")
    read_answer(actor=actor, clock=request.clock, inquiry_id=key)  # type: ignore[attr-defined]
    return HttpResponseRedirect(reverse("registry:new"))


def _check(request: HttpRequest, actor: Actor) -> HttpResponse:
    typed: dict[str, Any] = {key: request.POST.get(key, "").strip() for key in HANDED_ON}
    try:
        answer = look_up_registered(actor=actor, clock=request.clock, **typed)  # type: ignore[attr-defined]
    except Invalid as wrong:
        return _ask(request, actor, typed, wrong.problems, status=422)
    except TooMany as wrong:
        return _ask(request, actor, typed, [Problem("", wrong.code, wrong.message)], status=429)
    if answer.answer == "none" and may(actor, Permission.REGISTER_PERSON):
        return _form(
            request,
            actor,
            _alike_asked(typed) | _defaults(request, actor),
            checked=True,
            close=look_alike(request, typed),
        )
    there = None
    if answer.answer == "here":
        text = typed["id_number"] or typed["guardian_phone"]
        found = search(actor=actor, today=request.clock.today(), text=text)  # type: ignore[attr-defined]
        named = [card for card in found.cards if not typed["name"] or card.name == typed["name"]]
        there = named[0].id if len(named) == 1 else None
    return _ask(request, actor, typed, answer=answer, there=there)


def asked_by_form(request: HttpRequest, id_number: str) -> Problem | None:
    """A form refused because its number has a file elsewhere has told as much as a look-up, and is kept as one: in that
    person's read log, in the trail, and counted. The problem to show instead when the day's limit is reached."""
    try:
        look_up_registered(actor=request.actor, clock=request.clock, id_number=id_number)  # type: ignore[attr-defined]
    except TooMany as wrong:
        return Problem("", wrong.code, wrong.message)
    return None


#: What somebody is known by: a warning holds for these answers, and is given anew when one of them changes.
KNOWN_BY = ("name", "sex", "birth_on", "id_number", "guardian_phone", "guardian_phone2", "phone", "live_code")


def mark_alike(values: Mapping[str, Any]) -> str:
    """Says for which answers the question who is alike was asked; keyed, since names are among them."""
    text = "\x1f".join(str(values.get(key) or "").strip() for key in KNOWN_BY)
    return salted_hmac("registry.alike", text).hexdigest()[:32]


def _alike_asked(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, "alike_asked": mark_alike(values)}


def look_alike(request: HttpRequest, values: Mapping[str, Any]) -> list[Alike]:
    """Who of the own area may be this person; those shown are written into their read log."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    clock = request.clock  # type: ignore[attr-defined]
    own = read_uuid(str(values.get("person_id") or ""))
    found = alike(actor=actor, today=clock.today(), asked=read_typed(values), but=[own] if own else ())
    # Who has the very number is met by the number itself, with the way to the file.
    found = [one for one in found if "number" not in one.likeness.reasons]
    audit.read(
        actor=actor,
        clock=clock,
        kind="search",
        person_ids=[one.id for one in found],
        purpose="already_registered",
    )
    return found


@require_POST
@cache_control(no_store=True, private=True)
def new_alike(request: HttpRequest) -> HttpResponse:
    """The part of the form that says who is alike, asked while somebody types."""
    require(request.actor, Permission.REGISTER_PERSON)  # type: ignore[attr-defined]
    context = {
        "close": look_alike(request, request.POST),
        "words": ALIKE,
        "alike_asked": mark_alike(request.POST),
    }
    return render(request, "registry/alike.html", context)


def _handed_on(typed: Mapping[str, Any]) -> dict[str, Any]:
    return {key: str(typed.get(key, "")).strip() for key in (*HANDED_ON, "ask_reason")}


def _defaults(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """What is mostly so: today's file, filled by who sits here. Nothing about illness is ever filled in."""
    today = request.clock.today()  # type: ignore[attr-defined]
    return DEFAULTS | {"filed_on": today.isoformat(), "filled_by": actor.display_name}


def _form(
    request: HttpRequest,
    actor: Actor,
    values: Mapping[str, Any],
    problems: Sequence[Problem] = (),
    *,
    checked: bool = False,
    there: UUID | None = None,
    ask_reason: bool = False,
    close: Sequence[Alike] = (),
    status: int = 200,
) -> HttpResponse:
    villages = places.villages_below(actor.place)
    own = [(one.code, f"{one.parent_name} {one.name}") for one in villages if actor.scope.covers(one.code)]
    get = values.get
    context = {
        "sections": sections(values, problems, villages=own, workers=_workers(actor)),
        "problems": problems,
        "op_id": get("op_id") or str(uuid7()),
        "checked": checked,
        "there": there,
        "close": close,
        "words": ALIKE,
        "alike_asked": get("alike_asked", ""),
        "ask_reason": ask_reason or bool(get("ask_reason")),
        "different_because": get("different_because", ""),
    }
    return render(request, "registry/new.html", context, status=status)


def _workers(actor: Actor) -> list[tuple[str, str]]:
    users = workers_below(actor=actor, place=actor.place)
    return [
        (one.username, f"{one.display_name}（{one.institution.name if one.institution else one.username}）")
        for one in users
    ]


def _save(request: HttpRequest, actor: Actor) -> HttpResponse:
    require(actor, Permission.REGISTER_PERSON)
    typed = request.POST
    if typed.get("alike_asked", "") != mark_alike(typed) and (close := look_alike(request, typed)):
        again = typed.copy()
        again["alike_asked"] = mark_alike(typed)
        return _form(request, actor, again, close=close, status=409)
    given = NewPerson(
        # a page that lost its operation makes a new one, and the document number still guards
        op_id=read_uuid(typed.get("op_id", "")) or uuid7(),
        record=record_of(typed),
        different_because=typed.get("different_because", "").strip()[:200],
        partial=bool(typed.get("partial")),
    )
    try:
        done = register_person(actor=actor, clock=request.clock, person=given)  # type: ignore[attr-defined]
    except AlreadyRegistered as wrong:
        problem = Problem("id_number", wrong.code, wrong.message)
        return _form(request, actor, typed, [problem], there=wrong.person_id, ask_reason=True, status=409)
    except Conflict as wrong:
        return _form(request, actor, typed, [Problem("", wrong.code, wrong.message)], status=409)
    except Invalid as wrong:
        elsewhere = any(problem.code == "id_elsewhere" for problem in wrong.problems)
        if elsewhere and (refused := asked_by_form(request, typed.get("id_number", ""))):
            return _form(request, actor, typed, [refused], status=429)
        return _form(request, actor, typed, wrong.problems, ask_reason=elsewhere, status=422)
    say_filed(request, done.person_id, _("已建档，档案编号 %(no)s") % {"no": done.file_no})
    return HttpResponseRedirect(reverse("registry:person", args=[done.person_id]))
