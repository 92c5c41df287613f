"""What two files that the finder brought together are taken for. The finder gives a probability; these rules name the hard cases.

Nothing here merges. A borrowed card, twins and two people of one name and birthday must reach somebody's eye as what they may be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from xinqiao.registry.rules.alike import NAMES, Likeness, Seen, likeness

#: Pairs less likely than this, in thousandths, are not shown. Somebody looks at each, likeliest first: at 600 one in a hundred
#: of those called the same is two people (`benchmarks/RESULTS.md`), and fewer are missed than further up.
THRESHOLD = 600
#: As many in a hundred files are expected to be there twice: where the finder starts from.
EXPECTED_PERCENT = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """Two files, the smaller key first; `score` in thousandths; `agreed` reasons of `rules.alike` and FOUND."""

    first: UUID
    second: UUID
    kind: str
    score: int
    agreed: tuple[str, ...]


def judge(row: Mapping[str, Any]) -> Found | None:
    """`row`: the finder's columns of both sides (`name_l`, `name_r`, …) and `match_probability`.

    None when the names have nothing in common and neither a number nor a family's phone is shared: neighbours of one age.
    """
    left, right = _seen(row, "l"), _seen(row, "r")
    close = likeness(left, right)
    shared = bool(set(row["phones_l"] or ()) & set(row["phones_r"] or ()))
    agreed = [one for one in close.reasons if one != "sex_differs"]
    if shared:
        agreed.append("shared_phone")
    numbers = row["number_l"], row["number_r"]
    if all(numbers) and numbers[0] != numbers[1]:
        agreed.append("number_differs")
    if "sex_differs" in close.reasons or left.sex != right.sex:
        agreed.append("sex_differs")
    if not any(one in NAMES for one in agreed):
        agreed.append("name_differs")
    if left.birth_on and right.birth_on and not any(one.startswith("birth") for one in agreed):
        agreed.append("birth_differs")
    family = shared and (left.name[:1] == right.name[:1] or left.village == right.village)
    if "name_differs" in agreed and "number" not in agreed and not family:
        return None
    first, second = sorted((UUID(row["unique_id_l"]), UUID(row["unique_id_r"])))
    score = max(0, min(1000, int(float(row["match_probability"]) * 1000)))
    return Found(first, second, kind_of(close, agreed, shared), score, tuple(agreed))


def kind_of(close: Likeness, agreed: list[str], shared_phone: bool) -> str:
    """number: one document number, and a name, a birth date or a sex that do not fit: a borrowed card, or a slip. twins: born on
    one day, of one home, with names or sexes that differ and no number in common; names one character apart only when each has a
    number of its own, which a second file of one person often lacks. Otherwise same."""
    reasons = set(agreed)
    if "number" in reasons:
        fits = not reasons & {"name_differs", "birth_differs", "sex_differs"}
        return "same" if fits else "number"
    one_home = shared_phone or "village" in reasons
    others = reasons & {"name_differs", "sex_differs"} or {"name_one_off", "number_differs"} <= reasons
    if "birth" in reasons and one_home and others:
        return "twins"
    return "same"


def _seen(row: Mapping[str, Any], side: str) -> Seen:
    number, pinyin = row[f"number_{side}"], row[f"pinyin_{side}"]
    birth = row[f"birth_{side}"]
    return Seen(
        name=row[f"name_{side}"],
        sound=frozenset([pinyin] if pinyin else []),
        looks=row[f"looks_{side}"],
        sex=row[f"sex_{side}"],
        birth_on=date(int(birth[:4]), int(birth[4:6]), int(birth[6:])) if birth else None,
        numbers=frozenset([number.encode()] if number else []),
        village=row[f"village_{side}"],
    )
