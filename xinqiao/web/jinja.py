"""The Jinja2 environment of all pages: globals, filters and what every page is given.

Settings: `OPTIONS = {"environment": "xinqiao.web.jinja.environment", "context_processors": ["xinqiao.web.jinja.page"]}`.
Catalogue strings are newstyle: placeholders are `%(name)s`, a literal per cent sign is written `%%`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from xinqiao.kernel.terms import ROLE_LABELS
from xinqiao.kernel.words import told

from . import charts, formats, notes
from .translated import TranslatedEnvironment, fill, translator

#: Names of the pages the frame links to. A deployment without one of them simply lacks that link.
FRAME_URLS = {
    "home": "home",
    "search": "registry:search",
    "sign_out": "accounts:sign-out",
    "password": "accounts:password",
    "language": "set_language",
}


def static(path: str) -> str:
    """Address of a static file; fails when it is not there."""
    return _addresses(path) if not settings.DEBUG else str(staticfiles_storage.url(path))


@lru_cache(maxsize=512)
def _addresses(path: str) -> str:
    return str(staticfiles_storage.url(path))


@lru_cache(maxsize=256)
def _found(path: str) -> str:
    try:
        return static(path) if finders.find(path) or staticfiles_storage.exists(path) else ""
    except (ValueError, ImproperlyConfigured):
        return ""


def asset(path: str) -> str:
    """Address of a static file, or "" when this installation lacks it (icons, htmx): the page then does without."""
    return _found(path)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """Address of a named page; `query={…}` adds a query string, leaving out None and ""."""
    query = kwargs.pop("query", None)
    if not kwargs and all(isinstance(arg, UUID) for arg in args):
        # A list asks for the same page of a hundred persons: the pattern is looked up once.
        address = _pattern(name, len(args), get_script_prefix())
        for number, arg in enumerate(args):
            address = address.replace(str(_stand_in(number)), str(arg))
    else:
        address = reverse(name, args=args or None, kwargs=kwargs or None)
    kept = [(k, v) for k, v in (query or {}).items() if v not in (None, "")]
    return f"{address}?{urlencode(kept, doseq=True)}" if kept else address


@lru_cache(maxsize=1024)
def _stand_in(number: int) -> UUID:
    """A key that stands for the `number`th in a pattern."""
    return UUID(int=(0xFACADE << 104) + number)


@lru_cache(maxsize=1024)
def _pattern(name: str, count: int, prefix: str) -> str:
    """The address of a page whose `count` parts are keys, with stand-ins for them; `prefix` as served."""
    return reverse(name, args=[_stand_in(number) for number in range(count)] or None)


@lru_cache(maxsize=64)
def _maybe(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@pass_context
def with_query(context: Context, **changes: Any) -> str:
    """Query string of this page with some keys changed (None takes one out): for sort links, filters and pagers."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return "?" + query.urlencode()


@lru_cache(maxsize=256)
def icon(name: str) -> Markup:
    """One icon of the sprite, hidden from screen readers (a word always stands beside it); "" without the sprite."""
    address = asset("vendor/icons.svg")
    if not address:
        return Markup("")
    return Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>').format(
        address, name
    )


def page(request: HttpRequest) -> dict[str, Any]:
    """What every page is given besides its own: who, where, when, the rooms, and notes left by the last act.

    Made once a request, however many pieces its page is made of.
    """
    language = get_language() or settings.LANGUAGE_CODE
    made = getattr(request, "_page_context", None)
    if made is None or made["language"] != language or made["actor"] is not getattr(request, "actor", None):
        made = _page(request, language)
        request._page_context = made  # type: ignore[attr-defined]
    return dict(made)


def _page(request: HttpRequest, language: str) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    clock = getattr(request, "clock", None)
    source = getattr(settings, "XINQIAO_NAVIGATION", "")
    gather: Callable[[HttpRequest], Any] | None = import_string(source) if source else None
    return {
        "actor": actor,
        "today": clock.today() if clock else None,
        "now": clock.now() if clock else None,
        "rooms": list(gather(request)) if gather and actor else [],
        "place_name": getattr(request, "place_name", ""),
        "role_label": gettext(ROLE_LABELS[actor.role]) if actor else "",
        "take_notes": lambda: notes.take(request),
        "frame": {key: _maybe(name) for key, name in FRAME_URLS.items()},
        "demo": bool(getattr(settings, "XINQIAO_DEMO", False)),
        "language": language,
        "languages": settings.LANGUAGES,
    }


def environment(**options: Any) -> Environment:
    """Build the environment. Undefined names fail: a page never leaves a blank where a fact should stand."""
    options["undefined"] = StrictUndefined
    options["autoescape"] = True
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    language = options.pop("language", "")
    env = TranslatedEnvironment(**options)
    env.language = language
    env.add_extension("jinja2.ext.i18n")
    env.add_extension("jinja2.ext.do")
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    if language:
        env.globals["_"] = translator(language)
    env.globals.update(
        url=url,
        static=static,
        asset=asset,
        icon=icon,
        with_query=with_query,
        charts=charts,
        fill_text=fill,
    )
    env.filters.update(formats.FILTERS)
    env.filters["told"] = told
    return env
