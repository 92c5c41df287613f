"""机构 and 区划: what the system administrator keeps in order, without seeing any patient."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinqiao.kernel.codes import contains, full_code, level_of
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.kernel.terms import LEVEL_LABELS, Level
from xinqiao.places import actions as places
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution
from xinqiao.places.queries import children_of, path_of, places_below, populations, short_name
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import queries
from ..leaving import burdens_of_institutions
from ..permissions import Permission, require
from .people import who


@require_GET
def institutions(request: HttpRequest) -> HttpResponse:
    """Open or closed institutions of the area."""
    return _institutions(request, [])


def _institutions(request: HttpRequest, problems: list[Problem]) -> HttpResponse:
    actor, _clock = who(request)
    require(actor, Permission.MANAGE_PLACES)
    get = request.GET
    closed = get.get("state") == "closed"
    rows, more = queries.institutions_of(
        actor=actor, place=get.get("place", "")[:12], closed=closed, after=get.get("after", "")[:140]
    )
    context = {
        "rows": rows,
        "more": more,
        "closed": closed,
        "place": get.get("place", ""),
        "places": [(one.code, one.name) for one in places_below(actor.place, (Level.COUNTY, Level.TOWNSHIP))],
        "kinds": dict(InstitutionKind.choices),
        "problems": problems,
    }
    return render(request, "accounts/institutions.html", context, status=422 if problems else 200)


def _own(request: HttpRequest, institution_id: UUID) -> Institution:
    actor, _clock = who(request)
    require(actor, Permission.MANAGE_PLACES)
    found = Institution.objects.filter(pk=institution_id, valid_to=None).first()
    if found is None or not contains(actor.place, found.place):
        raise NotFound()
    return found


@require_http_methods(["GET", "POST"])
def open_place(request: HttpRequest) -> HttpResponse:
    """Open an institution."""
    actor, clock = who(request)
    require(actor, Permission.MANAGE_PLACES)
    values = {key: request.POST.get(key, "").strip() for key in ("name", "kind", "place", "phone")}
    values["place"] = values["place"] or request.GET.get("place", "")
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            if not values["place"].isdecimal() or not contains(actor.place, full_code(values["place"][:12])):
                raise Invalid(
                    [Problem("place", "missing", _("请选择本地区的一个地方。"), values["place"][:20])]
                )
            made = places.open_institution(
                actor=actor,
                clock=clock,
                name=values["name"][:120],
                kind=values["kind"],
                place=values["place"][:12],
                phone=values["phone"][:30],
            )
        except Invalid as error:
            problems = error.problems
        else:
            notes.say(request, _("机构已新增"), next_text=_("请指定负责人"))
            return HttpResponseRedirect(reverse("accounts:institutions") + f"?place={made.place}")
    wrong = {problem.field: problem.message for problem in problems}
    choices = [
        (one.code, f"{one.parent_name} {one.name}" if one.level is Level.VILLAGE else one.name)
        for one in places_below(actor.place, (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE))
    ]
    fields = {
        "name": Field("name", _("机构名称"), values["name"], required=True, error=wrong.get("name", ""), maxlength=120),
        "kind": Field(
            "kind", _("类型"), values["kind"], list(InstitutionKind.choices), required=True, error=wrong.get("kind", "")
        ),
        "place": Field(
            "place", _("所在地"), values["place"], choices, required=True,
            error=wrong.get("place", "") or wrong.get("serves", ""), hint=_("服务所在地及其以下各村"),
        ),
        "phone": Field("phone", _("电话"), values["phone"], maxlength=30),
    }  # fmt: skip
    context = {"fields": fields, "problems": problems}
    return render(request, "accounts/open_institution.html", context, status=422 if problems else 200)


@require_POST
def close_place(request: HttpRequest, institution_id: UUID) -> HttpResponse:
    """Close one that nobody depends on any more."""
    actor, clock = who(request)
    found = _own(request, institution_id)
    try:
        places.close_institution(
            actor=actor,
            clock=clock,
            institution_id=institution_id,
            burden=burdens_of_institutions([institution_id]).get(institution_id, 0),
            staff=queries.staff_of([institution_id]).get(institution_id, 0),
        )
    except Invalid as error:
        return _institutions(request, [Problem("", p.code, p.message) for p in error.problems])
    notes.say(request, _("机构已撤销"))
    return HttpResponseRedirect(reverse("accounts:institutions") + f"?place={found.place}")


@require_http_methods(["GET", "POST"])
def put_charge(request: HttpRequest, institution_id: UUID) -> HttpResponse:
    """Who is in charge: one of the accounts that work there or nearby."""
    actor, clock = who(request)
    found = _own(request, institution_id)
    from xinqiao.kernel.terms import Role

    near = found.place if level_of(found.place) <= Level.TOWNSHIP else found.place[:9] + "000"
    people = queries.colleagues(near, Role.VILLAGE_DOCTOR, Role.TOWNSHIP_WORKER, Role.COUNTY_OFFICE)
    choices = [(str(one.pk), f"{one.display_name}（{short_name(one.place)}）") for one in people]
    problems: list[Problem] = []
    if request.method == "POST":
        chosen = request.POST.get("user", "")
        if chosen in dict(choices):
            places.put_in_charge(
                actor=actor, clock=clock, institution_id=institution_id, user_id=read_uuid(chosen)
            )
            notes.say(request, _("负责人已指定"))
            return HttpResponseRedirect(reverse("accounts:institutions") + f"?place={found.place}")
        problems = [Problem("user", "missing", _("请选择一位在用账号的同事。"))]
    field = Field(
        "user",
        _("负责人"),
        str(found.in_charge_id or ""),
        choices,
        required=True,
        error=problems[0].message if problems else "",
    )
    context = {"institution": found, "field": field, "problems": problems}
    return render(request, "accounts/in_charge.html", context, status=422 if problems else 200)


@require_GET
def divisions(request: HttpRequest) -> HttpResponse:
    """The tree of places, one rung at a time, with residents where known."""
    actor, clock = who(request)
    require(actor, Permission.MANAGE_PLACES)
    asked = request.GET.get("place", "")[:12]
    place = full_code(asked) if asked.isdecimal() else actor.place
    if not contains(actor.place, place):
        raise NotFound()
    below = children_of(place)
    people = populations([code for code, _name in below], clock.today().year)
    level = level_of(place)
    context = {
        "place": place,
        "name": short_name(place),
        "path": [(code, name) for code, name in path_of(place) if contains(actor.place, code)],
        "below": below,
        "people": people,
        "leads_on": level < Level.TOWNSHIP,
        "level": _(LEVEL_LABELS[Level(min(level + 1, Level.VILLAGE))]),
    }
    return render(request, "accounts/divisions.html", context)
