"""The register of the follow-up record (F08): every field once, with its label, type, codes and when it is required.

The visit form, the workbooks, the made-up counties and the figures all read this list. Codes are the printed ones of
the official form; `edition` says where a field comes from (N3 the form, N18 the 2018 addition, OWN needed to compute
the class or to keep an account). Clause: N3/form/record.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["date", "single", "multi", "int", "bool", "text", "texts", "counts", "drugs"]
Edition = Literal["N3", "N18", "OWN"]
Need = Literal["always", "conditional", "optional"]


@dataclass(frozen=True, slots=True)
class Code:
    """One printed code and its label; an exclusive code stands alone in a multiple choice."""

    code: str
    label: str
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `number` is the item on the printed form ("" when it has none); `section` groups the page;
    `judgement` marks what is answered afresh at every visit and never filled in from the last one;
    `clinical` marks items 7–29, which stay empty when the person is lost or dead; `when` says in Chinese when a
    conditional field is required; `low`/`high` bound an int; `longest` bounds a text or the number of rows."""

    key: str
    label: str
    kind: Kind
    section: str
    number: str = ""
    edition: Edition = "N3"
    need: Need = "optional"
    when: str = ""
    codes: tuple[Code, ...] = ()
    judgement: bool = False
    clinical: bool = False
    low: int = 0
    high: int = 0
    longest: int = 200

    @property
    def labels(self) -> dict[str, str]:
        """Code → label, in printed order."""
        return {code.code: code.label for code in self.codes}

    def label_of(self, code: str) -> str:
        """The label of a stored code; the code itself when it is not on this edition's list."""
        return self.labels.get(code, code)


def _codes(*items: str, exclusive: str = "") -> tuple[Code, ...]:
    pairs = [item.split(" ", 1) for item in items]
    return tuple(Code(code, label, code == exclusive) for code, label in pairs)


_LEVELS = _codes("1 良好", "2 一般", "3 较差")

SECTIONS = (
    ("visit", "本次随访"),
    ("ending", "失访或死亡"),
    ("mental", "危险性与精神状况"),
    ("social", "社会功能"),
    ("safety", "危险行为、关锁与住院"),
    ("treatment", "治疗与用药"),
    ("referral", "转诊与康复"),
    ("result", "分类与下次随访"),
)

DANGER_ACTS = _codes("1 轻度滋事", "2 肇事", "3 肇祸", "4 其他危害行为", "5 自伤", "6 自杀未遂")

_F = Field
_ALL: tuple[Field, ...] = (
    _F("visit_date", "随访日期", "date", "visit", "1", need="always"),
    _F(
        "form",
        "本次随访形式",
        "single",
        "visit",
        "2",
        need="always",
        codes=_codes("1 门诊", "2 家庭访视", "3 电话"),
    ),
    _F(
        "form_detail",
        "具体途径",
        "single",
        "visit",
        edition="OWN",
        codes=_codes("1 短信或微信", "2 视频", "3 其他知情途径"),
    ),
    _F(
        "targets",
        "本次随访对象",
        "multi",
        "visit",
        "3",
        "N18",
        "conditional",
        "非失访、非死亡时",
        _codes("1 患者本人", "2 家属或监护人", "3 其他知情人"),
    ),
    _F(
        "lost_reason",
        "失访原因",
        "single",
        "ending",
        "4",
        need="conditional",
        when="失访时",
        codes=_codes("1 外出打工", "2 迁居他处", "3 走失", "4 连续3次未访到", "5 其他"),
    ),
    _F("lost_note", "失访原因说明", "text", "ending", "4", need="conditional", when="失访原因选“其他”时"),
    _F("death_date", "死亡日期", "date", "ending", "5", need="conditional", when="死亡时"),
    _F(
        "death_cause",
        "死亡原因",
        "single",
        "ending",
        "6",
        need="conditional",
        when="死亡时",
        codes=_codes("1 躯体疾病", "2 自杀", "3 他杀", "4 意外", "5 精神疾病相关并发症", "6 其他"),
    ),
    _F(
        "death_disease",
        "躯体疾病种类",
        "single",
        "ending",
        "6",
        need="conditional",
        when="死亡原因为躯体疾病时",
        codes=_codes(
            "1 传染病和寄生虫病",
            "2 肿瘤",
            "3 心脏病",
            "4 脑血管病",
            "5 呼吸系统疾病",
            "6 消化系统疾病",
            "7 其他疾病",
            "8 不详",
        ),
    ),
    _F("death_note", "死亡原因说明", "text", "ending", "6", need="conditional", when="死亡原因选“其他”时"),
    _F(
        "risk",
        "危险性评估",
        "int",
        "mental",
        "7",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_codes("0 0级", "1 1级", "2 2级", "3 3级", "4 4级", "5 5级"),
        judgement=True,
        clinical=True,
        low=0,
        high=5,
    ),
    _F(
        "risk_confirmed_reason",
        "仍评为0级的理由",
        "text",
        "mental",
        edition="OWN",
        need="conditional",
        when="有危险行为而评为 0 级时",
        judgement=True,
        clinical=True,
    ),
    _F(
        "symptoms",
        "目前症状",
        "multi",
        "mental",
        "8",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_codes(
            "0 无明显症状",
            "1 幻觉",
            "2 交流困难",
            "3 猜疑",
            "4 喜怒无常",
            "5 行为怪异",
            "6 兴奋话多",
            "7 伤人毁物",
            "8 悲观厌世",
            "9 无故外走",
            "10 自语自笑",
            "11 孤僻懒散",
            "12 其他",
            exclusive="0",
        ),
        judgement=True,
        clinical=True,
    ),
    _F(
        "symptoms_note",
        "其他症状说明",
        "text",
        "mental",
        "8",
        need="conditional",
        when="目前症状选“其他”时",
        judgement=True,
        clinical=True,
    ),
    _F(
        "symptom_severity",
        "精神症状程度",
        "single",
        "mental",
        edition="OWN",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_codes("1 基本消失", "2 仍有", "3 明显"),
        judgement=True,
        clinical=True,
    ),
    _F(
        "insight",
        "自知力",
        "single",
        "mental",
        "9",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_codes("1 自知力完全", "2 自知力不全", "3 自知力缺失"),
        judgement=True,
        clinical=True,
    ),
    _F(
        "sleep",
        "睡眠情况",
        "single",
        "mental",
        "10",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_LEVELS,
        clinical=True,
    ),
    _F(
        "diet",
        "饮食情况",
        "single",
        "mental",
        "11",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_LEVELS,
        clinical=True,
    ),
    _F(
        "soc_selfcare",
        "个人生活料理",
        "single",
        "social",
        "12",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_LEVELS,
        clinical=True,
    ),
    _F(
        "soc_housework",
        "家务劳动",
        "single",
        "social",
        "13",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_LEVELS,
        clinical=True,
    ),
    _F(
        "soc_work",
        "生产劳动及工作",
        "single",
        "social",
        "14",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=(*_LEVELS, Code("9", "此项不适用")),
        clinical=True,
    ),
    _F(
        "soc_study",
        "学习能力",
        "single",
        "social",
        "15",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_LEVELS,
        clinical=True,
    ),
    _F(
        "soc_interpersonal",
        "社会人际交往",
        "single",
        "social",
        "16",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_LEVELS,
        clinical=True,
    ),
    _F(
        "danger_acts",
        "危险行为",
        "counts",
        "safety",
        "17",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=DANGER_ACTS,
        judgement=True,
        clinical=True,
        high=999,
    ),
    _F(
        "locked",
        "两次随访期间关锁情况",
        "single",
        "safety",
        "18",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_codes("1 无关锁", "2 关锁", "3 关锁已解除"),
        judgement=True,
        clinical=True,
    ),
    _F(
        "hospital",
        "两次随访期间住院情况",
        "single",
        "safety",
        "19",
        need="conditional",
        when="非失访、非死亡时",
        codes=_codes("0 未住院", "1 目前正在住院", "2 曾住院，现未住院"),
        judgement=True,
        clinical=True,
    ),
    _F(
        "last_discharge",
        "末次出院时间",
        "date",
        "safety",
        "20",
        need="conditional",
        when="曾住院、现未住院时",
        clinical=True,
    ),
    _F(
        "lab",
        "实验室检查",
        "single",
        "treatment",
        "21",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_codes("1 无", "2 有"),
        clinical=True,
    ),
    _F(
        "lab_note",
        "检查项目与结果",
        "text",
        "treatment",
        "21",
        need="conditional",
        when="实验室检查为“有”时",
        clinical=True,
        longest=500,
    ),
    _F(
        "adherence",
        "用药依从性",
        "single",
        "treatment",
        "22",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_codes("1 按医嘱规律用药", "2 间断用药", "3 不用药", "4 医嘱勿需用药"),
        judgement=True,
        clinical=True,
    ),
    _F(
        "adr",
        "药物不良反应",
        "single",
        "treatment",
        "23",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_codes("1 无", "2 有", "9 此项不适用"),
        judgement=True,
        clinical=True,
    ),
    _F(
        "adr_note",
        "不良反应说明",
        "text",
        "treatment",
        "23",
        need="conditional",
        when="药物不良反应为“有”时",
        judgement=True,
        clinical=True,
    ),
    _F(
        "adr_severity",
        "不良反应严重程度",
        "single",
        "treatment",
        edition="OWN",
        need="conditional",
        when="药物不良反应为“有”时",
        codes=_codes("0 无", "1 轻", "2 中", "3 重"),
        judgement=True,
        clinical=True,
    ),
    _F(
        "adr_acute",
        "急性不良反应",
        "bool",
        "treatment",
        edition="OWN",
        need="conditional",
        when="药物不良反应为“有”时",
        judgement=True,
        clinical=True,
    ),
    _F(
        "physical_severity",
        "躯体疾病",
        "single",
        "treatment",
        edition="OWN",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_codes("0 无", "1 有，病情稳定", "2 严重"),
        judgement=True,
        clinical=True,
    ),
    _F("physical_note", "躯体疾病说明", "text", "treatment", edition="N18", clinical=True),
    _F(
        "effect",
        "治疗效果",
        "single",
        "treatment",
        "24",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_codes("1 痊愈", "2 好转", "3 无变化", "4 加重", "9 此项不适用"),
        clinical=True,
    ),
    _F(
        "drugs",
        "用药情况",
        "drugs",
        "treatment",
        "27",
        need="conditional",
        when="规律或间断用药时",
        clinical=True,
        longest=6,
    ),
    _F("drug_advice", "用药指导", "drugs", "treatment", "28", clinical=True, longest=6),
    _F("recipe_3m", "近3个月有精神科处方", "bool", "treatment", edition="N18", clinical=True),
    _F("untreated_reason", "未治疗原因", "text", "treatment", edition="N18", clinical=True),
    _F(
        "refer_suggest",
        "是否建议转诊",
        "single",
        "referral",
        "25",
        "N18",
        "conditional",
        "非失访、非死亡、非住院时",
        _codes("1 否", "2 是"),
        clinical=True,
    ),
    _F(
        "refer_reason",
        "转诊原因",
        "text",
        "referral",
        "25",
        "N18",
        "conditional",
        "建议转诊或已转诊时",
        clinical=True,
    ),
    _F(
        "referred",
        "是否转诊",
        "single",
        "referral",
        "26",
        need="conditional",
        when="非失访、非死亡、非住院时",
        codes=_codes("1 否", "2 是"),
        clinical=True,
    ),
    _F(
        "refer_to",
        "转诊至机构及科室",
        "text",
        "referral",
        "26",
        need="conditional",
        when="已转诊时",
        clinical=True,
    ),
    _F(
        "rehab",
        "康复措施",
        "multi",
        "referral",
        "29",
        codes=_codes("1 生活劳动能力", "2 职业训练", "3 学习能力", "4 社会交往", "5 其他"),
        clinical=True,
    ),
    _F(
        "rehab_note",
        "其他康复措施",
        "text",
        "referral",
        "29",
        need="conditional",
        when="康复措施选“其他”时",
        clinical=True,
    ),
    _F("case_mgmt", "个案管理", "bool", "referral", edition="N18", clinical=True),
    _F("emergency_done", "曾应急处置", "bool", "referral", edition="N18", clinical=True),
    _F("life_events", "生活事件", "text", "referral", edition="N18", clinical=True),
    _F(
        "visit_class",
        "本次随访分类",
        "single",
        "result",
        "30",
        codes=_codes("1 不稳定", "2 基本稳定", "3 稳定"),
        judgement=True,
    ),
    _F(
        "class_reason",
        "选用其他分类的理由",
        "text",
        "result",
        edition="OWN",
        need="conditional",
        when="所选分类轻于建议分类时",
        judgement=True,
    ),
    _F("due_on", "应访日", "date", "result", "31", "OWN"),
    _F("planned_on", "计划随访日期", "date", "result", "31"),
    _F(
        "planned_reason",
        "推迟理由",
        "text",
        "result",
        edition="OWN",
        need="conditional",
        when="计划随访日期晚于应访日时",
    ),
    _F("doctor", "随访医生签名", "text", "result", "32", need="always", longest=40),
    _F("co_visitors", "同访人员", "texts", "result", "32", "N18", longest=8),
    _F("note", "备注", "text", "result", edition="OWN", longest=500),
)

FIELDS: MappingProxyType[str, Field] = MappingProxyType({field.key: field for field in _ALL})
"""Every field by key, in the order of the page."""

DRUG_KEYS = ("drug", "long_acting", "morning", "noon", "night", "unit", "dose", "every", "every_unit")
DRUG_LABELS = MappingProxyType(
    {
        "drug": "药名",
        "long_acting": "长效药",
        "morning": "早",
        "noon": "中",
        "night": "晚",
        "unit": "单位",
        "dose": "每次剂量",
        "every": "间隔",
        "every_unit": "间隔单位",
    }
)
EVERY_UNITS = MappingProxyType({"day": "天", "week": "周", "month": "月"})

CLASSES = MappingProxyType(FIELDS["visit_class"].labels)
SOCIAL_KEYS = ("soc_selfcare", "soc_housework", "soc_work", "soc_study", "soc_interpersonal")
CLINICAL_KEYS = frozenset(field.key for field in _ALL if field.clinical)
JUDGEMENT_KEYS = frozenset(field.key for field in _ALL if field.judgement)


def fields_of(section: str) -> tuple[Field, ...]:
    """The fields of one section, in order."""
    return tuple(field for field in _ALL if field.section == section)
