"""Steps 1 to 3: divisions put right, institutions by the table, residents of a year."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.forms import read_day
from xinqiao.accounts.permissions import Permission, require
from xinqiao.accounts.views.people import who
from xinqiao.kernel.codes import contains, level_of
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.terms import Level
from xinqiao.places import actions as places
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Division, Population
from xinqiao.places.queries import short_name
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions, rules
from ..queries import State, Township, people_in, staff_in
from .steps import progress, state


def town_of(request: HttpRequest, now: State) -> Township | None:
    """The township that the address names with ?at=; None for the county itself. NotFound for any other."""
    asked = request.GET.get("at", "")[:12]
    if not asked:
        return None
    found = next((one for one in now.townships if one.place.code == asked), None)
    if found is None:
        raise NotFound()
    return found


@require_http_methods(["GET", "POST"])
def divisions(request: HttpRequest) -> HttpResponse:
    """Townships of the county, or villages of one; a missing one is added here."""
    actor, clock = who(request)
    require(actor, Permission.MANAGE_PLACES)
    now = state(request, Permission.MANAGE_PLACES)
    town = town_of(request, now)
    parent = town.place.code if town else now.place
    values = {key: request.POST.get(key, "").strip() for key in ("name", "code", "since")}
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            since = read_day(values["since"], "since", _("启用日期"))
            places.add_division(
                actor=actor, clock=clock, parent=parent, name=values["name"], code=values["code"], since=since
            )
        except Invalid as error:
            problems = error.problems
        else:
            notes.say(request, _("区划已新增"))
            return HttpResponseRedirect(reverse("opening:divisions") + (f"?at={parent}" if town else ""))
    wrong = {problem.field: problem.message for problem in problems}
    fields = [
        Field("name", _("名称"), values["name"], required=True, maxlength=100, error=wrong.get("name", "")),
        Field(
            "code", _("区划代码"), values["code"], maxlength=12, inputmode="numeric", error=wrong.get("code", ""),
            hint=_("12 位；国家还没有公布的留空，先用本地号"),
        ),
        Field(
            "since", _("启用日期"), values["since"], input_type="date", error=wrong.get("since", ""),
            hint=_("不填为今天"),
        ),
    ]  # fmt: skip
    context = progress(request, now, "county") | {
        "area": now, "town": town, "fields": fields, "problems": problems,
        "parent_name": short_name(parent),
    }  # fmt: skip
    return render(request, "opening/divisions.html", context, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
def division(request: HttpRequest) -> HttpResponse:
    """One township or village (?code=): another name from a day on, or closed from a day on."""
    actor, clock = who(request)
    require(actor, Permission.MANAGE_PLACES)
    now = state(request, Permission.MANAGE_PLACES)
    code = request.GET.get("code", "")[:12]
    row = Division.objects.filter(code=code, valid_to=None, level__in=[Level.TOWNSHIP, Level.VILLAGE]).first()
    if row is None or not contains(actor.place, code):
        raise NotFound()
    back = reverse("opening:divisions")
    if level_of(code) is Level.VILLAGE:
        back += f"?at={row.parent_code}"
    problems: list[Problem] = []
    act = request.POST.get("act", "")
    if request.method == "POST":
        try:
            since = read_day(request.POST.get("since", ""), "since", _("日期"))
            if act == "close":
                places.close_division(
                    actor=actor,
                    clock=clock,
                    code=code,
                    on=since,
                    burden=people_in([code]),
                    staff=staff_in(code),
                )
                notes.say(request, _("区划已撤销"))
            else:
                name = request.POST.get("name", "")
                places.rename_division(actor=actor, clock=clock, code=code, name=name, since=since)
                notes.say(request, _("区划已更名"))
            return HttpResponseRedirect(back)
        except Invalid as error:
            problems = error.problems
    wrong = {problem.field: problem.message for problem in problems}
    typed_day = request.POST.get("since", "")
    context = progress(request, now, "county") | {
        "row": row,
        "back": back,
        "problems": problems,
        "name": Field(
            "name", _("名称"), request.POST.get("name", row.name), required=True, maxlength=100, error=wrong.get("name", "")
        ),
        "since": Field(
            "since", _("起始日期"), typed_day if act != "close" else "", input_type="date",
            hint=_("不填为今天"), error=wrong.get("since", "") if act != "close" else "",
        ),
        "ends": Field(
            "since" if act == "close" else "ends", _("撤销日期"), typed_day if act == "close" else "", input_type="date",
            hint=_("不填为今天"), error=wrong.get("since", "") if act == "close" else "",
        ),
        "closing": act == "close",
    }  # fmt: skip
    return render(request, "opening/division.html", context, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
def institutions(request: HttpRequest) -> HttpResponse:
    """The county office and the township hospitals as proposals; with ?at= the clinics of one township's villages."""
    actor, clock = who(request)
    require(actor, Permission.MANAGE_PLACES)
    now = state(request, Permission.MANAGE_PLACES)
    town = town_of(request, now)
    rows = _clinic_rows(request, town) if town else _hospital_rows(request, now)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            wanted = _clinics_wanted(town, rows) if town else _hospitals_wanted(rows)
            count = actions.open_institutions(actor=actor, clock=clock, wanted=wanted)
        except Invalid as error:
            problems = error.problems
        else:
            notes.say(request, _("新增机构 %(n)s 个") % {"n": count})
            return HttpResponseRedirect(reverse("opening:institutions"))
    wrong = {problem.field: problem.message for problem in problems}
    context = progress(request, now, "institutions") | {
        "area": now, "town": town, "rows": rows, "problems": problems, "wrong": wrong,
    }  # fmt: skip
    return render(request, "opening/institutions.html", context, status=422 if problems else 200)


def _hospital_rows(request: HttpRequest, now: State) -> list[dict[str, object]]:
    post = request.POST if request.method == "POST" else None
    found = []
    wanted = [
        (
            now.place,
            short_name(now.place),
            rules.office_name(short_name(now.place)),
            now.offices,
            "county_office",
        )
    ]
    wanted += [
        (one.place.code, one.place.name, rules.hospital_name(one.place.name), one.hospitals, "township")
        for one in now.townships
    ]
    for code, place, name, there, kind in wanted:
        found.append(
            {
                "code": code, "place": place, "kind": kind, "there": [one.name for one in there],
                "chosen": f"open-{code}" in post if post is not None else True,
                "name": post.get(f"name-{code}", name)[:120] if post is not None else name,
            }
        )  # fmt: skip
    return found


def _hospitals_wanted(rows: list[dict[str, object]]) -> list[actions.NewClinic]:
    return [
        actions.NewClinic(str(row["code"]), str(row["kind"]), str(row["name"]), (str(row["code"]),))
        for row in rows
        if row["chosen"] and not row["there"]
    ]


OWN, HOSPITAL = "own", "hospital"


def _clinic_rows(request: HttpRequest, town: Township) -> list[dict[str, object]]:
    post = request.POST if request.method == "POST" else None
    found: list[dict[str, object]] = []
    for village in town.villages:
        there = town.clinics.get(village.code)
        name = rules.clinic_name(village.name)
        found.append(
            {
                "code": village.code, "place": village.name, "there": [there.name] if there else [],
                "serve": post.get(f"serve-{village.code}", HOSPITAL)[:12] if post is not None else OWN,
                "name": post.get(f"name-{village.code}", name)[:120] if post is not None else name,
            }
        )  # fmt: skip
    return found


def _clinics_wanted(town: Township, rows: list[dict[str, object]]) -> list[actions.NewClinic]:
    """One clinic for each village with its own, serving those that share it. Invalid when a shared one is not opened here."""
    open_rows = {str(row["code"]): row for row in rows if not row["there"]}
    own = {code for code, row in open_rows.items() if row["serve"] == OWN}
    shared: dict[str, list[str]] = {code: [code] for code in own}
    problems = []
    for code, row in open_rows.items():
        serve = str(row["serve"])
        if serve in own:
            shared[serve].append(code)
        elif serve not in (OWN, HOSPITAL):
            text = _("“%(place)s”选了与别的村共用，但那个村没有新设卫生室，请另选。")
            problems.append(Problem(f"serve-{code}", "shared", text % {"place": row["place"]}))
    if problems:
        raise Invalid(problems)
    return [
        actions.NewClinic(code, InstitutionKind.VILLAGE_CLINIC, str(open_rows[code]["name"]), tuple(serves))
        for code, serves in shared.items()
    ]


@require_http_methods(["GET", "POST"])
def population(request: HttpRequest) -> HttpResponse:
    """Permanent residents at the end of one year, county and townships, with their source."""
    actor, clock = who(request)
    require(actor, Permission.MANAGE_PLACES)
    now = state(request, Permission.MANAGE_PLACES)
    given = request.POST if request.method == "POST" else request.GET
    asked = given.get("year", "").strip()[:4]
    year = int(asked) if asked.isdecimal() else clock.today().year - 1
    codes = [now.place, *(one.place.code for one in now.townships)]
    kept = {row.division_code: row for row in Population.objects.filter(division_code__in=codes, year=year)}
    source = request.POST.get("source", "").strip()[:200] if request.method == "POST" else ""
    source = source or next((row.source for row in kept.values()), "")
    typed = {
        code: request.POST.get(f"people-{code}", "").strip()
        if request.method == "POST"
        else str(kept[code].residents if code in kept else "")
        for code in codes
    }
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            residents = _residents(typed, request.POST.get("year", "").strip(), source, clock.today())
            count = places.set_population(
                actor=actor, clock=clock, year=year, residents=residents, source=source
            )
        except Invalid as error:
            problems = error.problems
        else:
            notes.say(request, _("已登记 %(n)s 个地方的常住人口") % {"n": count})
            return HttpResponseRedirect(reverse("opening:population") + f"?year={year}")
    wrong = {problem.field: problem.message for problem in problems}
    parts = [int(typed[code]) for code in codes[1:] if typed[code].isdecimal()]
    whole = int(typed[now.place]) if typed[now.place].isdecimal() else 0
    context = progress(request, now, "population") | {
        "area": now,
        "year": Field("year", _("年份"), str(year), required=True, maxlength=4, inputmode="numeric",
                      hint=_("年末数"), error=wrong.get("year", "")),
        "source": Field("source", _("来源"), source, required=True, maxlength=200,
                        hint=_("如：县统计局 2025 年统计公报"), error=wrong.get("source", "")),
        "rows": [(code, short_name(code), typed[code], wrong.get(f"people-{code}", "")) for code in codes],
        "differs": whole - sum(parts) if whole and len(parts) == len(codes) - 1 else 0,
        "problems": problems,
    }  # fmt: skip
    return render(request, "opening/population.html", context, status=422 if problems else 200)


def _residents(typed: dict[str, str], year: str, source: str, today: date) -> dict[str, int]:
    problems = []
    if not (year.isdecimal() and 1949 <= int(year) <= today.year):
        text = _("年份“%(year)s”应在 1949 到 %(now)s 之间。")
        problems.append(Problem("year", "range", text % {"year": year[:10], "now": today.year}, year[:10]))
    if not source:
        problems.append(Problem("source", "missing", _("来源没有填写，例如统计公报的名称。")))
    found: dict[str, int] = {}
    for code, text in typed.items():
        number = text.replace(",", "").replace("，", "").replace(" ", "")
        if not number:
            continue
        if not (number.isdecimal() and number.isascii() and len(number) <= 9):
            words = _("“%(value)s”不是人数，请填整数，如 26384。")
            problems.append(Problem(f"people-{code}", "number", words % {"value": text[:20]}, text[:20]))
        else:
            found[code] = int(number)
    if not found and not problems:
        problems.append(Problem("", "missing", _("还没有填写任何地方的人数。")))
    if problems:
        raise Invalid(problems)
    return found
