"""The code that opens a deployment, and what an institution is called when nobody has said. Pure."""

from __future__ import annotations

import secrets
from datetime import timedelta

#: No sign that is read for another.
SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
GROUPS, GROUP = 5, 4
#: A code that nobody used by then is worth nothing.
VALID = timedelta(hours=24)
#: So many wrong codes make the right one worthless too; the console gives another.
TRIES = 10


def new_code() -> str:
    """Twenty signs in groups of four, about 99 bits."""
    return "-".join("".join(secrets.choice(SIGNS) for _n in range(GROUP)) for _m in range(GROUPS))


def plain(typed: str) -> str:
    """What was typed without spaces, hyphens and case."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())[:64]


def hospital_name(township: str) -> str:
    """社区卫生服务中心 in a street office, 卫生院 in a town or township."""
    base = township.removesuffix("办事处")
    if base.endswith("街道"):
        return base.removesuffix("街道") + "社区卫生服务中心"
    return base + "卫生院"


def clinic_name(village: str) -> str:
    """社区卫生服务站 for a residents' committee, 卫生室 for a village."""
    for ending, kind in (
        ("社区居民委员会", "社区卫生服务站"),
        ("社区居委会", "社区卫生服务站"),
        ("居民委员会", "社区卫生服务站"),
        ("居委会", "社区卫生服务站"),
        ("社区", "社区卫生服务站"),
        ("村民委员会", "村卫生室"),
        ("村委会", "村卫生室"),
    ):
        if village.endswith(ending):
            return village.removesuffix(ending) + kind
    return village.removesuffix("村") + "村卫生室"


def office_name(county: str) -> str:
    return county + "精神卫生防治办公室"


def stem(name: str) -> str:
    """The part of a place's name that people say: 习岗镇 → 习岗."""
    for ending in (
        "街道办事处",
        "社区居民委员会",
        "社区居委会",
        "村民委员会",
        "居民委员会",
        "村委会",
        "居委会",
    ):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    for ending in ("街道", "地区", "社区", "镇", "乡", "村", "县", "区", "市"):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


def username_for(letters: str, taken: set[str]) -> str:
    """A free user name from the letters of a place's name; a number after it when the plain one is taken."""
    base = "".join(sign for sign in letters.lower() if sign.isascii() and sign.isalnum())[:24].lstrip(
        "0123456789"
    )
    base = base if len(base) > 2 else (base + "-zhanghao")
    number = 1
    while (name := f"{base}{number}") in taken:
        number += 1
    return name
