"""Villages with names and residents: the real tables for a real division, made-up ones below division 99."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from random import Random

from xinqiao.kernel.codes import ancestors, full_code, level_of, significant
from xinqiao.kernel.terms import Level

from .spec import Spec

#: People on the register per 1,000 residents, when nothing else is known.
PER_THOUSAND = 4.64
_HEADS = "柳石南北东西青白红金银长新大小上下高平双三五七清河沙杨桃梅松竹槐枣梨杏龙凤虎鹤马羊"
_TAILS = (
    "树",
    "桥",
    "湾",
    "坪",
    "岭",
    "塘",
    "泉",
    "溪",
    "坡",
    "沟",
    "原",
    "洼",
    "台",
    "店",
    "营",
    "堡",
    "渡",
    "井",
)


@dataclass(frozen=True, slots=True)
class Place:
    """One division with its residents; `share` weighs how many of the people live in a village (0 above villages)."""

    code: str
    name: str
    residents: int
    share: float = 0.0

    @property
    def level(self) -> Level:
        return level_of(self.code)


def places_of(spec: Spec, residents: int | None = None) -> list[Place]:
    """Every division at and below the one asked for, the upper ones first; residents add up.

    Raises ValueError for a division that the tables do not know.
    """
    top = full_code(spec.division)
    rng = Random(f"places/{spec.seed}/{top}")
    named = dict(_made_up(top, spec.people, rng)) if top.startswith("99") else dict(_real(top, spec))
    total = residents if residents is not None else round(spec.people / PER_THOUSAND * 1000)
    villages = [code for code in named if level_of(code) is Level.VILLAGE]
    if not villages:
        raise ValueError(f"no village known below {top}")
    weights = [_weight(code, rng) for code in villages]
    people_in = dict(zip(villages, _share_out(total, weights), strict=True))
    whole = sum(weights)
    found: dict[str, Place] = {code: Place(code, name, 0) for code, name in sorted(named.items())}
    for code, weight in zip(villages, weights, strict=True):
        found[code] = replace(found[code], share=weight / whole)
        for above in ancestors(code):
            if above in found:
                found[above] = replace(found[above], residents=found[above].residents + people_in[code])
    return sorted(found.values(), key=lambda place: (place.level, place.code))


def _weight(code: str, rng: Random) -> float:
    # Towns are larger than villages, and sizes spread over an order of magnitude.
    base = 1.6 if int(code[9:]) < 200 else 1.0
    return base * rng.lognormvariate(0.0, 0.45)


def _share_out(total: int, weights: list[float]) -> list[int]:
    """Whole numbers in the proportion of `weights` that add up to `total` (largest remainders)."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    given = [int(value) for value in exact]
    order = sorted(range(len(weights)), key=lambda i: exact[i] - given[i], reverse=True)
    for i in islice(order, total - sum(given)):
        given[i] += 1
    return given


def _real(top: str, spec: Spec) -> Iterator[tuple[str, str]]:
    stem = significant(top)
    tables = (("areas.csv", 6), ("streets.csv", 9), ("villages.csv", 12))
    if len(stem) < 6:
        raise ValueError("name a county, a township or a village; whole provinces are only made up below 99")
    for name, width in tables:
        if width < len(stem):
            continue
        path = spec.tables / name
        if not path.exists():
            raise ValueError(f"the division tables are missing ({name}); `make assets` brings them")
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(_starting(lines, stem)):
                if len(row[0]) == width:
                    yield full_code(row[0]), row[1]


def _starting(lines: Iterable[str], stem: str) -> Iterator[str]:
    # The tables are large; only matching lines go through the reader. Codes may stand in quotation marks.
    for line in lines:
        if line.startswith((stem, f'"{stem}')):
            yield line


def _made_up(top: str, people: int, rng: Random) -> Iterator[tuple[str, str]]:
    level = level_of(top)
    wanted = max(4, people // 14)
    yield top, {2: "演示省", 4: "演示市", 6: "演示县", 9: "演示镇", 12: "演示村"}[len(significant(top)) or 2]
    if level is Level.VILLAGE:
        return
    used: set[str] = set()
    townships = [top] if level is Level.TOWNSHIP else []
    if not townships:
        counties = [top] if level is Level.COUNTY else []
        per_township = 14
        count = max(2, -(-wanted // per_township))
        if not counties:
            stem = significant(top)
            for n in range(max(2, -(-count // 14))):
                if len(stem) == 2:
                    city, inside = divmod(n, 10)
                    if inside == 0:
                        yield full_code(f"{stem}{city + 1:02d}"), _name(rng, used) + "市"
                    counties.append(full_code(f"{stem}{city + 1:02d}{inside + 21:02d}"))
                else:
                    counties.append(full_code(f"{stem}{n + 21:02d}"))
                yield counties[-1], _name(rng, used) + "县"
        # Three digits name a township and three a village, so a crowded county has larger townships, not more.
        each = min(-(-count // len(counties)), 300)
        for county in counties:
            for n in range(each):
                townships.append(full_code(county[:6] + f"{100 + n:03d}"))
                yield townships[-1], _name(rng, used) + ("镇" if n % 3 else "乡")
    villages_each = max(2, -(-wanted // len(townships)))
    for township in townships:
        near: set[str] = set()
        for n in range(villages_each):
            town = n == 0
            code = township[:9] + (f"{1 + n:03d}" if town else f"{200 + n:03d}")
            yield code, _name(rng, near) + ("社区居委会" if town else "村委会")


def _name(rng: Random, used: set[str]) -> str:
    for _ in range(50):
        name = rng.choice(_HEADS) + rng.choice(_TAILS)
        if name not in used:
            break
    else:
        name = rng.choice(_HEADS) + rng.choice(_HEADS) + rng.choice(_TAILS)
    used.add(name)
    return name
