"""Addresses of the answers to the offer of service, and of corrections that need two people: in the northern township."""

from __future__ import annotations

from typing import Any

from xinqiao.accounts.permissions import Permission
from xinqiao.accounts.scope import acting
from xinqiao.kernel.clock import FixedClock
from xinqiao.registry.actions import NewCorrection, request_correction

from ..page import Case, Page

PAGES: dict[str, Page] = {
    "consents:withdraw": Page(Permission.REGISTER_PERSON, "person"),
    "consents:notice": Page(Permission.REGISTER_PERSON, "person"),
    "consents:report": Page(Permission.REGISTER_PERSON, "person"),
    "consents:note": Page(Permission.REGISTER_PERSON, "person"),
    "registry:request-correction": Page(Permission.REGISTER_PERSON, "person"),
    "registry:corrections": Page(Permission.APPROVE_CORRECTION),
    "registry:correction": Page(Permission.REGISTER_PERSON, "correction"),
    "registry:take-back-correction": Page(Permission.REGISTER_PERSON, "correction", "post"),
}
WRITE = frozenset({"township", "township_2", "county"})


def cases(world: Any) -> list[Case]:
    """Somebody of the north, and an exclusion that the township asked for."""
    from ..test_register import TODAY

    actor = world.county.actors["township"]
    person = world.things["north"]["person"]
    with acting(actor):
        new = NewCorrection(person, "exclude", "复核诊断", TODAY)
        asked = request_correction(actor=actor, clock=FixedClock(TODAY), new=new).pk
    return [
        Case("consents:withdraw", person, WRITE),
        Case("consents:notice", person, WRITE),
        Case("consents:report", person, WRITE),
        Case("consents:note", person, WRITE),
        Case("registry:request-correction", person, WRITE),
        Case("registry:correction", asked, WRITE),
        Case("registry:take-back-correction", asked, frozenset({"township"})),
    ]
