"""What becomes of each division when borders change: from the words of the decision to rows old → new. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xinqiao.kernel.codes import level_of
from xinqiao.kernel.terms import Level


@dataclass(frozen=True, slots=True)
class Named:
    """A division by code and name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Became:
    """One division before and after: `old` empty for one that is new, equal codes for one that stays."""

    old_code: str
    old_name: str
    new_code: str
    new_name: str

    @property
    def carries(self) -> bool:
        """Whether what belonged to the old code belongs to another one now."""
        return bool(self.old_code) and self.old_code != self.new_code


def digits(code: str) -> tuple[int, int]:
    """From where to where in the 12 digits a division's own number stands."""
    return (6, 9) if level_of(code) is Level.TOWNSHIP else (9, 12)


def free_code(parent: str, like: str, taken: set[str]) -> str:
    """A code below `parent` with the own number of `like` where it is free, else the next free one, else a local one (9xx)."""
    start, end = (6, 9) if level_of(parent) is Level.COUNTY else (9, 12)
    wanted = int(like[start:end])
    numbers = [wanted, *range(wanted + 1, wanted // 100 * 100 + 100), *range(900, 1000), *range(1, 900)]
    codes = (f"{parent[:start]}{number:03d}".ljust(12, "0") for number in numbers)
    return next(code for code in codes if code not in taken)


def below(parent: str, villages: Iterable[Named], taken: set[str]) -> list[Became]:
    """Villages that go below another township, each with a code of its own there; `taken` grows."""
    found = []
    for village in villages:
        code = free_code(parent, village.code, taken)
        taken.add(code)
        found.append(Became(village.code, village.name, code, village.name))
    return found


def renamed(one: Named, name: str) -> list[Became]:
    return [Became(one.code, one.name, one.code, name)]


def recoded(one: Named, villages: Sequence[Named], code: str, name: str, taken: set[str]) -> list[Became]:
    """Another code, with all that lies below: also a township that goes to another county."""
    return [Became(one.code, one.name, code, name or one.name), *below(code, villages, taken | {code})]


def merged(one: Named, villages: Sequence[Named], into: Named, taken: set[str]) -> list[Became]:
    """A township (with its villages) or a village goes up in another one."""
    return [Became(one.code, one.name, into.code, into.name), *below(into.code, villages, set(taken))]


def split(new: Named, villages: Sequence[Named], taken: set[str]) -> list[Became]:
    """Some villages of a township form a new one."""
    return [Became("", "", new.code, new.name), *below(new.code, villages, taken | {new.code})]


def split_by_people(village: Named, new: Named) -> list[Became]:
    """A village gives some of its people to a new one: who, the county says afterwards."""
    return [
        Became(village.code, village.name, village.code, village.name),
        Became("", "", new.code, new.name),
    ]


def undone(rows: Sequence[Became], made_new: set[str]) -> list[Became] | None:
    """The rows that take a change back, or None when people of two places were put together and nobody can tell them apart.

    `made_new` are the codes that the change itself opened.
    """
    back: list[Became] = []
    home = next(
        (row.old_code[:9] + "000" for row in rows if row.carries and level_of(row.old_code) is Level.VILLAGE),
        "",
    )
    for row in rows:
        if row.old_code == row.new_code or (row.old_code and row.new_code in made_new):
            back.append(Became(row.new_code, row.new_name, row.old_code, row.old_name))
        elif row.old_code and level_of(row.old_code) is Level.VILLAGE:
            return None
        elif row.old_code:
            back.append(Became("", "", row.old_code, row.old_name))
        else:
            stays = next((one.old_code for one in rows if one.old_code == one.new_code), home)
            if not stays:
                return None
            back.append(Became(row.new_code, row.new_name, stays, ""))
    return [one for one in back if one.old_code != one.new_code or one.old_name != one.new_name]
