"""The citizen identity number (GB 11643): shape, check digit, birth date and sex in it, and clear sentences about what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xinqiao.kernel.errors import Problem
from xinqiao.kernel.words import sentence

from .values import narrow

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
#: First two digits in use: provinces, and the residence permits of Hong Kong, Macao and Taiwan.
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
#: Reserved by this product for people who do not exist.
MADE_UP = "99"
OLDEST = date(1890, 1, 1)


@dataclass(frozen=True, slots=True)
class IdCheck:
    """`number`: 18 characters, capital X (or what was typed, when it cannot be read). `flags`: id_converted (15 digits),
    id_made_up (division 99), id_unknown_division (an old code, perhaps)."""

    number: str
    problems: list[Problem] = field(default_factory=list)
    birth_on: date | None = None
    sex: str = ""
    flags: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


def check_digit(first_17: str) -> str:
    """The 18th character that belongs to 17 digits."""
    return CHECK_DIGITS[sum(int(d) * w for d, w in zip(first_17, WEIGHTS, strict=True)) % 11]


def check_id_number(text: Any, *, today: date | None = None, key: str = "id_number") -> IdCheck:
    """Normalise and check one identity number. Spaces, dashes, full-width digits and a small x are put right in silence."""
    typed = narrow(text)
    number = re.sub(r"[\s\-'`]", "", typed).upper()

    def wrong(code: str, message: str) -> IdCheck:
        return IdCheck(number, [Problem(key, code, message, typed)])

    if not number:
        return wrong("missing", sentence("身份证号没有填写。"))
    if re.fullmatch(r"\d+(\.\d+)?E\+?\d+", number):
        return wrong(
            "number",
            sentence(
                "身份证号“%(typed)s”被存成了数字，末几位已经丢失：请把这一列设为文本后重新录入。", typed=typed
            ),
        )
    if not re.fullmatch(r"\d{15}|\d{17}[\dX]", number):
        return wrong("shape", _shape(typed, number))
    flags: list[str] = []
    if len(number) == 15:
        body = number[:6] + "19" + number[6:]
        number = body + check_digit(body)
        flags.append("id_converted")
    elif check_digit(number[:17]) != number[17]:
        lost = len(set(number[15:])) == 1 and number.endswith("000")
        hint = (
            sentence("末三位都是 0，很可能被表格软件存成了数字，请从证件上重新录入。")
            if lost
            else sentence("请对照证件逐位核对。")
        )
        return wrong(
            "checksum",
            sentence(
                "身份证号第18位校验不符（“%(number)s”应为“%(right)s”）：%(hint)s",
                number=number[17],
                right=check_digit(number[:17]),
                hint=hint,
            ),
        )
    try:
        birth_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return wrong(
            "birth", sentence("身份证号第7至14位“%(number)s”不是一个日期，请核对。", number=number[6:14])
        )
    if birth_on < OLDEST or (today is not None and birth_on > today):
        return wrong(
            "birth",
            sentence(
                "身份证号中的出生日期 %(birth_on)s 不可能，请核对第7至14位。", birth_on=birth_on.isoformat()
            ),
        )
    if number[:2] == MADE_UP:
        flags.append("id_made_up")
    elif number[:2] not in PROVINCES:
        flags.append("id_unknown_division")
    return IdCheck(number, [], birth_on, "1" if int(number[16]) % 2 else "2", flags)


def _shape(typed: str, number: str) -> str:
    odd = sorted({sign for sign in number[:17] if not sign.isdigit()})
    if odd and len(number) == 18:
        return sentence(
            "身份证号“%(typed)s”含有“%(items)s”：前17位只能是数字，末位是数字或 X。",
            typed=typed,
            items="".join(odd),
        )
    if len(number) == 18:
        return sentence(
            "身份证号“%(typed)s”的末位“%(number)s”不对：末位是数字或 X。", typed=typed, number=number[17]
        )
    if len(number) == 17:
        return sentence("身份证号“%(typed)s”少一位：应为18位，现在是17位。", typed=typed)
    if len(number) == 19:
        return sentence("身份证号“%(typed)s”多一位：应为18位，现在是19位。", typed=typed)
    return sentence(
        "身份证号“%(typed)s”是%(number)s位，应为18位（旧证15位也可以）。", typed=typed, number=len(number)
    )


def same_document(number: str) -> str:
    """The form of any document number that is hashed and compared: no spaces, capitals."""
    return re.sub(r"[\s\-]", "", narrow(number)).upper()
