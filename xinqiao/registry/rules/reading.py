"""Reading the values of a person's record: one field at a time, types and codes only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from xinqiao.kernel.codes import full_code, level_of
from xinqiao.kernel.terms import Level
from xinqiao.kernel.words import sentence, term

from ..choices import printed
from .case import Case
from .fields import Field, codes_of, listed_codes
from .identity import OLDEST
from .lists import dated_codes, events, money
from .values import narrow, read_date, read_partial_date, read_phone, tidy


def read_field(case: Case, asked: Field, value: Any, edition: str) -> None:
    reader = _READERS[asked.kind]
    found = reader(case, asked, value, edition)
    if found is not None:
        case.clean[asked.key] = found


def _text(case: Case, asked: Field, value: Any, edition: str) -> str | None:
    text = narrow(value) if asked.key == "icd10" else tidy(value)
    if "\x00" in text:
        case.wrong(
            asked.key, "text", sentence("%(label)s含有不能保存的字符。", label=term(asked.label)), text
        )
        return None
    if len(text) > asked.longest:
        case.wrong(
            asked.key,
            "long",
            sentence(
                "%(label)s有 %(text)s 个字，最多 %(longest)s 个字。",
                label=term(asked.label),
                text=len(text),
                longest=asked.longest,
            ),
            text,
        )
        return None
    return text


def _date(case: Case, asked: Field, value: Any, edition: str) -> date | None:
    found = read_date(value)
    if found is None:
        case.wrong(
            asked.key,
            "date",
            sentence(
                "%(label)s“%(text)s”不是有效日期，请写成 2026-11-21 这样。",
                label=term(asked.label),
                text=narrow(value),
            ),
            narrow(value),
        )
        return None
    return _possible(case, asked, found)


def _partial_date(case: Case, asked: Field, value: Any, edition: str) -> tuple[date, str] | None:
    found = value if isinstance(value, tuple) and len(value) == 2 else read_partial_date(value)
    if found is None:
        case.wrong(
            asked.key,
            "date",
            sentence(
                "%(label)s“%(text)s”看不懂，请写成 2010、2010-05 或 2010-05-08。",
                label=term(asked.label),
                text=narrow(value),
            ),
            narrow(value),
        )
        return None
    day, precision = found
    return (day, str(precision)) if _possible(case, asked, day) else None


def _possible(case: Case, asked: Field, day: date) -> date | None:
    if day > case.today:
        case.wrong(
            asked.key,
            "future",
            sentence(
                "%(label)s %(day)s 晚于今天（%(today)s），请核对。",
                label=term(asked.label),
                day=day.isoformat(),
                today=case.today.isoformat(),
            ),
            day,
        )
        return None
    if day < OLDEST:
        case.wrong(
            asked.key,
            "early",
            sentence("%(label)s %(day)s 太早，请核对年份。", label=term(asked.label), day=day.isoformat()),
            day,
        )
        return None
    return day


def _single(case: Case, asked: Field, value: Any, edition: str) -> str | None:
    listed = codes_of(asked, edition)
    text = narrow(value)
    if any(one.code == text for one in listed):
        return text
    choices = listed_codes(listed[:10])
    if len(listed) > 10:
        choices = sentence("%(choices)s等", choices=choices)
    case.wrong(
        asked.key,
        "code",
        sentence(
            "%(label)s“%(text)s”不在可选范围内，可选：%(choices)s。",
            label=term(asked.label),
            text=text,
            choices=choices,
        ),
        text,
    )
    return None


def _multi(case: Case, asked: Field, value: Any, edition: str) -> list[str] | None:
    given = (
        re.split(r"[,、;\s]+", narrow(value)) if isinstance(value, str) else [narrow(one) for one in value]
    )
    known = {one.code for one in codes_of(asked, edition)}
    strange = [one for one in given if one and one not in known]
    if strange:
        labels = listed_codes(asked.codes)
        case.wrong(
            asked.key,
            "code",
            sentence(
                "%(label)s“%(items)s”不在可选范围内，可选：%(labels)s。",
                label=term(asked.label),
                items="、".join(strange),
                labels=labels,
            ),
            "、".join(strange),
        )
        return None
    alone = [one.label for one in codes_of(asked, edition) if one.exclusive and one.code in given]
    if alone and len({one for one in given if one}) > 1:
        case.wrong(
            asked.key,
            "exclusive",
            sentence(
                "%(label)s选了“%(alone)s”，就不能再选其他项。", label=term(asked.label), alone=term(alone[0])
            ),
        )
        return None
    return sorted({one for one in given if one}, key=lambda code: (len(code), code))


def _int(case: Case, asked: Field, value: Any, edition: str) -> int | None:
    text = narrow(value)
    text = text[:-2] if text.endswith(".0") else text
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,9}", text):
        case.wrong(
            asked.key,
            "int",
            sentence("%(label)s“%(text)s”不是整数。", label=term(asked.label), text=text),
            text,
        )
        return None
    number = int(text)
    if not asked.low <= number <= asked.high:
        case.wrong(
            asked.key,
            "range",
            sentence(
                "%(label)s %(number)s 超出 %(low)s~%(high)s。",
                label=term(asked.label),
                number=number,
                low=asked.low,
                high=asked.high,
            ),
            text,
        )
        return None
    return number


def _bool(case: Case, asked: Field, value: Any, edition: str) -> bool | None:
    words = {"1": True, "是": True, "true": True, "on": True, "0": False, "否": False, "false": False}
    text = narrow(value).lower()
    if text not in words:
        case.wrong(
            asked.key,
            "bool",
            sentence("%(label)s“%(text)s”应为 是 或 否。", label=term(asked.label), text=text),
            text,
        )
        return None
    return words[text]


def _counts(case: Case, asked: Field, value: Any, edition: str) -> dict[str, int] | None:
    """{"1": 2} → itself; {} , ["7"], "7" or "无" → {}: none."""
    if isinstance(value, str):
        text = narrow(value)
        value = (
            {}
            if text in {"无", printed.NO_DANGER}
            else {code: 1 for code in re.split(r"[,、;\s]+", text) if code}
        )
    elif not isinstance(value, Mapping):
        value = {narrow(code): 1 for code in value}
    known = {one.code for one in asked.codes}
    result: dict[str, int] = {}
    for code, count in value.items():
        number = narrow(count) or "0"
        if code not in known:
            case.wrong(
                asked.key,
                "code",
                sentence("%(label)s“%(code)s”不在可选范围内。", label=term(asked.label), code=code),
                code,
            )
            return None
        if not re.fullmatch(r"\d{1,4}(\.0)?", number) or int(float(number)) > asked.high:
            case.wrong(
                asked.key,
                "int",
                sentence(
                    "%(label)s中“%(chosen)s”的次数“%(number)s”应为 0~%(high)s 的整数。",
                    label=term(asked.label),
                    chosen=term(asked.label_of(code)),
                    number=number,
                    high=asked.high,
                ),
                number,
            )
            return None
        if int(float(number)):
            result[code] = int(float(number))
    if printed.NO_DANGER in result and len(result) > 1:
        case.wrong(
            asked.key, "exclusive", sentence("%(label)s选了“无”，就不能再选其他项。", label=term(asked.label))
        )
        return None
    result.pop(printed.NO_DANGER, None)
    return dict(sorted(result.items()))


def _phone(case: Case, asked: Field, value: Any, edition: str) -> str | None:
    text = narrow(value)
    text = text[:-2] if text.endswith(".0") else text
    found = read_phone(text)
    if found is None:
        case.wrong(
            asked.key,
            "phone",
            sentence(
                "%(label)s“%(text)s”不像电话号码：手机为1开头的11位，座机如 0951-6012345。",
                label=term(asked.label),
                text=text,
            ),
            text,
        )
    return found


def _division(case: Case, asked: Field, value: Any, edition: str) -> str | None:
    text = narrow(value)
    try:
        code = full_code(text)
    except ValueError:
        case.wrong(
            asked.key,
            "division",
            sentence("%(label)s“%(text)s”不是区划代码，应为12位数字。", label=term(asked.label), text=text),
            text,
        )
        return None
    if asked.key == "live_code" and level_of(code) is not Level.VILLAGE:
        case.wrong(
            asked.key,
            "level",
            sentence("%(label)s“%(text)s”要选到村或社区。", label=term(asked.label), text=text),
            text,
        )
        return None
    return code


def _id_text(case: Case, asked: Field, value: Any, edition: str) -> str | None:
    """Only the text: what it means depends on the kind of document (`_identity`)."""
    if isinstance(value, float):
        case.wrong(
            asked.key,
            "number",
            sentence("证件号码被存成了数字，末几位已经丢失：请把这一列设为文本后重新录入。"),
            value,
        )
        return None
    return _text(case, asked, value, edition)


_READERS: dict[str, Any] = {
    "text": _text,
    "date": _date,
    "partial_date": _partial_date,
    "single": _single,
    "multi": _multi,
    "int": _int,
    "bool": _bool,
    "counts": _counts,
    "phone": _phone,
    "division": _division,
    "id_number": _id_text,
    "money": money,
    "dated_codes": dated_codes,
    "events": events,
}
