"""The first address of each role, the language switch, and the sign of life."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST
from markupsafe import Markup

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, may
from xinqiao.boundaries.queries import number_waiting as waiting_for_village
from xinqiao.kernel.terms import Role
from xinqiao.rosters import desk

from .navigation import rooms_of


@require_GET
@cache_control(no_store=True, private=True)
def home(request: HttpRequest) -> HttpResponse:
    """To the first thing this person has to do: the county's desk, today's list for who records, else the first room."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.role is Role.COUNTY_OFFICE:
        waiting = waiting_for_village(actor)
        words = _("待分配到新村")
        return desk.county(request, [(waiting, words, reverse("boundaries:waiting"))] if waiting else [])
    if may(actor, Permission.VIEW_RECORDS):
        return HttpResponseRedirect(reverse("followup:today"))
    rooms = rooms_of(request)
    return HttpResponseRedirect(rooms[0].href) if rooms else render(request, "web/nothing.html")


def beside_today(request: HttpRequest, place: str) -> Markup:
    """What stands above the day's list: the preventing lists with somebody on them, and clocks that ran out."""
    return desk.strip(request, place)


@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return JsonResponse({"status": "ok"})


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie and, signed in, with the account; go back to where one was."""
    language = request.POST.get("language", "")
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    if language in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            User.objects.filter(pk=request.user.pk).update(language=language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax", httponly=True
        )
    return response
