"""Signing in and out, and setting one's own password. The pages say nothing about health and nothing about who exists."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from xinqiao.audit.actions import record
from xinqiao.kernel.codes import NATION
from xinqiao.kernel.errors import Problem
from xinqiao.web.fields import Field

from ..models import User
from ..scope import acting
from ..sessions import actor_of, may_sign_in

LONGEST_NAME = 200


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; one sentence for every kind of failure, so that nobody learns which accounts exist."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        target = "/"
    if isinstance(request.user, User) and request.method == "GET":
        return HttpResponseRedirect(target)
    # no account has so long a name, and the count of failures keeps no longer one
    username = request.POST.get("username", "").strip()[:LONGEST_NAME]
    if request.method == "GET":
        if not User.objects.exists():
            # Nobody could sign in: the first visit sets the place up.
            return HttpResponseRedirect(reverse(settings.XINQIAO_FIRST_VISIT))
        return _sign_in_page(request, username="", target=target, idle="idle" in request.GET)
    user = authenticate(request, username=username, password=request.POST.get("password", ""))
    if getattr(request, "axes_locked_out", False):
        return locked_out(request)
    clock = request.clock  # type: ignore[attr-defined]
    if not isinstance(user, User) or not may_sign_in(user, clock):
        record(
            actor=None,
            clock=clock,
            action="sign_in_refused",
            object_type="user",
            object_id=None,
            place=NATION,
        )
        text = _("账号或密码不对，请核对后重新输入。连续输错 5 次，账号将停用 15 分钟。")
        return _sign_in_page(request, username=username, target=target, problem=text, status=422)
    login(request, user)
    actor = actor_of(user, clock)
    with acting(actor):
        record(
            actor=actor,
            clock=clock,
            action="sign_in",
            object_type="user",
            object_id=user.pk,
            place=user.place,
        )
    return HttpResponseRedirect(target)


def locked_out(request: HttpRequest, response: object = None, credentials: object = None) -> HttpResponse:
    """What somebody sees after too many wrong passwords: how long it lasts and who can help."""
    minutes = int(float(settings.AXES_COOLOFF_TIME) * 60)
    text = _("密码连续输错，账号已暂时停用，请 %(minutes)s 分钟后再试；急用请联系本单位的系统管理员。") % {
        "minutes": minutes
    }
    return _sign_in_page(request, username="", target="/", problem=text, status=429)


def _sign_in_page(
    request: HttpRequest,
    *,
    username: str,
    target: str,
    problem: str = "",
    status: int = 200,
    idle: bool = False,
) -> HttpResponse:
    problems = [Problem("username", "sign_in", problem)] if problem else []
    context: dict[str, Any] = {
        "fields": [
            Field("username", _("账号"), username, required=True, autocomplete="username"),
            Field(
                "password", _("密码"), required=True, input_type="password", autocomplete="current-password"
            ),
        ],
        "problems": problems,
        "target": target,
        "idle": idle,
    }
    return render(request, "accounts/sign_in.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor is not None:
        clock = request.clock  # type: ignore[attr-defined]
        record(
            actor=actor,
            clock=clock,
            action="sign_out",
            object_type="user",
            object_id=actor.user_id,
            place=actor.place,
        )
    logout(request)
    return HttpResponseRedirect("/")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; the first one must be changed before anything else."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 — the middleware lets nobody else through
    problems: list[Problem] = []
    if request.method == "POST":
        new, again = request.POST.get("new", ""), request.POST.get("again", "")
        if not user.check_password(request.POST.get("old", "")):
            problems.append(Problem("old", "wrong", _("现用密码不对，请重新输入。")))
        if new != again:
            problems.append(Problem("again", "differs", _("两次输入的新密码不一致，请再输入一次。")))
        try:
            validate_password(new, user)
        except ValidationError as error:
            codes = {str(e.code) for e in error.error_list}
            problems.append(Problem("new", "weak", _password_sentence(codes)))
        if not problems:
            user.set_password(new)
            user.must_change_password = False
            user.save(update_fields=["password", "must_change_password"])
            update_session_auth_hash(request, user)
            record(
                actor=actor_of(user, request.clock),  # type: ignore[attr-defined]
                clock=request.clock,  # type: ignore[attr-defined]
                action="change_password",
                object_type="user",
                object_id=user.pk,
                place=user.place,
            )
            return HttpResponseRedirect("/")
    wrong = {p.field: p.message for p in problems}
    fields = [
        Field(
            name,
            label,
            required=True,
            input_type="password",
            autocomplete=auto,
            hint=hint,
            error=wrong.get(name, ""),
        )
        for name, label, auto, hint in (
            ("old", _("现用密码"), "current-password", ""),
            ("new", _("新密码"), "new-password", _("至少 10 个字符，不能全是数字，也不要用常见密码")),
            ("again", _("再输入一次新密码"), "new-password", ""),
        )
    ]
    context = {
        "fields": fields,
        "problems": problems,
        "first": user.must_change_password and not user.is_demo,
    }
    return render(request, "accounts/password.html", context, status=422 if problems else 200)


def _password_sentence(codes: set[str]) -> str:
    if "password_too_short" in codes:
        return _("新密码太短，至少要 10 个字符。")
    if "password_entirely_numeric" in codes:
        return _("新密码不能全是数字，请加上字母或符号。")
    return _("这个密码太常见，容易被猜到，请换一个。")
