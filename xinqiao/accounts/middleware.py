"""Wraps every request: who asks, clock, actor, scope. Runs after the session middleware."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.db import IntegrityError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import resolve, reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from xinqiao.audit.actions import record
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import from_environment
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Problem, XinqiaoError
from xinqiao.places.queries import workplace
from xinqiao.web.errors import error_page

from .models import User
from .scope import acting
from .session_store import user_of
from .sessions import actor_of, idle_too_long, may_sign_in

log = logging.getLogger("xinqiao.request")

#: Names of URLs that a person who has not signed in may open. Everything else asks for sign-in first.
PUBLIC = frozenset({"accounts:sign-in", "set_language", "health", "opening:begin", "opening:county"})
#: What an account that still has to set its own password may open.
BEFORE_PASSWORD = frozenset({"accounts:password", "accounts:sign-out", "set_language"})

#: What a view answers itself when it shows a form again with its problems.
FORM_SHOWN_AGAIN = frozenset({409, 422, 429})
#: An address longer than this is not come back to after signing in.
LONGEST_ADDRESS = 2000


class ActingMiddleware:
    """Signed out: only public pages. Signed in: one transaction per request under the actor's scope.

    An expected failure rolls everything back and becomes a page; refusals are logged afterwards, outside the lost
    transaction, with ids only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.clock = from_environment()  # type: ignore[attr-defined]
        request.actor = None  # type: ignore[attr-defined]
        if request.path_info.startswith(settings.STATIC_URL):
            return self.get_response(request)
        name = _url_name(request)
        request.user = user = user_of(request)
        if not isinstance(user, User):
            if name in PUBLIC:
                return self._guarded(request)
            return _to_sign_in(request)
        idle = idle_too_long(request)
        if idle or not may_sign_in(user, request.clock):  # type: ignore[attr-defined]
            logout(request)
            return _to_sign_in(request, idle=idle)
        if user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        if user.must_change_password and not user.is_demo and name not in BEFORE_PASSWORD:
            return HttpResponseRedirect(reverse("accounts:password"))
        request.actor = actor = actor_of(user, request.clock)  # type: ignore[attr-defined]
        request.place_name = SimpleLazyObject(lambda: workplace(actor.place, actor.villages))  # type: ignore[attr-defined]
        return self._guarded(request)

    def _guarded(self, request: HttpRequest) -> HttpResponse:
        actor = request.actor  # type: ignore[attr-defined]
        # Asked only of who may send something here: a stranger's upload is not read to find it.
        if _holds_nul(request):
            text = _("填写的内容里有看不见的控制字符，请删去后再提交")
            return error_page(request, Invalid([Problem("", "control_character", text)]))
        try:
            if actor is None:
                return self.get_response(request)
            with acting(actor):
                response = self.get_response(request)
                # A form shown again (409, 422, 429) keeps what the read log says of the page; the refused act has taken
                # back its own part. Whatever else went wrong leaves nothing behind.
                shown_again = response.status_code in FORM_SHOWN_AGAIN and not hasattr(request, "refused")
                if response.status_code >= 400 and not shown_again:
                    connection.set_rollback(True)
            if isinstance(getattr(request, "refused", None), _Reused):
                response = error_page(request, request.refused)  # type: ignore[attr-defined]
        except XinqiaoError as error:
            request.refused = error  # type: ignore[attr-defined]
            response = error_page(request, error)
        _note_refusal(request, actor)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, IntegrityError) and _key_reused(exception):
            # The transaction is lost and answers no question that a page asks: the page is made after it.
            request.refused = _Reused()  # type: ignore[attr-defined]
            return HttpResponse(status=_Reused.status)
        if not isinstance(exception, XinqiaoError):
            return None
        request.refused = exception  # type: ignore[attr-defined]
        return error_page(request, exception)


class _Reused(Conflict):
    """The key that a form brings along (of its operation, of its draft) was used for something else."""

    def __init__(self) -> None:
        words = _("同一次操作已经保存过另外的内容，请重新打开表单")
        super().__init__(words, code="conflict.op_reused")


def _key_reused(error: IntegrityError) -> bool:
    """Whether a key that the browser sent is somebody else's: no query of the asker finds it, only the unique index does.
    Nothing is said of what it was. Every other broken constraint stays an error of ours."""
    known = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    return isinstance(error.__cause__, UniqueViolation) and ("op_id" in known or known.endswith("_pkey"))


def _note_refusal(request: HttpRequest, actor: Actor | None) -> None:
    """Write down what was refused, after the request's own transaction is lost, so that the note stays."""
    error = getattr(request, "refused", None)
    if error is None:
        return
    name = _url_name(request)
    log.warning("refused code=%s url=%s user=%s", error.code, name, getattr(actor, "user_id", None))
    if actor is not None and isinstance(error, NotAllowed | NotFound):
        record(
            actor=actor,
            clock=request.clock,  # type: ignore[attr-defined]
            action="refused",
            object_type="url",
            object_id=None,
            place=actor.place,
            detail={"code": error.code, "url": name},
        )


def _holds_nul(request: HttpRequest) -> bool:
    """Whether the address or the form holds the character U+0000, which no text column can keep."""
    given = [request.GET, request.POST] if request.method == "POST" else [request.GET]
    return any("\x00" in key or "\x00" in "".join(values) for one in given for key, values in one.lists())


def _url_name(request: HttpRequest) -> str:
    try:
        match = resolve(request.path_info)
    except Exception:
        return ""
    return match.view_name


def _to_sign_in(request: HttpRequest, *, idle: bool = False) -> HttpResponse:
    # After a POST one comes back to the page of the form: its address is the same in all our forms.
    address = request.get_full_path()
    query = {"next": address} if request.path_info != "/" and len(address) <= LONGEST_ADDRESS else {}
    target = reverse("accounts:sign-in") + "?" + urlencode(query | ({"idle": "1"} if idle else {}))
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)
