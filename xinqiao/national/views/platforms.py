"""The county's settings: which visits are to be entered, since when, and its further platforms."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.codes import county_of
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.periods import day_or_none
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions
from ..choices import Wanted
from ..queries.platforms import setting_of, since_of
from .common import show, who

#: Lines for further platforms on the settings page.
PLATFORM_LINES = 4


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Which visits are to be entered, since when, and the county's further platforms."""
    actor, clock = who(request)
    require(actor, Permission.COMPARE_NATIONAL)
    setting = setting_of(county_of(actor.place))
    problems: list[Problem] = []
    values: dict[str, Any] = {
        "wanted": setting.wanted,
        "since": setting.since.isoformat() if setting.since else "",
        "with_imported": "1" if setting.with_imported else "",
        "row_version": str(setting.row_version),
    }
    rows = [
        {"key": one["key"], "name": one["name"], "days": str(one["days"] or "")} for one in setting.platforms
    ]
    if request.method == "POST":
        post = request.POST
        values = {key: post.get(key, "") for key in ("wanted", "since", "with_imported", "row_version")}
        rows = [
            {part: post.get(f"{part}-{n}", "") for part in ("key", "name", "days")}
            for n in range(1, PLATFORM_LINES + 1)
        ]
        since = day_or_none(values["since"]) if values["since"] else None
        try:
            if values["since"] and since is None:
                raise Invalid([Problem("since", "wrong_value", _("起始日期应写成 2026-01-01 这样的日期"))])
            actions.change_setting(
                actor=actor,
                clock=clock,
                given={
                    "wanted": values["wanted"],
                    "since": since,
                    "with_imported": values["with_imported"] == "1",
                    "platforms": rows,
                },
                row_version=int(values["row_version"]) if values["row_version"].isdecimal() else 0,
            )
            notes.say(request, _("设置已保存"))
            return HttpResponseRedirect(reverse("national:list"))
        except Invalid as error:
            problems = error.problems
    wrong = {problem.field: problem.message for problem in problems}
    rows += [{"key": "", "name": "", "days": ""}] * (PLATFORM_LINES - len(rows))
    return show(
        request,
        "settings",
        422 if problems else 200,
        problems=problems,
        values=values,
        default_since=since_of(setting_of(""), clock.today()),
        wanted=Field(
            "wanted", _("哪些随访需要录入"), values["wanted"], Wanted.choices, error=wrong.get("wanted", "")
        ),
        since=Field(
            "since",
            _("从哪一天的随访算起"),
            values["since"],
            error=wrong.get("since", ""),
            hint=_("留空时为最近十二个月"),
        ),
        with_imported=Field(
            "with_imported",
            _("包括从工作簿导入的随访"),
            values["with_imported"],
            hint=_("导入的随访大多来自国网，通常不需再录"),
        ),
        platforms=[
            (
                row["key"],
                Field(
                    f"name-{n}",
                    _("平台名称"),
                    row["name"],
                    maxlength=20,
                    error=wrong.get(f"platform-{n}", ""),
                ),
                Field(
                    f"days-{n}",
                    _("时限（工作日）"),
                    row["days"],
                    maxlength=2,
                    inputmode="numeric",
                    error=wrong.get(f"days-{n}", ""),
                ),
            )
            for n, row in enumerate(rows[:PLATFORM_LINES], start=1)
        ],
    )
