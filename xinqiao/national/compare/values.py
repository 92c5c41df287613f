"""Values of an exported list in normal form, comparable with the register's; what cannot be read says nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from xinqiao.interchange.actions.places import Villages
from xinqiao.interchange.excel.dates import NotADate, parse_date
from xinqiao.interchange.excel.text import LOST, clean, prose, squeeze
from xinqiao.kernel.codes import contains, level_of
from xinqiao.kernel.terms import Level
from xinqiao.registry.rules import category_of, check_id_number

_SEX = {"男": "1", "女": "2", "1": "1", "2": "2", "男性": "1", "女性": "2"}
_DISORDERS = (
    ("分裂情感", "2"),
    ("精神分裂", "1"),
    ("偏执", "3"),
    ("妄想性", "3"),
    ("双相", "4"),
    ("癫痫", "5"),
    ("发育迟滞", "6"),
    ("智力发育", "6"),
)
_STATES = (
    ("死亡", "dead"),
    ("失访", "lost"),
    ("迁出", "moved_out"),
    ("转出", "moved_out"),
    ("流出", "moved_out"),
    ("排除", "excluded"),
    ("注销", "excluded"),
    ("误诊", "excluded"),
    ("在管", "registered"),
    ("在册", "registered"),
    ("管理", "registered"),
    ("正常", "registered"),
    ("未管", "registered"),
    ("是", "registered"),
    ("否", "registered"),
)


@dataclass(slots=True)
class ThereRow:
    """One row of the list: normal values by field, the place it belongs to ("" when unknown), and lost digits."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    place: str = ""
    lost_digits: bool = False

    @property
    def identity(self) -> str:
        """Who it is: the number, else name, sex and birth date."""
        one = self.values
        return one.get("id_number") or "|".join(one.get(key, "") for key in ("name", "sex", "birth_on"))


def read_row(number: int, cells: Mapping[str, str], villages: Villages, county: str, today: date) -> ThereRow:
    """`cells` by meaning, as typed."""
    row = ThereRow(number)
    said = {key: text for key, text in cells.items() if text and text.strip()}
    typed = said.get("id_number", "")
    if typed.startswith(LOST):
        row.lost_digits = True
    elif typed:
        checked = check_id_number(squeeze(typed), today=today)
        row.values["id_number"] = checked.number if checked.ok else squeeze(typed).upper()
        if checked.ok and checked.birth_on:
            row.values["birth_on"] = checked.birth_on.isoformat()
            row.values["sex"] = checked.sex or ""
    readers = {
        "name": lambda text: prose(text).replace(" ", ""),
        "sex": lambda text: _SEX.get(re.sub(r"^[12][ .、]*(?=\D)", "", squeeze(text)), ""),
        "birth_on": _day,
        "last_visit_on": _day,
        "visit_class": visit_class,
        "risk": risk,
        "state": lambda text: (
            next((state for word, state in _STATES if word in squeeze(text)), "")
            if "非在册" not in squeeze(text)
            else "excluded"
        ),
        "diagnosis": diagnosis,
        "phone": lambda text: re.sub(r"\D", "", squeeze(text)),
    }
    for key, reader in readers.items():
        if key in said:
            value = reader(said[key])
            if value:
                row.values[key] = value
    row.place = place_of(said, villages, county)
    if row.place and level_of(row.place) is Level.VILLAGE:
        row.values["place"] = row.place
    return row


def _day(text: str) -> str:
    try:
        return parse_date(clean(text))[0].isoformat()
    except NotADate:
        return ""


def visit_class(text: str) -> str:
    """1 不稳定, 2 基本稳定, 3 稳定; "" for anything else."""
    said = squeeze(text)
    if "基本稳定" in said:
        return "2"
    if "不稳定" in said:
        return "1"
    if "稳定" in said:
        return "3"
    return said if said in ("1", "2", "3") else ""


def risk(text: str) -> str:
    """The level's digit."""
    found = re.fullmatch(r"(?:危险性)?([0-5])级?.*", squeeze(text))
    return found.group(1) if found else ""


def diagnosis(text: str) -> str:
    """The register's category 1–6, or 9 for another diagnosis; by words or by ICD-10."""
    said = squeeze(text)
    for word, category in _DISORDERS:
        if word in said:
            return category
    code = re.search(r"[FG]\d\d(?:\.\d+)?", said.upper())
    return category_of(code.group(0)) if code else ""


def place_of(said: Mapping[str, str], villages: Villages, county: str) -> str:
    """Village, else township, of a row; "" when neither can be told. Codes beat names, names must name one village."""
    text = squeeze(said.get("place", ""))
    code = re.fullmatch(r"\d{6,12}", text)
    if code:
        full = text.ljust(12, "0")
        return full if contains(county, full) else ""
    if said.get("village"):
        found = villages.find(said.get("township", ""), said["village"])
        if isinstance(found, str):
            return found
    whole = squeeze(said.get("township", "")) + squeeze(said.get("village", "")) + text
    named: set[str] = set()
    longest = 0
    for name, codes in villages.by_name.items():
        if len(name) > 1 and name in whole and len(codes) == 1:
            if len(name) > longest:
                named, longest = set(codes), len(name)
            elif len(name) == longest:
                named |= codes
    if len(named) == 1:
        return next(iter(named))
    return ""
