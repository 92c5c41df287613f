"""Administrative division codes: 12 digits, 2+2+2+3+3, trailing zeros for the higher levels (GB/T 2260, GB/T 10114).

A code stands for itself and everything below it. `bounds` gives that as a half-open range of strings, which is how
lists, figures and row-level security all ask the same question.
"""

from __future__ import annotations

from .terms import Level

WIDTH = 12
_CUTS: tuple[tuple[Level, int], ...] = (
    (Level.NATION, 0),
    (Level.PROVINCE, 2),
    (Level.CITY, 4),
    (Level.COUNTY, 6),
    (Level.TOWNSHIP, 9),
    (Level.VILLAGE, 12),
)
_LENGTH: dict[Level, int] = dict(_CUTS)
NATION = "0" * WIDTH


def full_code(prefix: str) -> str:
    """Pad a 0-, 2-, 4-, 6-, 9- or 12-digit prefix with zeros to 12 digits; ValueError otherwise."""
    if len(prefix) not in _LENGTH.values() or not (prefix == "" or (prefix.isascii() and prefix.isdigit())):
        raise ValueError(f"not a division code: {prefix!r}")
    return prefix.ljust(WIDTH, "0")


def level_of(code: str) -> Level:
    """Level of a 12-digit code, read from its trailing zeros.

    Prefectures without counties (4419, 4420, 4604, 6202, 4603) have townships directly below `xxxx00`: their
    townships still answer TOWNSHIP, because the county part alone may be zero.
    """
    if len(code) != WIDTH or not code.isdigit():
        raise ValueError(f"not a 12-digit division code: {code!r}")
    for level, cut in reversed(_CUTS):
        start = 0 if cut == 0 else _previous_cut(cut)
        if cut and code[start:cut].strip("0"):
            return level
    return Level.NATION


def _previous_cut(cut: int) -> int:
    cuts = [c for _, c in _CUTS]
    return cuts[cuts.index(cut) - 1]


def significant(code: str) -> str:
    """The part of the code that names the place: `640122000000` → `640122`."""
    return code[: _LENGTH[level_of(code)]]


def bounds(code: str) -> tuple[str, str]:
    """Half-open range of all 12-digit codes at or below `code`.

    The upper bound of the nation is ":" (the character after "9"), so that the range stays one string comparison.
    """
    stem = significant(code)
    if not stem:
        return NATION, ":"
    head, last = stem[:-1], stem[-1]
    upper = head + (chr(ord(last) + 1))
    return code, upper


def contains(upper: str, code: str) -> bool:
    """Whether `code` is `upper` or lies below it."""
    lo, hi = bounds(upper)
    return lo <= code < hi


def ancestors(code: str) -> list[str]:
    """The code itself and everything above it, nearest first, the nation last."""
    stem = significant(code)
    found = [full_code(stem[:cut]) for _, cut in reversed(_CUTS) if cut <= len(stem)]
    return list(dict.fromkeys(found))


def county_of(code: str) -> str:
    return full_code(code[:6])


def township_of(code: str) -> str:
    return full_code(code[:9])
