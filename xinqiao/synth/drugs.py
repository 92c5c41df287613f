"""A small table of drugs with usual doses, for rows that look as they do in the field. Not for dosing."""

from __future__ import annotations

from random import Random
from typing import Any

Row = dict[str, Any]


def _oral(drug: str, morning: float = 0, noon: float = 0, night: float = 0) -> Row:
    return {
        "drug": drug,
        "long_acting": False,
        "morning": morning,
        "noon": noon,
        "night": night,
        "unit": "mg",
    }


def _depot(drug: str, dose: float, every: int, unit: str) -> Row:
    return {"drug": drug, "long_acting": True, "dose": dose, "every": every, "every_unit": unit, "unit": "mg"}


_PSYCHOSIS: tuple[tuple[Row, int], ...] = (
    (_oral("利培酮", 2, 0, 2), 22),
    (_oral("利培酮", 1, 0, 3), 8),
    (_oral("奥氮平", 0, 0, 10), 18),
    (_oral("奥氮平", 5, 0, 10), 6),
    (_oral("氯氮平", 100, 0, 150), 14),
    (_oral("氯氮平", 50, 0, 200), 6),
    (_oral("阿立哌唑", 15, 0, 0), 8),
    (_oral("喹硫平", 200, 0, 300), 6),
    (_oral("氨磺必利", 200, 0, 400), 4),
    (_oral("舒必利", 300, 0, 300), 5),
    (_oral("奋乃静", 8, 0, 12), 4),
    (_oral("氯丙嗪", 100, 0, 200), 3),
    (_oral("氟哌啶醇", 4, 0, 6), 2),
    (_oral("帕利哌酮", 6, 0, 0), 2),
    (_oral("齐拉西酮", 40, 0, 40), 2),
    (_oral("布南色林", 4, 0, 8), 1),
)
_DEPOT: tuple[Row, ...] = (
    _depot("棕榈酸帕利哌酮注射液", 100, 1, "month"),
    _depot("棕榈酸帕利哌酮注射液", 75, 1, "month"),
    _depot("利培酮微球", 37.5, 2, "week"),
    _depot("癸氟奋乃静注射液", 25, 3, "week"),
    _depot("氟哌啶醇癸酸酯注射液", 50, 4, "week"),
    _depot("棕榈帕利哌酮酯注射液三月剂", 263, 3, "month"),
)
_MOOD: tuple[Row, ...] = (
    _oral("碳酸锂", 250, 250, 500),
    _oral("丙戊酸钠", 500, 0, 500),
    _oral("喹硫平", 100, 0, 300),
    _oral("拉莫三嗪", 100, 0, 100),
    _oral("丙戊酸镁", 250, 0, 500),
)
_EPILEPSY: tuple[Row, ...] = (
    _oral("丙戊酸钠", 400, 200, 400),
    _oral("卡马西平", 200, 100, 200),
    _oral("奥卡西平", 300, 0, 600),
    _oral("氯硝西泮", 0, 0, 2),
)
_BESIDE: tuple[Row, ...] = (
    _oral("苯海索", 2, 0, 2),
    _oral("普萘洛尔", 10, 0, 10),
    _oral("劳拉西泮", 0, 0, 1),
    _oral("艾司唑仑", 0, 0, 1),
    _oral("阿普唑仑", 0, 0, 0.4),
)
_FIRST = [row for row, _ in _PSYCHOSIS]
_WEIGHTS = [weight for _, weight in _PSYCHOSIS]


def regimen(rng: Random, category: str) -> list[Row]:
    """One to three drugs that fit the disorder; about one in fourteen has a long-acting injection."""
    if category == "4":
        rows = rng.sample(_MOOD, 2 if rng.random() < 0.4 else 1)
    elif category == "5":
        rows = [rng.choice(_EPILEPSY)]
        if rng.random() < 0.4:
            rows.append(rng.choices(_FIRST, _WEIGHTS)[0])
    elif rng.random() < 0.07:
        rows = [rng.choice(_DEPOT)]
    else:
        rows = [rng.choices(_FIRST, _WEIGHTS)[0]]
    if rng.random() < 0.22:
        rows.append(rng.choice(_BESIDE))
    return list({row["drug"]: row for row in rows}.values())
