"""Addresses of pages above the registry, as far as this installation and this role have them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from xinqiao.accounts.permissions import Permission, may
from xinqiao.kernel.actor import Actor


def visiting(actor: Actor) -> Callable[[UUID], str]:
    """Person → where a visit is recorded; "" for who may not record one."""
    return _page_of(actor, "followup:record")


def contacting(actor: Actor) -> Callable[[UUID], str]:
    """Person → whom to ring, and where a try without contact is noted; "" for who may not."""
    return _page_of(actor, "followup:attempt")


def in_emergency(actor: Actor) -> Callable[[UUID], str]:
    """Person → whom to call when help is needed at once; "" for who may not."""
    return _page_of(actor, "followup:emergency")


def _page_of(actor: Actor, name: str) -> Callable[[UUID], str]:
    allowed = may(actor, Permission.RECORD_VISIT)

    def address(person_id: UUID) -> str:
        if not allowed:
            return ""
        try:
            return reverse(name, args=[person_id])
        except NoReverseMatch:
            return ""

    return address
