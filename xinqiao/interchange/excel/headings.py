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
}

#: What registers kept by hand write instead of the printed labels, by field and code.
OTHER_WORDS: dict[str, dict[str, str]] = {
    "sex": {"男性": "1", "女性": "2", "m": "1", "f": "2"},
    "ethnic": {"汉": "01"},
    "consent": {"同意": "1", "是": "1", "已签": "1", "已签署": "1", "不同意": "0", "否": "0", "拒绝": "0"},
    "marital": {"再婚": "20", "初婚": "20", "复婚": "20"},
    "form": {
        "门诊随访": "1",
        "家访": "2",
        "上门": "2",
        "入户": "2",
        "家庭随访": "2",
        "面访": "2",
        "电话随访": "3",
    },
    "targets": {
        "患者": "1",
        "本人": "1",
        "家属": "2",
        "监护人": "2",
        "家属/监护人": "2",
        "知情人": "3",
        "其他": "3",
    },
    "visit_class": {"病情稳定": "3", "病情基本稳定": "2", "病情不稳定": "1"},
    "insight": {"完全": "1", "不全": "2", "缺失": "3"},
    "adherence": {
        "规律": "1",
        "规律用药": "1",
        "规律服药": "1",
        "间断": "2",
        "间断服药": "2",
        "不服药": "3",
        "未用药": "3",
        "勿需用药": "4",
        "无需用药": "4",
    },
    "hospital": {
        "未住院": "0",
        "目前住院": "1",
        "住院中": "1",
        "正在住院": "1",
        "曾住院": "2",
        "曾住院现未住院": "2",
    },
    "locked": {"无": "1", "未关锁": "1", "已解除": "3", "关锁已解除": "3"},
    "past_locked": {"无": "1", "未关锁": "1", "已解除": "3"},
    "symptoms": {
        "无": "0",
        "无症状": "0",
        "无明显异常": "0",
        "兴奋": "6",
        "多话": "6",
        "孤僻": "11",
        "懒散": "11",
        "自语": "10",
        "自笑": "10",
    },
    "past_symptoms": {"兴奋": "6", "孤僻": "11", "懒散": "11", "自语": "10"},
    "soc_work": {"不适用": "9"},
    "adr": {"不适用": "9"},
    "effect": {"不适用": "9", "临床痊愈": "1"},
    "last_effect": {"痊愈": "1"},
    "lab": {"未查": "1"},
    "refer_suggest": {"不建议": "1", "建议": "2", "无": "1", "有": "2"},
    "referred": {"未转诊": "1", "已转诊": "2", "无": "1", "有": "2"},
    "hukou_kind": {"非农业": "1", "城市": "1", "农业": "2"},
}
_GRADES = {"好": "1", "良": "1", "中": "2", "差": "3"}

SYNONYMS: dict[str, tuple[str, ...]] = {
    "visit_date": ("随访时间", "访视日期", "本次随访日期"),
    "form": ("随访形式", "随访方式", "本次随访方式"),
    "targets": ("随访对象",),
    "lost_reason": ("若失访原因", "失访的原因"),
    "death_cause": ("死因",),
    "risk": ("危险性", "危险性等级", "危险性评估等级", "风险等级", "危险性分级"),
    "symptoms": ("症状", "目前主要症状"),
    "sleep": ("睡眠",),
    "diet": ("饮食",),
    "soc_selfcare": ("社会功能个人生活料理", "生活料理"),
    "soc_housework": ("社会功能家务劳动",),
    "soc_work": ("社会功能生产劳动及工作", "生产劳动", "生产劳动和工作"),
    "soc_study": ("社会功能学习能力",),
    "soc_interpersonal": ("社会功能社会人际交往", "人际交往"),
    "danger_acts": ("危险行为情况", "患者对家庭社会的影响"),
    "locked": ("关锁情况", "关锁"),
    "hospital": ("住院情况", "住院"),
    "last_discharge": ("末次出院日期", "出院日期"),
    "adherence": ("服药依从性", "依从性", "服药情况"),
    "adr": ("不良反应",),
    "refer_suggest": ("建议转诊",),
    "referred": ("转诊", "是否已转诊"),
    "visit_class": ("随访分类", "本次随访评价", "病情分类", "随访评价结果", "病情评估"),
    "planned_on": ("下次随访日期", "下次随访时间", "预约下次随访日期"),
    "doctor": ("随访医生", "随访人", "医生签名", "随访人员"),
    "co_visitors": ("随访同行人员", "陪同人员", "其他随访人员"),
    "symptom_severity": ("症状程度", "症状严重程度"),
    "physical_severity": ("躯体疾病情况",),
    "live_code": ("所属村代码", "区划代码", "村编码", "现住址(村/社区)代码"),
    "consent": ("是否同意参加管理", "同意参加管理", "是否知情同意"),
    "birth_on": ("生日",),
    "filed_on": ("建档时间", "登记日期", "立卡日期"),
    "worker": ("责任人员", "责任村医", "包保医生"),
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
        others |= _GRADES
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
