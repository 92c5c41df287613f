"""Identifiers. UUID version 7 (RFC 9562): ordered by time, so that a phone can mint keys and indexes stay compact."""

from __future__ import annotations

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """48 bits of milliseconds, version, 74 random bits."""
    stamp = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (stamp & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | (random >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | (random & ((1 << 62) - 1))
    return UUID(int=value)


def read_uuid(text: str) -> UUID | None:
    """The id that a page sent back, or None for anything else; what that means is the caller's to say."""
    try:
        return UUID(text)
    except ValueError:
        return None
