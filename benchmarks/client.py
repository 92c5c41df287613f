"""A browser without a screen: one connection, cookies, and the forms of a page with what they already hold."""

from __future__ import annotations

import http.client
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Form:
    """One form of a page: where it goes and what it would send if nothing were changed."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.forms, self.here = page, [], None
        self.select, self.area = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {k: v or "" for k, v in attrs}
        if tag == "form":
            self.here = Form(a.get("action") or self.page, a.get("method", "get").lower())
            self.forms.append(self.here)
        elif self.here is not None and a.get("name"):
            if tag == "input" and not (a.get("type") in ("radio", "checkbox") and "checked" not in a):
                if a.get("type") not in ("submit", "button", "file"):
                    self.here.values.setdefault(a["name"], []).append(a.get("value", ""))
            elif tag == "textarea":
                self.area = a["name"]
            elif tag == "select":
                self.select = a["name"]
        elif tag == "option" and self.select and self.here is not None and "selected" in a:
            self.here.values.setdefault(self.select, []).append(a.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.area and self.here is not None:
            self.here.values.setdefault(self.area, []).append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.here = None
        elif tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.select = ""


class Client:
    """Keeps one connection open, as a browser does."""

    def __init__(self, address: str) -> None:
        where = urlsplit(address)
        self.connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=600)
        self.cookies: dict[str, str] = {}

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        """One request: status, where it redirects to, the page."""
        cookie = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        self.connection.request(method, path, body, {"Cookie": cookie, **(headers or {})})
        response = self.connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        for header in response.headers.get_all("Set-Cookie") or []:
            name, _, value = header.split(";")[0].partition("=")
            self.cookies[name] = value
        return response.status, response.headers.get("Location", ""), text

    def get(self, path: str) -> str:
        status, _, text = self.send("GET", path)
        assert status == 200, (path, status, re.sub(r"<[^>]+>", " ", text)[:500])
        return text

    def form(self, path: str, *, having: str) -> Form:
        """The form of a page that has a certain field."""
        parser = _Forms(path)
        parser.feed(self.get(path))
        return next(form for form in parser.forms if having in form.values)

    def post(
        self, form: Form, changes: dict[str, object], expect: tuple[int, ...] = (302,)
    ) -> tuple[str, str]:
        """Send a form with changes; where it led, and the page."""
        values: dict[str, object] = {**form.values, **changes}
        body = urlencode(
            [(k, v) for k, many in values.items() for v in (many if isinstance(many, list) else [many])]
        )
        status, where, text = self.send("POST", form.action, body.encode(), FORM)
        assert status in expect, (form.action, status, _said(text))
        return where, text

    def sign_in(self, username: str, password: str) -> None:
        form = self.form("/sign-in/", having="username")
        self.post(form, {"username": username, "password": password})


def _said(text: str) -> str:
    body = text.split("<main", 1)[-1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))[:1500]
