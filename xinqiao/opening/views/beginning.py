"""The two pages that a stranger with the code may open while there is no account: the code, then county and own account."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.places import tables
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions
from ..actions.beginning import holds, is_open

KEPT = "opening_code"
ACCOUNT = ("display_name", "username", "password", "again")


def _clock(request: HttpRequest) -> Clock:
    found: Clock = request.clock  # type: ignore[attr-defined]
    return found


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the console. Once there is an account this page is not there."""
    if not is_open():
        raise NotFound()
    problems: list[Problem] = []
    if request.method == "POST":
        found = actions.check_code(clock=_clock(request), typed=request.POST.get("code", "")[:100])
        if found is not None:
            request.session.cycle_key()
            request.session[KEPT] = str(found)
            return HttpResponseRedirect(reverse("opening:county"))
        text = _("开通码不对或已失效。请核对服务器上显示的开通码，或在服务器上重新生成。")
        problems = [Problem("code", "wrong", text)]
    field = Field(
        "code",
        _("开通码"),
        required=True,
        maxlength=60,
        hint=_("20 个字母和数字，显示在服务器的窗口或日志里"),
        error=problems[0].message if problems else "",
    )
    context = {"field": field, "problems": problems}
    return render(request, "opening/begin.html", context, status=422 if problems else 200)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def county(request: HttpRequest) -> HttpResponse:
    """Choose the county, rung by rung, then one's own account; the last act loads the county and signs in."""
    clock = _clock(request)
    code_id = _accepted(request)
    if code_id is None:
        if not is_open():
            raise NotFound()
        return HttpResponseRedirect(reverse("opening:begin"))
    at = (request.POST if request.method == "POST" else request.GET).get("at", "")[:6]
    if at and not tables.name_of(at):
        raise NotFound()
    values = {key: request.POST.get(key, "") for key in ACCOUNT}
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            user = actions.begin_deployment(
                clock=clock,
                code_id=code_id,
                county=at,
                display_name=values["display_name"],
                username=values["username"].strip(),
                password=values["password"],
                again=values["again"],
            )
        except Invalid as error:
            problems = error.problems
        else:
            request.session.pop(KEPT, None)
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            notes.say(
                request, _("已开通，您已用自己的账号登录"), next_text=_("接着按步骤设置，随时可以离开再来")
            )
            return HttpResponseRedirect(reverse("opening:steps"))
    wrong = {problem.field: problem.message for problem in problems}
    fields = [
        Field(
            name, label, "" if secret else values[name], required=True, hint=hint, error=wrong.get(name, ""),
            input_type="password" if secret else "text", autocomplete=auto,
        )
        for name, label, secret, auto, hint in (
            ("display_name", _("姓名"), False, "name", ""),
            ("username", _("账号"), False, "username", _("3–30 个小写字母、数字或 . _ -，以字母开头；不用电话和证件号码")),
            ("password", _("密码"), True, "new-password", _("至少 10 个字符，不能全是数字，也不要用常见密码")),
            ("again", _("再输入一次密码"), True, "new-password", ""),
        )
    ]  # fmt: skip
    townships = tables.townships_below(at)
    context = {
        "at": at,
        "path": [(at[:n], tables.name_of(at[:n])) for n in (2, 4, 6) if len(at) >= n],
        "choices": tables.choices_below(at),
        "townships": townships,
        "tables_there": tables.is_there(),
        "fields": fields,
        "problems": problems,
    }
    return render(request, "opening/county.html", context, status=422 if problems else 200)


def _accepted(request: HttpRequest) -> UUID | None:
    kept = request.session.get(KEPT, "")
    code_id = read_uuid(kept) if kept else None
    return code_id if holds(code_id, _clock(request)) else None
