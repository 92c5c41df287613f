"""Accounts of the area: the list, one account, opening, changing, first passwords, closing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import contains, full_code, level_of
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.terms import ROLE_LABELS, Level, Role
from xinqiao.places.queries import places_below, short_name
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions, forms, queries
from ..models import User, VillageAssignment
from ..permissions import Permission, require
from ..rules import LEVELS, manageable

STATES = (
    ("locked", gettext_lazy("已锁定")),
    ("dormant", gettext_lazy("久未登录")),
    ("first", gettext_lazy("未改首次密码")),
    ("closed", gettext_lazy("已停用")),
)


def who(request: HttpRequest) -> tuple[Actor, Clock]:
    return request.actor, request.clock  # type: ignore[attr-defined]


def _roles(actor: Actor) -> list[tuple[str, str]]:
    return [(role.value, _(ROLE_LABELS[role])) for role in Role if role in manageable(actor.role)]


def mark_words() -> dict[str, tuple[str, str]]:
    """Mark → (words, kind)."""
    return {
        "closed": (_("已停用"), ""),
        "burdened": (_("仍有负责的人，请办交接"), "warning"),
        "locked": (_("已锁定"), "warning"),
        "first_password": (_("未改首次密码"), ""),
        "dormant": (_("久未登录"), "warning"),
        "ending": (_("即将到期"), "warning"),
        "no_village": (_("没有负责的村"), "warning"),
        "stands_in": (_("代班中"), ""),
    }


@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """The actor's accounts, by place."""
    actor, clock = who(request)
    require(actor, Permission.MANAGE_USERS)
    get = request.GET
    filters = queries.AccountFilters(
        role=get.get("role", ""),
        place=get.get("place", "")[:12],
        state=get.get("state", ""),
        text=get.get("q", "").strip()[:40],
        after=get.get("after", "")[:60],
    )
    rows, more = queries.accounts_of(actor=actor, filters=filters, today=clock.today(), now=timezone.now())
    context = {
        "rows": rows,
        "more": more,
        "filters": filters,
        "roles": _roles(actor),
        "role_labels": {role.value: _(words) for role, words in ROLE_LABELS.items()},
        "places": [(one.code, one.name) for one in _areas(actor)],
        "states": STATES,
        "marks": mark_words(),
    }
    return render(request, "accounts/list.html", context)


def _areas(actor: Actor) -> list[Any]:
    """Places to choose from: townships below a county, counties and cities above."""
    levels = (Level.TOWNSHIP,) if level_of(actor.place) >= Level.COUNTY else (Level.CITY, Level.COUNTY)
    return places_below(actor.place, levels)


@require_http_methods(["GET", "POST"])
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """First the role and the place, then the account itself; at the end its slip, shown once."""
    actor, clock = who(request)
    require(actor, Permission.MANAGE_USERS)
    given = request.POST if request.method == "POST" else request.GET
    role_text, place = given.get("role", ""), given.get("at", "")
    if role_text not in manageable(actor.role) or not _allowed_place(actor, role_text, place):
        return _choose(request, actor, role_text, place)
    role, place = Role(role_text), full_code(place)
    values: dict[str, Any] = forms.typed(request.POST)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            entry = actions.NewAccount(
                username=values["username"],
                **forms.wanted(values, role, place),
            )
            if role is Role.VILLAGE_DOCTOR and not entry.villages:
                raise Invalid([Problem("villages", "missing", _("村医至少要负责一个村，请勾选。"))])
            user, word = actions.create_account(actor=actor, clock=clock, new=entry)
        except Invalid as error:
            problems = error.problems
        else:
            return _slip(request, user, word, _("账号已开通"))
    context = {
        "role": role,
        "their_role": _(ROLE_LABELS[role]),
        "at": place,
        "place": short_name(place),
        "fields": forms.account_fields(values, role, place, problems, new=True),
        "problems": problems,
        "user": None,
    }
    return render(request, "accounts/edit.html", context, status=422 if problems else 200)


def _allowed_place(actor: Actor, role: str, place: str) -> bool:
    if not place.isdecimal() or len(place) > 12 or not contains(actor.place, full_code(place)):
        return False
    level = level_of(full_code(place))
    # A village doctor's villages are chosen on the next page, within one township.
    return level in LEVELS[Role(role)] or (role == Role.VILLAGE_DOCTOR and level is Level.TOWNSHIP)


def _choose(request: HttpRequest, actor: Actor, role: str, place: str) -> HttpResponse:
    problems = []
    if role and place:
        text = _("这个角色的账号不设在这一级，请另选地方或角色。")
        problems.append(Problem("at", "level", text))
    elif request.GET and not place:
        problems.append(Problem("at", "missing", _("请选择地方。")))
    own = [(actor.place, short_name(actor.place))] if actor.role is Role.SYSTEM_ADMIN else []
    choices = own + [(one.code, one.name) for one in _areas(actor)]
    context = {
        "role_field": Field("role", _("角色"), role, _roles(actor), required=True),
        "place_field": Field(
            "at",
            _("地方"),
            place,
            choices,
            required=True,
            error=problems[0].message if problems else "",
            hint=_("村医选所在乡镇，下一步勾选村"),
        ),
        "problems": problems,
    }
    return render(request, "accounts/choose.html", context, status=422 if problems else 200)


def _slip(request: HttpRequest, user: User, word: str, title: str) -> HttpResponse:
    """The first password on a slip; it is on this page only, and on no other afterwards."""
    context = {
        "user": user,
        "word": word,
        "title": title,
        "their_role": _(ROLE_LABELS[Role(user.role)]),
        "place": short_name(user.place),
        "address": request.build_absolute_uri("/"),
    }
    response = render(request, "accounts/slip.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def account(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """One account with its acts and its history."""
    return _account(request, user_id)


def _account(request: HttpRequest, user_id: UUID, problems: list[Problem] | None = None) -> HttpResponse:
    actor, clock = who(request)
    user = queries.account_of(actor=actor, user_id=user_id)
    row = queries.rows_of([user], clock.today(), timezone.now())[0]
    serving = list(
        VillageAssignment.objects.filter(user=user).select_related("covers").order_by("-valid_from")
    )
    context = {
        "row": row,
        "user": user,
        "their_role": _(ROLE_LABELS[Role(user.role)]),
        "role_labels": {role.value: _(words) for role, words in ROLE_LABELS.items()},
        "postings": list(user.postings.order_by("-valid_to")),
        "further": [short_name(code) for code in user.further_places],
        "serving": serving,
        "names": {one.division_code: short_name(one.division_code) for one in serving}
        | {one.place: short_name(one.place) for one in user.postings.all()},
        "marks": mark_words(),
        "problems": problems or [],
        "reasons": Field(
            "reason",
            _("停用的原因"),
            "",
            [
                ("left", _("离岗或调离")),
                ("safety", _("安全原因，立即停用")),
                ("other", _("不再需要")),
            ],
            required=True,
        ),
    }
    return render(request, "accounts/account.html", context, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Name, role, place, villages, institution, until when; holds from today."""
    actor, clock = who(request)
    user = queries.account_of(actor=actor, user_id=user_id)
    given = request.POST if request.method == "POST" else request.GET
    role_text = given.get("role", "") or user.role
    place = given.get("at", "") or user.place
    role = Role(role_text) if role_text in manageable(actor.role) else Role(user.role)
    if not _allowed_place(actor, role.value, place):
        place = user.place if role is Role(user.role) else actor.place
    if not _allowed_place(actor, role.value, place):
        role, place = Role(user.role), user.place
    problems: list[Problem] = []
    today = clock.today()
    if request.method == "POST":
        values = forms.typed(request.POST)
        try:
            actions.change_account(
                actor=actor,
                clock=clock,
                user_id=user_id,
                change=actions.AccountChange(
                    **forms.wanted(values, role, place),
                ),
            )
        except Invalid as error:
            problems = error.problems
        else:
            notes.say(request, _("账号已变更，自今天起生效"))
            return HttpResponseRedirect(reverse("accounts:account", args=[user_id]))
    else:
        own = VillageAssignment.objects.filter(user=user, covers=None, valid_from__lte=today)
        serving = [one.division_code for one in own if one.valid_to is None or one.valid_to > today]
        values = {
            "display_name": user.display_name,
            "phone": user.phone,
            "villages": serving,
            "institution": str(user.institution_id or ""),
            "valid_until": user.valid_until.isoformat() if user.valid_until else "",
            "in_charge": "1" if user.institution and user.institution.in_charge_id == user.pk else "",
        }
    context = {
        "user": user,
        "role": role,
        "their_role": _(ROLE_LABELS[role]),
        "at": place,
        "place": short_name(place),
        "fields": forms.account_fields(values, role, place, problems, new=False),
        "problems": problems,
        "role_field": Field("role", _("角色"), role.value, _roles(actor)),
        "place_field": Field(
            "at",
            _("地方"),
            place,
            [
                (place, short_name(place)),
                *((one.code, one.name) for one in _areas(actor) if one.code != place),
            ],
        ),
    }
    return render(request, "accounts/edit.html", context, status=422 if problems else 200)


@require_POST
def villages(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """A village doctor's villages from a day on."""
    actor, clock = who(request)
    queries.account_of(actor=actor, user_id=user_id)
    try:
        since = forms.read_day(request.POST.get("since", ""), "since", _("起始日期"))
        actions.set_villages(
            actor=actor,
            clock=clock,
            user_id=user_id,
            villages=request.POST.getlist("villages"),
            since=since or clock.today(),
        )
    except Invalid as error:
        return _account(request, user_id, error.problems)
    notes.say(request, _("负责的村已变更"))
    return HttpResponseRedirect(reverse("accounts:account", args=[user_id]))


@require_POST
@never_cache
def reset(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """A new first password, shown once."""
    return _with_slip(request, user_id, actions.reset_password, _("密码已重置"))


@require_POST
@never_cache
def reopen(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """A closed account again, with a new first password."""
    return _with_slip(request, user_id, actions.reopen_account, _("账号已恢复"))


def _with_slip(request: HttpRequest, user_id: UUID, act: Callable[..., str], title: str) -> HttpResponse:
    actor, clock = who(request)
    user = queries.account_of(actor=actor, user_id=user_id)
    try:
        word = act(actor=actor, clock=clock, user_id=user_id)
    except Invalid as error:
        return _account(request, user_id, error.problems)
    return _slip(request, user, word, title)


@require_POST
def unlock(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """After too many wrong passwords: may try again at once."""
    actor, clock = who(request)
    actions.unlock_account(actor=actor, clock=clock, user_id=user_id)
    notes.say(request, _("已解除锁定，可以马上重新登录"))
    return HttpResponseRedirect(reverse("accounts:account", args=[user_id]))


@require_POST
def close(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Close the account today."""
    actor, clock = who(request)
    queries.account_of(actor=actor, user_id=user_id)
    try:
        actions.close_account(
            actor=actor, clock=clock, user_id=user_id, reason=request.POST.get("reason", "")
        )
    except Invalid as error:
        return _account(request, user_id, error.problems)
    notes.say(request, _("账号已停用，已登录的即刻退出"))
    return HttpResponseRedirect(reverse("accounts:account", args=[user_id]))
