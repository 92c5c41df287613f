"""What somebody typed into the search → beginnings to look for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .keys import _stripped, fold, is_han
from .surnames import SINGLE

SHORTEST_INITIALS = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """`name`: beginning of the folded name. `pinyin`: beginnings of the reading. `initials`: beginning of the initials.
    `surnames`: (surname, reading of it that is stored, rest of the reading) for a reading that people also try."""

    name: str = ""
    pinyin: tuple[str, ...] = ()
    initials: str = ""
    surnames: tuple[tuple[str, str, str], ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.name or self.pinyin)


def read_typed(text: str) -> Wanted:
    """Han characters ask for the name, Latin letters for its pinyin or initials; anything else for nothing."""
    folded = fold(text)
    if any(is_han(sign) for sign in folded):
        return Wanted(name=folded)
    letters = _latin(text)
    if not re.fullmatch(r"[a-z]{1,40}", letters):
        return Wanted()
    return Wanted(pinyin=_readings(letters), initials=letters, surnames=tuple(_tried(letters)))


def _latin(text: str) -> str:
    """zhāng sān, Zhang San, zhang'san → zhangsan; ü, and u: for it, as v."""
    small = text.casefold().replace("u:", "v")
    small = re.sub("[üǖǘǚǜ]", "v", small)
    return re.sub(r"[\s'’·.\-,]+", "", _stripped(small))


def _readings(letters: str) -> tuple[str, ...]:
    """Also with v where lu, nu, lyu or nyu may stand for lü and nü."""
    with_v = re.sub(r"(?<![a-z])([ln])y?u(?=$|[a-z])", r"\1v", letters)
    all_v = re.sub(r"([ln])yu", r"\1v", letters)
    return tuple(dict.fromkeys((letters, with_v, all_v)))


def _tried(letters: str) -> list[tuple[str, str, str]]:
    """Surnames with another reading than the stored one, with which the letters begin."""
    return [
        (surname, readings[0], letters[len(other) :])
        for surname, readings in SINGLE.items()
        for other in readings[1:]
        if letters.startswith(other) and other != readings[0]
    ]
