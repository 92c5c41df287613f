"""Addresses of the page at hand with other filters."""

from __future__ import annotations

from django.http import HttpRequest


def narrowed(request: HttpRequest, **changes: str) -> str:
    """The query of the same list with `changes`, from its beginning; an empty value takes a filter out."""
    query = request.GET.copy()
    query.pop("after", None)
    for key, value in changes.items():
        query.pop(key, None)
        if value:
            query[key] = value
    return "?" + query.urlencode()
