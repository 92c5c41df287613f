"""角色与权限: the one table, in words, for everybody who is signed in."""

from __future__ import annotations

from typing import Any

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
    groups: dict[str, list[Any]] = {}
    for permission, words in WORDS.items():
        cells = [permission in TABLE[role] for role in Role]
        groups.setdefault(str(words.group), []).append((permission, words, cells))
    context = {
        "mine": mine,
        "own": [words for rows in groups.values() for one, words, _cells in rows if one in TABLE[mine]],
        "roles": [(role, _(ROLE_LABELS[role]), WHERE[role]) for role in Role],
        "groups": list(groups.items()),
        "where": WHERE[mine],
        "label": _(ROLE_LABELS[mine]),
    }
    return render(request, "accounts/roles.html", context)
