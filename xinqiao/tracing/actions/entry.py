"""Checks that all acts of tracing share."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from xinqiao.kernel.errors import Conflict, NotFound, Problem
from xinqiao.kernel.words import sentence

from ..choices import OPEN_STAGES
from ..models import Search

LONGEST = 300


def open_search_of(search_id: UUID) -> Search:
    """The search, locked, with its person; NotFound for one not yours, Conflict for one that has ended."""
    found = (
        Search.objects.select_for_update(of=("self",)).select_related("person").filter(pk=search_id).first()
    )
    if found is None:
        raise NotFound(code="not_found.search")
    if found.stage not in OPEN_STAGES:
        raise Conflict(sentence("这次查找已经结束，请刷新后再看"), code="conflict.search_ended")
    return found


def day_problems(field: str, label: str, day: date | None, *, birth_on: date, today: date) -> list[Problem]:
    """What is wrong with a day on which something happened."""
    named = sentence(label)
    if day is None:
        return [Problem(field, "missing", sentence("“%(label)s”未填写", label=named))]
    if day > today:
        words = sentence(
            "“%(label)s”%(day)s 晚于今天 %(today)s，应不晚于今天", label=named, day=day, today=today
        )
        return [Problem(field, "future", words, day.isoformat())]
    if day < birth_on:
        words = sentence("“%(label)s”%(day)s 早于出生日期，应不早于出生日期", label=named, day=day)
        return [Problem(field, "before_birth", words, day.isoformat())]
    return []


def code_problems(field: str, label: str, code: str, choices: dict[str, str]) -> list[Problem]:
    """What is wrong with a code from a list."""
    named = sentence(label)
    right = "、".join(choices.values())
    if not code:
        return [
            Problem(
                field, "missing", sentence("“%(label)s”没有选择，应为：%(right)s", label=named, right=right)
            )
        ]
    if code not in choices:
        words = sentence(
            "“%(label)s”的值“%(code)s”无效，应为：%(right)s", label=named, code=code[:20], right=right
        )
        return [Problem(field, "wrong_value", words, code[:20])]
    return []


def text_problems(field: str, label: str, text: str, longest: int = LONGEST) -> list[Problem]:
    """What is wrong with a text."""
    n = len(text.strip())
    if n <= longest:
        return []
    words = sentence(
        "“%(label)s”有 %(n)s 字，应不超过 %(longest)s 字", label=sentence(label), n=n, longest=longest
    )
    return [Problem(field, "too_long", words)]


def labels(choices: object, only: object = None) -> dict[str, str]:
    """Code → words of a TextChoices, or of some of its codes."""
    pairs = choices.choices  # type: ignore[attr-defined]
    return {code: str(words) for code, words in pairs if only is None or code in only}  # type: ignore[operator]
