"""The wizard: which kind, about which place, the rest of the decision; then the rehearsal of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.forms import read_day
from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import ancestors, bounds, county_of, level_of
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.kernel.terms import Level, Role
from xinqiao.places.choices import ChangeKind, InstitutionKind
from xinqiao.places.models import Institution
from xinqiao.places.queries import Place, children_of, names_of, places_below
from xinqiao.web.fields import Field

from .. import actions
from .who import who

_TYPED = ("effective_on", "document", "target", "code", "name", "note", "serving", "institution_name")


@dataclass(frozen=True, slots=True)
class _Kind:
    """One way borders change: what it does in a sentence, and on which levels."""

    key: str
    label: Any
    sentence: Any
    levels: tuple[Level, ...]


def _kinds(many_counties: bool) -> list[_Kind]:
    town, village = (Level.TOWNSHIP,), (Level.VILLAGE,)
    sentences = {
        ChangeKind.MERGE: (_("一个乡镇连同各村并入另一个乡镇"), town),
        ChangeKind.SPLIT: (_("从一个乡镇划出几个村，设立新的乡镇"), town),
        ChangeKind.MOVE: (_("一个乡镇连同各村划归另一个县"), town),
        ChangeKind.VILLAGE_MERGE: (_("一个村（社区）并入另一个村"), village),
        ChangeKind.VILLAGE_SPLIT: (_("从一个村（社区）分出新村，由县精防办逐人定村"), village),
        ChangeKind.RENAME: (_("名称变了，代码不变"), town + village),
        ChangeKind.RECODE: (_("代码变了，下级的代码随着变"), town + village),
    }
    return [
        _Kind(key.value, key.label, *words)
        for key, words in sentences.items()
        if many_counties or key is not ChangeKind.MOVE
    ]


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Three steps on one address: ?kind=, ?subject=, then the form that writes the plan down."""
    actor, clock = who(request)
    require(actor, Permission.CHANGE_BORDERS)
    counties = _counties(actor)
    kinds = _kinds(len(counties) > 1)
    kind = next((one for one in kinds if one.key == request.GET.get("kind", "")), None)
    if request.GET.get("kind") and kind is None:
        raise NotFound()
    there = places_below(actor.place) if kind else []
    subject = next(
        (
            one
            for one in there
            if kind and one.level in kind.levels and one.code == request.GET.get("subject")
        ),
        None,
    )
    if request.GET.get("subject") and subject is None:
        raise NotFound()
    context: dict[str, Any] = {
        "kinds": kinds,
        "kind": kind,
        "subject": subject,
        "step": 1 + bool(kind) + bool(subject),
    }
    if kind and not subject:
        context["subject_field"] = Field(
            "subject",
            _("哪一个"),
            choices=[(one.code, _said(one)) for one in there if one.level in kind.levels],
            required=True,
        )
    if kind is None or subject is None:
        return render(request, "boundaries/new.html", context)
    typed = {key: request.POST.get(key, "").strip() for key in _TYPED}
    typed["effective_on"] = typed["effective_on"] or clock.today().isoformat()
    villages = request.POST.getlist("villages")
    staff = _staff(subject) if kind.key == ChangeKind.SPLIT else []
    ways = {str(user.pk): request.POST.get(f"account-{user.pk}", "") for user in staff}
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            made = actions.plan_change(
                actor=actor, clock=clock, new=_read(kind.key, subject.code, typed, villages, ways)
            )
        except Invalid as error:
            problems = error.problems
        else:
            return HttpResponseRedirect(reverse("boundaries:change", args=[made.pk]))
    context |= {
        "problems": problems,
        "fields": _fields(kind, subject, there, counties, typed, villages, problems, clock),
        "staff": [(user, ways[str(user.pk)]) for user in staff],
    }
    return render(request, "boundaries/new.html", context, status=422 if problems else 200)


def _read(
    kind: str, subject: str, typed: dict[str, str], villages: list[str], ways: dict[str, str]
) -> actions.NewChange:
    day = read_day(typed["effective_on"], "effective_on", _("施行日期"))
    if day is None:
        raise Invalid([Problem("effective_on", "missing", _("施行日期没有填写。"))])
    serving: UUID | None = None
    if typed["serving"]:
        serving = read_uuid(typed["serving"])
        if serving is None:
            raise NotFound()
    return actions.NewChange(
        kind=kind, effective_on=day, document=typed["document"], subject=subject, target=typed["target"],
        code=typed["code"], name=typed["name"], villages=villages, note=typed["note"], serving_id=serving,
        institution_name=typed["institution_name"], accounts={key: way for key, way in ways.items() if way},
    )  # fmt: skip


def _counties(actor: Actor) -> list[tuple[str, str]]:
    if level_of(actor.place) >= Level.COUNTY:
        code = county_of(actor.place)
        return list(names_of([code]).items())
    return [(one.code, one.name) for one in places_below(actor.place, (Level.COUNTY,))]


def _staff(subject: Place) -> list[User]:
    rows = User.objects.filter(place=subject.code, role=Role.TOWNSHIP_WORKER, is_active=True)
    return list(rows.order_by("display_name", "id"))


def _said(one: Place) -> str:
    return f"{one.parent_name} {one.name}".strip() if one.level is Level.VILLAGE else one.name


def _fields(
    kind: _Kind,
    subject: Place,
    there: list[Place],
    counties: list[tuple[str, str]],
    typed: dict[str, str],
    villages: list[str],
    problems: list[Problem],
    clock: Clock,
) -> dict[str, Field]:
    """The questions of this kind, by name; the template asks them in its order."""
    wrong = {problem.field: problem.message for problem in problems}

    def ask(name: str, label: Any, **more: Any) -> Field:
        return Field(name, label, more.pop("value", typed.get(name, "")), error=wrong.get(name, ""), **more)

    fields = {
        "effective_on": ask("effective_on", _("施行日期"), required=True,
                            hint=_("今天或以前的日期，核对后即可施行；以后的日期到那天夜里自动施行")),
        "document": ask("document", _("文号或依据"), required=True, maxlength=200),
        "note": ask("note", _("说明"), maxlength=500),
    }  # fmt: skip
    peers = [(one.code, _said(one)) for one in there if one.level in kind.levels and one.code != subject.code]
    match ChangeKind(kind.key):
        case ChangeKind.MERGE | ChangeKind.VILLAGE_MERGE:
            fields["target"] = ask("target", _("并入哪一个"), choices=peers, required=True)
        case ChangeKind.MOVE:
            others = [one for one in counties if one[0] not in ancestors(subject.code)]
            fields["target"] = ask("target", _("划归哪个县"), choices=others, required=True)
            fields["name"] = ask("name", _("新名称"), maxlength=100, hint=_("不变就不填"))
        case ChangeKind.RECODE:
            fields["name"] = ask("name", _("新名称"), maxlength=100, hint=_("不变就不填"))
        case ChangeKind.RENAME:
            fields["name"] = ask("name", _("新名称"), required=True, maxlength=100)
        case ChangeKind.SPLIT:
            fields["name"] = ask("name", _("新乡镇的名称"), required=True, maxlength=100)
            fields["villages"] = ask(
                "villages",
                _("划出哪些村（社区）"),
                value=villages,
                choices=children_of(subject.code),
                required=True,
            )
            fields["institution_name"] = ask("institution_name", _("新设卫生院的名称"), maxlength=120,
                                             hint=_("不新设就不填，由原卫生院或下面选的机构继续服务"))  # fmt: skip
        case ChangeKind.VILLAGE_SPLIT:
            fields["name"] = ask("name", _("新村的名称"), required=True, maxlength=100)
    if kind.key in (ChangeKind.MOVE, ChangeKind.RECODE, ChangeKind.SPLIT, ChangeKind.VILLAGE_SPLIT):
        fields["code"] = ask("code", _("新代码"), maxlength=12, inputmode="numeric",
                             hint=_("12 位；还没有公布的留空，由系统取一个未用的号"))  # fmt: skip
    if kind.key in (ChangeKind.SPLIT, ChangeKind.MERGE, ChangeKind.MOVE):
        lo, hi = bounds(ancestors(typed["target"] if len(typed["target"]) == 12 else subject.code)[-5])
        served = Institution.objects.filter(
            place__gte=lo, place__lt=hi, kind=InstitutionKind.TOWNSHIP_HOSPITAL, valid_to=None
        )
        fields["serving"] = ask("serving", _("由哪个机构接管"),
                                choices=[(str(one.pk), one.name) for one in served.order_by("place", "name")],
                                hint=_("不选就由原来的机构继续服务这些村"))  # fmt: skip
    return fields
