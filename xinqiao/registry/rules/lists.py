"""Readers of answers that carry dates of their own, and of amounts: diseases with the time of diagnosis, operations, yuan."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from xinqiao.kernel.words import sentence, term

from ..choices import printed
from .case import Case
from .fields import Field, listed_codes
from .identity import OLDEST
from .values import narrow, read_partial_date, tidy

NOTHING = frozenset({"无", "没有", "否"})
#: A date at the end of what was written: 阑尾切除 2010-05, 骨折2012年3月.
_DATE_AT_END = re.compile(
    r"^(.*?)[\s,，:：(（]*((?:19|20)\d{2}(?:\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2}\s*日?)?\s*月?)?年?)[)）]?$"
)
_MOST = 10
_LONGEST = 60


def money(case: Case, asked: Field, value: Any, edition: str) -> Decimal | None:
    """Yuan with at most two decimals, more than nothing, below a million."""
    text = narrow(value).replace(",", "").removesuffix("元").strip()
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 < amount < 1_000_000 or amount != amount.quantize(Decimal("0.01")):
        case.wrong(
            asked.key,
            "money",
            sentence("%(label)s“%(text)s”应为大于 0 的金额，如 2400。", label=term(asked.label), text=text),
            text,
        )
        return None
    return amount.quantize(Decimal("0.01"))


def dated_codes(case: Case, asked: Field, value: Any, edition: str) -> dict[str, str] | None:
    """{"2": "2010-05"} or 高血压 2010-05；糖尿病 → code: time ("" when not known). `1 无` alone is {}."""
    given = _by_code(asked, value) if isinstance(value, str) else None
    if given is None:
        given = list(value.items()) if isinstance(value, Mapping) else [(one, "") for one in value or ()]
    found: dict[str, str] = {}
    for code, on in given:
        if code not in asked.labels:
            labels = listed_codes(asked.codes)
            case.wrong(
                asked.key,
                "code",
                sentence(
                    "%(label)s“%(code)s”不在可选范围内，可选：%(labels)s。",
                    label=term(asked.label),
                    code=code,
                    labels=labels,
                ),
                code,
            )
            return None
        when = _time(case, asked, on, asked.label_of(code))
        if when is None:
            return None
        found[code] = when
    if printed.NONE in found and len(found) > 1:
        case.wrong(
            asked.key, "exclusive", sentence("%(label)s选了“无”，就不能再选其他项。", label=term(asked.label))
        )
        return None
    found.pop(printed.NONE, None)
    return dict(sorted(found.items(), key=lambda pair: (len(pair[0]), pair[0])))


def events(case: Case, asked: Field, value: Any, edition: str) -> list[dict[str, str]] | None:
    """[{"name": 阑尾切除, "on": 2010-05}] or 阑尾切除 2010-05；骨折 2012 → the same list; 无 or an empty list is []."""
    given = (
        _named(value)
        if isinstance(value, str)
        else [(one.get("name", ""), one.get("on", "")) for one in value]
    )
    found: list[dict[str, str]] = []
    for name, on in given:
        words = tidy(name)
        if not words:
            case.wrong(
                asked.key,
                "missing",
                sentence(
                    "%(label)s写了时间“%(narrow)s”，没有写名称。", label=term(asked.label), narrow=narrow(on)
                ),
                narrow(on),
            )
            return None
        if len(words) > _LONGEST or "\x00" in words:
            case.wrong(
                asked.key,
                "long",
                sentence("%(label)s的名称最多 %(longest)s 个字。", label=term(asked.label), longest=_LONGEST),
                words[:_LONGEST],
            )
            return None
        when = _time(case, asked, on, words)
        if when is None:
            return None
        found.append({"name": words, "on": when})
    if len(found) > _MOST:
        case.wrong(
            asked.key, "many", sentence("%(label)s最多记 %(most)s 次。", label=term(asked.label), most=_MOST)
        )
        return None
    return found


def _time(case: Case, asked: Field, on: Any, of: str) -> str | None:
    """A time as fine as it is known, in ISO form; "" when none is given; None when it is wrong."""
    text = narrow(on)
    if not text:
        return ""
    found = read_partial_date(text)
    if found is None:
        case.wrong(
            asked.key,
            "date",
            sentence(
                "%(label)s中“%(of)s”的时间“%(text)s”看不懂，请写成 2010 或 2010-05。",
                label=term(asked.label),
                of=of,
                text=text,
            ),
            text,
        )
        return None
    day, precision = found
    if not OLDEST <= day <= case.today:
        case.wrong(
            asked.key,
            "future",
            sentence(
                "%(label)s中“%(of)s”的时间 %(text)s 晚于今天或太早，请核对。",
                label=term(asked.label),
                of=of,
                text=text,
            ),
            text,
        )
        return None
    return day.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)]


def _parts(text: str) -> Iterable[str]:
    return (part.strip() for part in re.split(r"[;；、\n]+", text) if part.strip())


def _named(text: str) -> list[tuple[str, str]]:
    if narrow(text) in NOTHING:
        return []
    return [
        (match.group(1), match.group(2)) if (match := _DATE_AT_END.match(part)) else (part, "")
        for part in _parts(text)
    ]


def _by_code(asked: Field, text: str) -> list[tuple[str, str]]:
    """Labels or codes with an optional time behind each; what is no label stays as it is and is refused by its name."""
    names = {label: code for code, label in asked.labels.items()} | {code: code for code in asked.labels}
    found = []
    for part in _parts(text.replace(",", ";").replace("，", ";")):
        match = _DATE_AT_END.match(part)
        words, on = (
            (match.group(1).strip(), match.group(2)) if match and match.group(1).strip() else (part, "")
        )
        found.append((names.get(words, names.get(re.sub(r"\s+", "", words), words)), on))
    return found


def time_known(text: str) -> date | None:
    """The first day of a stored time, for comparing."""
    found = read_partial_date(text)
    return found[0] if found else None
