"""Name → what is stored to find it: folded name, full pinyin, initials."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from .surnames import SINGLE, surname_of

#: Longest that is stored of a reading; longer names are found by their beginning.
LONGEST_READING = 120


@dataclass(frozen=True, slots=True)
class NameKeys:
    """`name`: letters, digits and Han characters only, lower case. `pinyin`: without tones and gaps, ü as v. `initials`:
    first letter of each syllable. A character without a reading is left out of the two last."""

    name: str
    pinyin: str
    initials: str


def fold(text: str) -> str:
    """A name without dots, gaps and case: 阿依古丽·买买提 and 阿依古丽买买提 are one. Compatibility forms of a character count as
    the character."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in wide.casefold() if sign.isalnum() or is_han(sign))


def is_han(sign: str) -> bool:
    """Also what only lies in an extension block, or in a private area where a rare character was once put."""
    code = ord(sign)
    return (
        0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
        or 0xE000 <= code <= 0xF8FF
        or code in (0x3007, 0x25CB)
    )


@lru_cache(maxsize=4096)
def keys_of(name: str) -> NameKeys:
    """What is stored beside a name."""
    folded = fold(name)
    surname = surname_of(folded)
    syllables = _split(SINGLE[surname][0], surname) if surname else []
    syllables += _read(folded[len(surname) :])
    pinyin = "".join(syllables)
    return NameKeys(
        folded[:LONGEST_READING], pinyin[:LONGEST_READING], "".join(one[0] for one in syllables)[:60]
    )


def _split(reading: str, surname: str) -> list[str]:
    """The reading of a surname of two characters as two syllables."""
    if len(surname) == 1:
        return [reading]
    for tail in _candidates(surname[-1], reading):
        return [reading[: -len(tail)], tail]
    return [reading]


def _candidates(sign: str, reading: str) -> list[str]:
    from pypinyin import Style, pinyin

    found = set(pinyin(sign, style=Style.NORMAL, heteronym=True, v_to_u=False)[0])
    return sorted((one for one in found if reading.endswith(one) and one != reading), key=len, reverse=True)


def _read(folded: str) -> list[str]:
    """Syllables of the rest of a name; letters and digits stand for themselves."""
    if not folded:
        return []
    # Loaded when first used: the dictionary takes some ten megabytes and a third of a second.
    from pypinyin import Style, lazy_pinyin

    read = lazy_pinyin(folded, style=Style.NORMAL, v_to_u=False, errors=_unknown)  # type: ignore[arg-type]
    return [plain for one in read if (plain := _plain(one))]


def _unknown(signs: str) -> list[str]:
    """Letters as words; a Han character that the dictionary does not know is left out."""
    return ["".join(sign if sign.isascii() else " " for sign in _stripped(signs))]


def _stripped(text: str) -> str:
    """Latin letters without their marks."""
    return "".join(s for s in unicodedata.normalize("NFKD", text) if not unicodedata.combining(s))


def _plain(text: str) -> str:
    marked = text.replace("ü", "v").replace("ê", "e")
    return "".join(sign for sign in _stripped(marked).lower() if sign.isascii() and sign.isalnum())
