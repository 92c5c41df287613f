"""How alike two people on paper are, and in what: decided from what is in hand. No rule here says that two are one person.

Points are ours (no document gives any): what is rarely equal by chance weighs much, what families share weighs little, and
only several agreements together reach THRESHOLD. `benchmarks/RESULTS.md` says what the bulk finder, which weighs by
frequencies, found on people with known truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .identity import check_digit
from .values import read_date

#: From so many points on two people are shown as possibly one.
THRESHOLD = 50
POINTS = {
    "number": 100, "number_near": 45, "name": 35, "name_sound": 30, "name_looks": 30, "name_former": 30, "name_one_off": 14,
    "birth": 30, "birth_swapped": 24, "birth_near": 20, "guardian_phone": 25, "phone": 25, "village": 8, "township": 4,
    "sex_differs": -15,
}  # fmt: skip
NAMES = ("name", "name_sound", "name_looks", "name_former", "name_one_off")
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one side. Texts may be empty, dates None; `sound` is the pinyin, `looks` the key of looks
    (`naming`), `former` folded other names, `numbers` and `phones` keyed hashes."""

    name: str = ""
    sound: frozenset[str] = frozenset()
    looks: str = ""
    former: frozenset[str] = frozenset()
    sex: str = ""
    birth_on: date | None = None
    numbers: frozenset[bytes] = frozenset()
    near: frozenset[bytes] = frozenset()
    guardian_phones: frozenset[bytes] = frozenset()
    phones: frozenset[bytes] = frozenset()
    village: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` 0–100, `reasons` keys of POINTS, strongest first; `twins`: all but the name and the number agree."""

    score: int
    reasons: tuple[str, ...] = ()
    twins: bool = False

    @property
    def alike(self) -> bool:
        return self.score >= THRESHOLD


def likeness(typed: Seen, other: Seen) -> Likeness:
    """Compare somebody typed with somebody who has a file. `typed.near` are hashes of numbers one slip away."""
    reasons = [one for one in (_number(typed, other), _name(typed, other), _birth(typed, other)) if one]
    if typed.guardian_phones & other.guardian_phones:
        reasons.append("guardian_phone")
    if typed.phones & other.phones:
        reasons.append("phone")
    if typed.village and other.village:
        if typed.village == other.village:
            reasons.append("village")
        elif typed.village[:9] == other.village[:9]:
            reasons.append("township")
    if typed.sex and other.sex and typed.sex != other.sex and "number" not in reasons:
        reasons.append("sex_differs")
    score = max(0, min(100, sum(POINTS[one] for one in reasons)))
    same_home = "guardian_phone" in reasons or "village" in reasons
    named = any(one in NAMES for one in reasons if one != "name_one_off")
    twins = "birth" in reasons and same_home and not named and "number" not in reasons
    return Likeness(score, tuple(sorted(reasons, key=lambda one: -POINTS[one])), twins)


def _number(typed: Seen, other: Seen) -> str:
    if typed.numbers & other.numbers:
        return "number"
    return "number_near" if typed.near & other.numbers else ""


def _name(typed: Seen, other: Seen) -> str:
    if not typed.name or not other.name:
        return ""
    if typed.name == other.name:
        return "name"
    if typed.sound & other.sound:
        return "name_sound"
    if typed.looks and typed.looks == other.looks:
        return "name_looks"
    if typed.name in other.former or other.name in typed.former:
        return "name_former"
    return "name_one_off" if one_off(typed.name, other.name) else ""


def one_off(name: str, other: str) -> bool:
    """Two names of at least three characters with the same first one that differ in one: another, one more, one less."""
    if min(len(name), len(other)) < 2 or max(len(name), len(other)) < 3 or name[0] != other[0]:
        return False
    if len(name) == len(other):
        return sum(a != b for a, b in zip(name, other, strict=True)) == 1
    longer, shorter = (name, other) if len(name) > len(other) else (other, name)
    return len(longer) - len(shorter) == 1 and any(
        longer[:at] + longer[at + 1 :] == shorter for at in range(1, len(longer))
    )


def _birth(typed: Seen, other: Seen) -> str:
    if typed.birth_on is None or other.birth_on is None:
        return ""
    if typed.birth_on == other.birth_on:
        return "birth"
    if swapped(typed.birth_on) == other.birth_on:
        return "birth_swapped"
    return "birth_near" if one_slip(typed.birth_on, other.birth_on) else ""


def swapped(day: date) -> date | None:
    """Day and month the other way round; None when that is no date, or the same."""
    if day.day > 12 or day.day == day.month:
        return None
    return date(day.year, day.day, day.month)


def one_slip(day: date, other: date) -> bool:
    """Whether `other` is one of `near_days(day)`, without making them: many are compared with one."""
    one, two = day.strftime("%Y%m%d"), other.strftime("%Y%m%d")
    apart = [at for at in range(8) if one[at] != two[at]]
    if len(apart) == 1:
        return True
    return len(apart) == 2 and apart[1] - apart[0] == 1 and one[apart[0]] == two[apart[1]] and one[apart[1]] == two[apart[0]]  # fmt: skip


def near_days(day: date) -> frozenset[date]:
    """Dates that one slip makes of this one: a digit of year, month or day mistyped, or two neighbours swapped."""
    text = day.strftime("%Y%m%d")
    made = (_read(one) for one in _slips(text))
    return frozenset(one for one in made if one is not None and one != day)


def _read(text: str) -> date | None:
    found: date | None = read_date(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    return found if found is not None and found.year >= 1900 else None


def _slips(text: str) -> list[str]:
    """One digit another, or two neighbours swapped."""
    made = [
        text[:at] + digit + text[at + 1 :]
        for at in range(len(text))
        for digit in _DIGITS
        if digit != text[at]
    ]
    made += [
        text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        for at in range(len(text) - 1)
        if text[at] != text[at + 1]
    ]
    return made


def near_numbers(number: str) -> frozenset[str]:
    """Identity numbers one slip away that can have been stored, thus with a right check digit: a digit of the first 17
    changed or two neighbours swapped, the check digit going along (as when a 15-digit number was converted), or kept
    when what was typed fails the check. Empty for other documents."""
    if len(number) != 18 or not number[:17].isascii() or not number[:17].isdigit():
        return frozenset()
    body, last = number[:17], number[17]
    made = {one + check_digit(one) for one in (*_slips(body), body)}
    if last.isdigit() and body[16] != last:  # the last two swapped
        made.add(body[:16] + last + check_digit(body[:16] + last))
    return frozenset(one for one in made if one != number and _possible(one))


def _possible(number: str) -> bool:
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return True
