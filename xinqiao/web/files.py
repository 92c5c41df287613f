"""Files that leave the product. In the browsers inside WeChat and 政务微信, which neither save nor print, a page says so
and what to do instead.
"""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

#: What the browsers inside messengers call themselves.
IN_APP = ("MicroMessenger", "wxwork", "DingTalk", "QQ/")


def in_app(request: HttpRequest) -> bool:
    """Whether the page is open inside a messenger, where a download or print goes nowhere and nothing says so."""
    agent = request.headers.get("User-Agent", "")
    return any(mark in agent for mark in IN_APP)


def send_file(
    request: HttpRequest, body: bytes, *, name: str, content_type: str, inline: bool = False
) -> HttpResponse:
    """Answer with a file. `name` is neutral: no names of people, no diagnosis. `inline` opens it (PDF) in the browser.

    Never kept by a cache on the way; the browser is not to guess its kind.
    """
    if in_app(request):
        return render(request, "web/in_app.html", {"name": name})
    response = HttpResponse(body, content_type=content_type)
    where = "inline" if inline else "attachment"
    response["Content-Disposition"] = f"{where}; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
