"""An expected failure becomes a page, once, here: one clear sentence, the right status, nothing about other people."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from xinqiao.kernel.errors import XinqiaoError

PAGES = {400: "400", 403: "403", 404: "404", 409: "409", 422: "400", 429: "429"}


def page_of(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    """The error page of a status; unknown ones look like a server error."""
    template = f"web/errors/{PAGES.get(status, '500')}.html"
    return render(request, template, {"problems": [], "message": "", **context}, status=status)


def error_page(request: HttpRequest, error: XinqiaoError) -> HttpResponse:
    """The page of an expected failure. A not-found never says what was not found."""
    message = "" if error.status in (403, 404) else error.message
    return page_of(request, error.status, problems=getattr(error, "problems", []), message=message)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page_of(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page_of(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page_of(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return page_of(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere: nothing was saved, go back and send again."""
    return page_of(request, 403, csrf=True)
