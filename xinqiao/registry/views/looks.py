"""A page that names somebody is a look at that person's file, also when it only asks for something new."""

from __future__ import annotations

from django.http import HttpRequest

from xinqiao.audit import actions as audit

from ..models import Person


def looked_at(request: HttpRequest, *people: Person) -> None:
    """One row of the read log for everybody whom a form shows."""
    audit.read(
        actor=request.actor,  # type: ignore[attr-defined]
        clock=request.clock,  # type: ignore[attr-defined]
        kind="page",
        person_ids=[one.pk for one in people],
        purpose="care",
    )
