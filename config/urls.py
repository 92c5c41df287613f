"""Every address of the product: each domain brings its own, under its own name."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from .home import health, home, set_language

DOMAINS = {
    "accounts": "",
    "registry": "people/",
    "clocks": "inbox/",
    "screening": "clues/",
    "reporting": "cards/",
    "consents": "consents/",
    "transfers": "transfers/",
    "duplicates": "duplicates/",
    "tracing": "tracing/",
    "campaigns": "campaigns/",
    "boundaries": "boundaries/",
    "ownview": "own-view/",
    "treatment": "treatment/",
    "followup": "followup/",
    "interchange": "import/",
    "national": "national/",
    "indicators": "figures/",
    "rosters": "lists/",
    "staff": "staff/",
    "papers": "papers/",
    "opening": "setup/",
    "regulations": "rules/",
    "web": "",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("health/", health, name="health"),
    path("language/", set_language, name="set_language"),
    *(
        path(prefix, include((f"xinqiao.{domain}.urls", domain)))
        for domain, prefix in DOMAINS.items()
        if find_spec(f"xinqiao.{domain}.urls")
    ),
]

handler400 = "xinqiao.web.errors.bad_request"
handler403 = "xinqiao.web.errors.forbidden"
handler404 = "xinqiao.web.errors.not_found"
handler500 = "xinqiao.web.errors.server_error"
