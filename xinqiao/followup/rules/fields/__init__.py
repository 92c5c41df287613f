"""The register of the follow-up record (F08): every field once, with its label, type, codes and when it is required.

The visit form, the workbooks, the made-up counties and the figures all read this list. Codes are the printed ones of
the official form; `edition` says where a field comes from (N3 the form, N18 the 2018 addition, OWN needed to compute
the class or to keep an account). Clause: N3/form/record.
"""

from __future__ import annotations

from types import MappingProxyType

from .condition import CONDITION, DANGER_ACTS
from .model import Code, Edition, Field, Kind, Need
from .result import RESULT
from .treatment import TREATMENT
from .visit import VISIT

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

_ALL = (*VISIT, *CONDITION, *TREATMENT, *RESULT)

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


__all__ = [
    "CLASSES",
    "CLINICAL_KEYS",
    "DANGER_ACTS",
    "DRUG_KEYS",
    "DRUG_LABELS",
    "EVERY_UNITS",
    "FIELDS",
    "JUDGEMENT_KEYS",
    "SECTIONS",
    "SOCIAL_KEYS",
    "Code",
    "Edition",
    "Field",
    "Kind",
    "Need",
    "fields_of",
]
