"""Addresses of pages above the registry, as far as this installation and this role have them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from xinqiao.accounts.permissions import Permission, may
from xinqiao.kernel.actor import Actor


def visiting(actor: Actor) -> Callable[[UUID], str]:
    """Person → where a visit is recorded; "" for who may not record one."""
    allowed = may(actor, Permission.RECORD_VISIT)

    def address(person_id: UUID) -> str:
        if not allowed:
            return ""
        try:
            return reverse("followup:record", args=[person_id])
        except NoReverseMatch:
            return ""

    return address
