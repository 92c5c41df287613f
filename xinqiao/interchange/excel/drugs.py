"""One drug in one cell: `奥氮平 早0 中0 晚10mg`, `帕利哌酮 长效 每1月 100mg`, `氯氮平 200mg/日`."""

from __future__ import annotations

import re
from typing import Any

_AMOUNT = r"(\d+(?:\.\d+)?)"
_UNIT = r"(mg|g|ml|ug|μg|片|粒|支|毫克|克|毫升)"
_TIMES = re.compile(rf"([早中午晚])\s*[:：]?\s*{_AMOUNT}?\s*{_UNIT}?", re.IGNORECASE)
_EVERY = re.compile(r"每\s*(\d+)?\s*(天|日|周|星期|个月|月)")
_DOSE = re.compile(rf"{_AMOUNT}\s*{_UNIT}", re.IGNORECASE)
_UNITS = {"毫克": "mg", "克": "g", "毫升": "ml"}
_EVERY_UNITS = {"天": "day", "日": "day", "周": "week", "星期": "week", "个月": "month", "月": "month"}


def number(text: str) -> float | int:
    """`10` → 10, `2.5` → 2.5."""
    value = float(text)
    return int(value) if value == int(value) else value


def read_drug(line: str) -> dict[str, Any] | None:
    """One row of drugs, or None when it cannot be told. `line` is cleaned text."""
    name = re.split(
        rf"\s|长效|每\s*\d*\s*[天日周星个月]|[早中午晚]\s*[:：]?\s*\d|(?<!\d){_AMOUNT}\s*{_UNIT}",
        line,
        maxsplit=1,
        flags=re.I,
    )[0]
    name = re.sub(r"^\d{1,2}[.、)）]", "", name).strip(" ,，:：(（")
    rest = line[line.find(name) + len(name) :] if name else line
    if not name or name[0].isdigit():
        return None
    row: dict[str, Any] = {"drug": name[:80], "long_acting": "长效" in line}
    units = {unit for _amount, unit in _DOSE.findall(rest)}
    if len(units) == 1:
        row["unit"] = _UNITS.get(units.pop()) or _DOSE.findall(rest)[0][1].lower()
    times = [(word, amount) for word, amount, _unit in _TIMES.findall(rest) if amount]
    for word, amount in times:
        row[{"早": "morning", "中": "noon", "午": "noon", "晚": "night"}[word]] = number(amount)
    every = _EVERY.search(rest)
    dose = _DOSE.search(_TIMES.sub(" ", rest))
    if every:
        row["every"] = int(every.group(1) or 1)
        row["every_unit"] = _EVERY_UNITS[every.group(2)]
        row["long_acting"] = row["long_acting"] or row["every_unit"] != "day"
    if dose and not times:
        row["dose"] = number(dose.group(1))
        if not every and re.search(r"/\s*(日|天)|每[日天]", rest):
            row["every"], row["every_unit"] = 1, "day"
    if rest.strip(" ,，。.") and not times and not dose and not every and not row["long_acting"]:
        return None
    return row
