"""Steps 4 and 5: accounts by the table with a slip for each, and the way to the import."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from xinqiao.accounts.actions import NewAccount
from xinqiao.accounts.permissions import Permission, may
from xinqiao.accounts.rules import manageable
from xinqiao.accounts.views.people import who
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.terms import ROLE_LABELS, Role
from xinqiao.places.models import Institution
from xinqiao.places.queries import short_name

from .. import actions, rules
from ..queries import State, Township, usernames
from .places import town_of
from .steps import progress, state


@never_cache
@require_http_methods(["GET", "POST"])
def accounts(request: HttpRequest) -> HttpResponse:
    """Whoever is named in the table gets an account; the slips are shown once. With ?at= the village doctors of a township."""
    actor, clock = who(request)
    now = state(request, Permission.MANAGE_USERS)
    town = town_of(request, now)
    rows = _rows(request, actor, now, town)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            opened = actions.open_accounts(
                actor=actor, clock=clock, wanted=[_wanted(row) for row in rows if row["name"]]
            )
        except Invalid as error:
            problems = error.problems
        else:
            return _slips(request, now, opened, town)
    wrong = {problem.field: problem.message for problem in problems}
    context = progress(request, now, "accounts") | {
        "area": now, "town": town, "rows": rows, "problems": problems, "wrong": wrong,
    }  # fmt: skip
    return render(request, "opening/accounts.html", context, status=422 if problems else 200)


def _rows(request: HttpRequest, actor: Actor, now: State, town: Township | None) -> list[dict[str, object]]:
    """One row for each account that is usual: place, role, how many are there, and what was typed or is proposed."""
    wanted: list[tuple[str, str, Role, int, Institution | None, tuple[str, ...]]] = []
    if town is None:
        office = now.offices[0] if now.offices else None
        if Role.COUNTY_OFFICE in manageable(actor.role):
            wanted.append(
                (now.place, short_name(now.place), Role.COUNTY_OFFICE, now.county_accounts, office, ())
            )
        for one in now.townships:
            led = one.hospitals[0] if one.hospitals else None
            wanted.append((one.place.code, one.place.name, Role.TOWNSHIP_WORKER, one.workers, led, ()))
    else:
        shared: dict[object, list[str]] = {}
        for village in town.villages:
            clinic = town.clinics.get(village.code)
            shared.setdefault(clinic.pk if clinic else village.code, []).append(village.code)
        names = {village.code: village.name for village in town.villages}
        for codes in shared.values():
            clinic = town.clinics.get(codes[0])
            there = max(town.doctors.get(code, 0) for code in codes)
            label = "、".join(names[code] for code in codes)
            wanted.append((codes[0], label, Role.VILLAGE_DOCTOR, there, clinic, tuple(codes)))
    taken = usernames()
    found: list[dict[str, object]] = []
    for code, label, role, there, institution, villages in wanted:
        proposed = rules.username_for(_spelled(rules.stem(label.split("、")[0])), taken)
        taken.add(proposed)
        found.append(
            {
                "code": code, "place": label, "role": role, "role_label": _(ROLE_LABELS[role]), "there": there,
                "villages": villages, "institution": institution,
                "name": request.POST.get(f"name-{code}", "").strip()[:80],
                "username": request.POST.get(f"username-{code}", proposed).strip()[:40],
                "phone": request.POST.get(f"phone-{code}", "").strip()[:40],
            }
        )  # fmt: skip
    return found


def _spelled(name: str) -> str:
    """Latin letters of a place's name. The dictionary is loaded when first used: it takes some ten megabytes."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(name, style=Style.NORMAL, errors="ignore"))


def _wanted(row: dict[str, object]) -> NewAccount:
    institution = row["institution"]
    led = isinstance(institution, Institution) and institution.in_charge_id is None
    return NewAccount(
        username=str(row["username"]),
        display_name=str(row["name"]),
        role=Role(str(row["role"])),
        place=str(row["code"]),
        institution_id=institution.pk if isinstance(institution, Institution) else None,
        villages=row["villages"],  # type: ignore[arg-type]
        phone=str(row["phone"]),
        in_charge=led,
    )


def _slips(
    request: HttpRequest, now: State, opened: list[actions.OpenedAccount], town: Township | None
) -> HttpResponse:
    """First passwords, one slip for each: on this page only, and on no other afterwards."""
    context = {
        "slips": [
            (one.user, one.word, _(ROLE_LABELS[Role(one.user.role)]), short_name(one.user.place))
            for one in opened
        ],
        "address": request.build_absolute_uri("/"),
        "town": town,
    }
    return render(request, "opening/slips.html", context)


@require_GET
def bring(request: HttpRequest) -> HttpResponse:
    """Where the register comes from: the template and the import, for who may."""
    actor, _clock = who(request)
    now = state(request, Permission.MANAGE_USERS)
    context = progress(request, now, "import") | {
        "area": now,
        "may_import": may(actor, Permission.IMPORT_REGISTER),
    }
    return render(request, "opening/import.html", context)
