"""How a number reads where it may not be read whole. One mask for every page, so that two half-views never make one number."""

from __future__ import annotations


def mask_id(number: str) -> str:
    """340***********1234: county and birth date stay hidden; a number of up to eight characters wholly."""
    return number[:3] + "*" * (len(number) - 7) + number[-4:] if len(number) > 8 else "*" * len(number)


def mask_phone(phone: str) -> str:
    """138****5678; a short number wholly hidden."""
    return phone[:3] + "****" + phone[-4:] if len(phone) > 7 else "*" * len(phone)
