"""角色与权限: the one table, in words, for everybody who is signed in."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xinqiao.kernel.terms import ROLE_LABELS, Role

from ..permissions import TABLE, WHERE, WORDS


@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """Roles × permissions, the own role marked."""
    mine = request.actor.role  # type: ignore[attr-defined]
    groups = [
        (
            str(group),
            [(permission, words, [permission in TABLE[role] for role in Role]) for permission, words in rows],
        )
        for group, rows in groupby(WORDS.items(), key=lambda one: str(one[1].group))
    ]
    context = {
        "mine": mine,
        "own": [words for permission, words in WORDS.items() if permission in TABLE[mine]],
        "roles": [(role, _(ROLE_LABELS[role]), WHERE[role]) for role in Role],
        "groups": groups,
        "where": WHERE[mine],
        "label": _(ROLE_LABELS[mine]),
    }
    return render(request, "accounts/roles.html", context)
