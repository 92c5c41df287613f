"""The columns of the two workbooks, derived from the two registers of fields: 患者名册 (F06, F07) and 随访记录 (F08).

A column is called by the label of its field. `headings(kind)` is the whole truth about columns: the blank template prints it
and the reader recognises it, in any order and under the other names listed here. Shapes of the cells that hold several things:

* multiple choice: codes or labels with 、 between them (`1、3` or `幻觉、猜疑`);
* counts of acts: `肇事1次;自伤2次`, or `无`; or one column per act (`肇事次数`);
* drugs: columns 用药1 … 用药6 and 用药指导1 … 3, each one drug: `奥氮平 早0 中0 晚10mg`, long-acting
  `帕利哌酮 长效 每1月 100mg`; or four columns per drug (药名1, 早1, 中1, 晚1);
* a visit names its person by 身份证号, or by 档案编号 when the register gives one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal, Protocol

from xinqiao.followup.rules.fields import FIELDS as VISIT_FIELDS
from xinqiao.registry.rules.fields import FIELDS as PERSON_FIELDS
from xinqiao.registry.rules.fields import codes_of

from .synonyms import GRADES, OTHER_WORDS, SYNONYMS
from .text import clean

Sheet = Literal["people", "visits"]
Kind = Literal[
    "text", "name", "number", "texts", "date", "partial", "int", "bool", "single", "multi", "counts", "drugs"
]
SHEETS: dict[Sheet, str] = {"people": "患者名册", "visits": "随访记录"}
SHEET_WORDS: dict[Sheet, tuple[str, ...]] = {
    "people": ("名册", "花名册", "患者", "登记"),
    "visits": ("随访",),
}
DRUGS_IN_USE, DRUGS_ADVISED = 6, 3


class Code(Protocol):
    """One printed code of a field."""

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def exclusive(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Heading:
    """One column. `key` is the field's key, or `field.part` for one of several columns of a field (`drugs.1`,
    `drugs.1.morning`, `danger_acts.2`); `names` maps the normal form of a label (and of what people write instead) to its code."""

    key: str
    title: str
    kind: Kind
    synonyms: tuple[str, ...] = ()
    codes: tuple[Any, ...] = ()
    names: dict[str, str] = field(default_factory=dict, compare=False)
    required: bool = False
    #: Printed in the template; the others are only recognised.
    printed: bool = True
    private: bool = False
    hint: str = ""

    @property
    def field(self) -> str:
        return self.key.split(".", 1)[0]


_KINDS: dict[str, Kind] = {
    "text": "text",
    "date": "date",
    "partial_date": "partial",
    "single": "single",
    "multi": "multi",
    "int": "int",
    "bool": "bool",
    "counts": "counts",
    "phone": "number",
    "id_number": "number",
    "division": "text",
    "texts": "texts",
    "drugs": "drugs",
    "money": "text",
    "dated_codes": "text",
    "events": "text",
}

_UNITS = {"morning": "早", "noon": "中", "night": "晚"}


@lru_cache(maxsize=1)
def _visits() -> tuple[Heading, ...]:
    found = [
        Heading(
            "id_number",
            "身份证号",
            "number",
            ("证件号码", "身份证号码", "公民身份号码", "身份证", "证件号"),
            required=True,
            private=True,
            hint="与名册上的身份证号一致；整列请设为“文本”格式",
        ),
        Heading(
            "file_no",
            "档案编号",
            "number",
            ("编号", "档案号", "健康档案编号", "患者编号"),
            hint="没有身份证号时，用名册上的档案编号对应到人",
        ),
        Heading("name", "姓名", "name", ("患者姓名",), hint="只用来核对，与名册不符会提示"),
    ]
    for each in VISIT_FIELDS.values():
        found.extend(_columns(each))
    return tuple(found)


@lru_cache(maxsize=1)
def _people() -> tuple[Heading, ...]:
    found: list[Heading] = []
    for each in PERSON_FIELDS.values():
        found.extend(_columns(each))
        if each.key == "id_number":
            found.append(
                Heading(
                    "different_because",
                    "同号说明",
                    "text",
                    ("重号说明", "同一号码原因"),
                    hint="确有两人用同一号码（如借用证件）时写明原因",
                )
            )
        if each.key == "live_code":
            found.append(
                Heading(
                    "township",
                    "乡镇",
                    "text",
                    ("乡镇街道", "所属乡镇", "乡镇名称", "所在乡镇", "街道"),
                    hint="没有村代码时，按乡镇名与村名查找",
                )
            )
            found.append(
                Heading(
                    "village",
                    "村(居)委会",
                    "text",
                    ("村", "所属村", "村名", "村社区", "居委会", "所在村", "村居"),
                    hint="没有村代码时，按乡镇名与村名查找",
                )
            )
    found.append(
        Heading(
            "file_no",
            "档案编号",
            "number",
            ("编号", "档案号", "健康档案编号", "患者编号"),
            hint="只用来把同一文件中的随访记录对应到人",
        )
    )
    return tuple(found)


def headings(sheet: Sheet) -> tuple[Heading, ...]:
    """Every column that is recognised, in the order of the template; `printed` ones stand in the template."""
    return _people() if sheet == "people" else _visits()


def printed(sheet: Sheet) -> list[Heading]:
    """The columns of the blank template."""
    return [heading for heading in headings(sheet) if heading.printed]


@lru_cache(maxsize=2)
def by_key(sheet: Sheet) -> dict[str, Heading]:
    """Columns by key."""
    return {heading.key: heading for heading in headings(sheet)}


@lru_cache(maxsize=8)
def of_edition(key: str, edition: str) -> Heading:
    """The column of the register with the code list of an older print, whose numbers mean other things."""
    heading = by_key("people")[key]
    codes = codes_of(PERSON_FIELDS[key], edition)
    return replace(heading, codes=codes, names=_names(key, codes))


def normal(title: str) -> str:
    """The form in which headings are compared: no spaces, no marks of requirement, no notes in brackets at the end."""
    text = clean(title).casefold().replace(" ", "")
    text = re.sub(
        r"[(\[【（](必填|选填|必须|可选|多选|单选|文本|格式|日期|如|例|yyyy|年|mg|0-5|必填项)[^)\]】）]*[)\]】）]",
        "",
        text,
    )
    text = re.sub(r"^\d{1,2}[.、．)）]", "", text)
    return re.sub(r"[*※★:：()（）\[\]【】/\\、,，。.·“”\"'_-]", "", text)


@lru_cache(maxsize=2)
def recognised(sheet: Sheet) -> dict[str, Heading]:
    """Normal form of every title and synonym → its column. A title wins over another column's synonym."""
    found: dict[str, Heading] = {}
    for heading in headings(sheet):
        found.setdefault(normal(heading.title), heading)
    for heading in headings(sheet):
        for other in heading.synonyms:
            found.setdefault(normal(other), heading)
    return found


def _columns(each: Any) -> Iterable[Heading]:
    also = tuple(getattr(each, "also", ())) + SYNONYMS.get(each.key, ())
    private = bool(getattr(each, "private", False))
    common: dict[str, Any] = {"codes": each.codes, "names": _names(each.key, each.codes), "private": private}
    required = bool(getattr(each, "core", False)) or each.key in ("visit_date", "form")
    if each.kind == "drugs":
        yield from _drug_columns(each)
        return
    kind: Kind = "name" if each.key in ("name", "guardian_name") else _KINDS[each.kind]
    hint = str(getattr(each, "hint", "")) or _hint(each, kind)
    yield Heading(each.key, each.label, kind, also, required=required, hint=hint, **common)
    if kind == "counts":
        for code in each.codes:
            if code.code not in ("7", "0"):
                yield Heading(
                    f"{each.key}.{code.code}",
                    f"{code.label}次数",
                    "int",
                    (f"{each.label}{code.label}", code.label),
                    printed=False,
                )


def _drug_columns(each: Any) -> Iterable[Heading]:
    """One column per drug; and, recognised only, four columns per drug."""
    advised = each.key == "drug_advice"
    word = "用药指导" if advised else "用药"
    yield Heading(each.key, each.label, "drugs", ("药物",) if not advised else (), printed=False)
    for index in range(1, (DRUGS_ADVISED if advised else DRUGS_IN_USE) + 1):
        hint = "如“奥氮平 早0 中0 晚10mg”；长效药如“帕利哌酮 长效 每1月 100mg”"
        synonyms = () if advised else (f"药物{index}", f"用药情况{index}")
        shown = index <= 3
        yield Heading(f"{each.key}.{index}", f"{word}{index}", "drugs", synonyms, printed=shown, hint=hint)
        names = (
            (f"指导药名{index}", f"用药指导{index}药名")
            if advised
            else (f"药名{index}", f"用药{index}药名", f"药物名称{index}", f"药物{index}名称")
        )
        yield Heading(f"{each.key}.{index}.drug", names[0], "text", names[1:], printed=False)
        for key, part in _UNITS.items():
            title = f"指导{part}{index}" if advised else f"{part}{index}"
            yield Heading(
                f"{each.key}.{index}.{key}",
                title,
                "text",
                (f"{word}{index}{part}", f"{title}mg"),
                printed=False,
            )


def _names(key: str, codes: Iterable[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code in codes:
        for name in {code.label, *re.split(r"[/]|或", code.label)}:
            found.setdefault(_squash(name), code.code)
        found[_squash(code.label)] = code.code
    codes_known = {code.code for code in codes}
    labels = {code.label for code in codes}
    others = dict(OTHER_WORDS.get(key, {}))
    if {"良好", "一般", "较差"} <= labels:
        others |= GRADES
    for words, code in others.items():
        if code in codes_known:
            found.setdefault(_squash(words), code)
    for label_code in codes:
        # 汉族 → 汉, 农民 stays: only where the list itself is one of peoples.
        if key == "ethnic" and label_code.label.endswith("族"):
            found.setdefault(_squash(label_code.label[:-1]), label_code.code)
    return found


def _squash(text: str) -> str:
    return re.sub(r"[\s()（）\[\]【】“”\"'、,，.。;；:：/·-]", "", clean(text)).casefold()


def _hint(each: Any, kind: Kind) -> str:
    if kind == "date":
        return "如 2024-03-05"
    if kind == "multi":
        return "可多选，编号或文字之间用“、”隔开"
    if kind == "counts":
        return "如“肇事1次;自伤2次”，没有则写“无”"
    if kind == "bool":
        return "是 或 否"
    if kind == "texts":
        return "多人之间用“、”隔开"
    if getattr(each, "kind", "") in ("id_number", "phone", "division"):
        return "整列请设为“文本”格式"
    when = str(getattr(each, "when", ""))
    return f"{when}填写" if when else ""
