"""The fields of the report card (F03) and the discharge form (F04): each once, with label, kind, codes and when it is needed.

Keys that the registry has too are the registry's, so that a file can be made of a card without typing anything twice.
"""

from __future__ import annotations

from types import MappingProxyType

from xinqiao.registry.choices import printed as p
from xinqiao.registry.rules.fields import Field

from ..choices import printed as c

REPORT, DISCHARGE = "F03", "F04"
#: Documents of people from elsewhere: the nationality is asked only then.
FOREIGN = frozenset({"03", "99"})

SECTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    REPORT: (
        ("type", "报告类型"),
        ("who", "患者"),
        ("place", "户籍地与现住址"),
        ("illness", "病史与危险性"),
        ("diagnosis", "诊断"),
        ("consent", "知情同意或告知"),
        ("drugs", "用药"),
        ("filled", "填报"),
    ),
    DISCHARGE: (
        ("stay", "住院"),
        ("diagnosis", "诊断与评估"),
        ("result", "疗效与建议"),
        ("drugs", "住院用药"),
        ("after", "出院后用药指导"),
        ("filled", "填报"),
    ),
}

_F = Field
_REPORT: tuple[Field, ...] = (
    _F("report_type", "报告类型", "single", "type", "F03", "always", codes=c.REPORT_TYPE),
    _F("patient_source", "患者来源", "single", "type", "F03", "always", codes=c.PATIENT_SOURCE),
    _F("outpatient_no", "门诊号", "text", "type", "F03", "conditional", when="患者来源为门诊时", longest=30),
    _F("inpatient_no", "住院号", "text", "type", "F03", "conditional", when="患者来源为住院时", longest=30),
    _F("name", "姓名", "text", "who", "F03", "always", longest=30),
    _F("id_kind", "证件类型", "single", "who", "F03", "always", codes=p.ID_KIND),
    _F("id_number", "证件号码", "id_number", "who", "F03", "conditional", when="有证件时", longest=30, private=True),
    _F("no_id_reason", "无证件或不详的原因", "text", "who", "F03", "conditional", when="无证件或不详时", longest=100),
    _F("nationality", "国籍", "text", "who", "F03", "conditional", when="国外证件时", longest=30),
    _F("sex", "性别", "single", "who", "F03", "always", codes=p.SEX),
    _F("birth_on", "出生日期", "date", "who", "F03", "always"),
    _F("ethnic", "民族", "single", "who", "F03", "always", codes=p.ETHNIC),
    _F("education", "文化程度", "single", "who", "F03", "always", codes=p.EDUCATION_BY_EDITION["2017"]),
    _F("marital", "婚姻状况", "single", "who", "F03", "always", codes=p.MARITAL),
    _F("employment", "就业情况", "single", "who", "F03", "always", codes=p.EMPLOYMENT),
    _F("contact_name", "联系人（监护人）", "text", "who", "F03", "always", longest=30),
    _F("contact_phone", "联系人电话", "phone", "who", "F03", "always", longest=30, private=True),
    _F("guardian_relation", "联系人与患者关系", "single", "who", "F03", "always", codes=p.RELATION, hint="联系人是患者的什么人"),
    _F("live_place", "现住址（村/社区）", "division", "place", "F03", "conditional", when="现住址已知时", longest=12),
    _F("live_detail", "现住址详细地址", "text", "place", "F03", "conditional", when="现住址已知时", longest=200, private=True),
    _F("address_unknown", "住址不详", "bool", "place", "F03",
       hint="问过患者和家属仍不清楚时才勾选；已知的部分照写，由居住地请派出所协查"),
    _F("hukou_kind", "户别", "single", "place", "F03", "always", codes=p.HUKOU_KIND),
    _F("hukou_kind_reason", "户别不详的原因", "text", "place", "F03", "conditional", when="户别不详时", longest=100),
    _F("hukou_type", "户籍地类型", "single", "place", "F03", "always", codes=c.HUKOU_TYPE),
    _F("hukou_same", "户籍地址与现住址相同", "bool", "place", "F03"),
    _F("hukou_code", "户籍地国标码", "division", "place", "F03", "conditional", when="户籍地在境内时", longest=12,
       hint="县、乡镇或村的区划代码，6、9 或 12 位"),
    _F("hukou_detail", "户籍地详细地址", "text", "place", "F03", "conditional", when="户籍地在境内时", longest=200, private=True),
    _F("mental_kin", "两系三代严重精神障碍家族史", "single", "illness", "F03", "always", codes=p.MENTAL_KIN),
    _F("onset_on", "初次发病时间", "partial_date", "illness", "F03", "always", hint="只知道年份或年月也可以，如 2010 或 2010-05"),
    _F("treated_before", "既往是否接受抗精神病药治疗", "single", "illness", "F03", "always", codes=c.TREATED),
    _F("first_treated_on", "首次治疗时间", "partial_date", "illness", "F03", "conditional", when="既往接受过治疗时",
       hint="只知道年份或年月也可以"),
    _F("admissions", "既往住院次数", "int", "illness", "F03", "always", high=200),
    _F("past_locked", "既往关锁情况", "single", "illness", "F03", "always", codes=p.LOCKED),
    _F("past_danger", "既往危险行为", "multi", "illness", "F03", "always", codes=p.DANGER),
    _F("past_risk", "既往危险性评估", "single", "illness", "F03", "always", codes=c.RISK),
    _F("sender", "送诊主体", "multi", "illness", "F03", "always", codes=c.SENDER),
    _F("sender_other", "其他送诊主体", "text", "illness", "F03", "conditional", when="送诊主体选“其他”时", longest=60),
    _F("dx_hospital", "确诊医院", "text", "diagnosis", "F03", "always", longest=60),
    _F("diagnosed_on", "确诊日期", "date", "diagnosis", "F03", "always"),
    _F("icd10", "诊断（ICD-10）", "text", "diagnosis", "F03", "always", longest=40, hint="编码或病名，如 F20.9 或 精神分裂症"),
    _F("notified_on", "告知日期", "date", "consent", "F03", "conditional", when="依法报告时"),
    _F("notifier", "告知人", "text", "consent", "F03", "conditional", when="依法报告时", longest=30),
    _F("consent", "知情同意", "single", "consent", "F03", "conditional", when="按要求登记的六类病种时", codes=p.CONSENT),
    _F("signer", "签字人", "single", "consent", "F03", "conditional", when="已问是否同意时", codes=p.SIGNER,
       hint="先请本人签；只由监护人签字的，要写明本人不能签字的原因"),
    _F("incapacity_note", "由监护人代签的原因", "text", "consent", "F03", "conditional", when="只有监护人签字时", longest=100),
    _F("signed_on", "知情同意时间", "date", "consent", "F03", "conditional", when="已问是否同意时"),
    _F("no_medication", "勿需用药", "single", "drugs", "F03", "always", codes=p.YES_NO),
    _F("drugs", "用药", "text", "drugs", "F03", "conditional", when="需要用药时"),
    _F("doctor", "填卡医生", "text", "filled", "F03", "always", longest=30),
    _F("filled_on", "填卡日期", "date", "filled", "F03", "always"),
    _F("dept_phone", "科室电话", "phone", "filled", "F03", "always", longest=30),
)  # fmt: skip

_DISCHARGE: tuple[Field, ...] = (
    _F("inpatient_no", "住院号", "text", "stay", "F03", "always", longest=30),
    _F("admitted_on", "入院日期", "date", "stay", "F03", "always"),
    _F("discharged_on", "出院日期", "date", "stay", "F03", "always"),
    _F("times_admitted", "曾住院次数", "int", "stay", "F03", "always", high=200, hint="含本次"),
    _F("icd10", "出院诊断（ICD-10）", "text", "diagnosis", "F03", "always", longest=40, hint="编码或病名，如 F20.9 或 精神分裂症"),
    _F("icd10_2", "出院诊断二", "text", "diagnosis", "F03", longest=40),
    _F("icd10_3", "出院诊断三", "text", "diagnosis", "F03", longest=40),
    _F("diagnosed_on", "确诊日期", "date", "diagnosis", "F03", "always"),
    _F("past_danger", "既往危险行为", "multi", "diagnosis", "F03", "always", codes=p.DANGER),
    _F("past_risk", "既往危险性评估", "single", "diagnosis", "F03", "always", codes=c.RISK),
    _F("effect", "住院疗效", "single", "result", "F03", "always", codes=c.EFFECT),
    _F("rehab", "康复措施", "multi", "result", "F03", codes=c.REHAB),
    _F("rehab_note", "其他康复措施", "text", "result", "F03", "conditional", when="康复措施选“其他”时", longest=100),
    _F("notes", "其他注意事项", "text", "result", "F03", longest=500),
    _F("no_medication", "住院期间勿需用药", "single", "drugs", "F03", "always", codes=p.YES_NO),
    _F("drugs", "住院用药", "text", "drugs", "F03", "conditional", when="需要用药时"),
    _F("no_medication_after", "出院后勿需用药", "single", "after", "F03", "always", codes=p.YES_NO),
    _F("drugs_after", "用药指导", "text", "after", "F03", "conditional", when="需要用药时"),
    _F("doctor", "经治医生", "text", "filled", "F03", "always", longest=30),
    _F("dept_phone", "联系电话", "phone", "filled", "F03", "always", longest=30),
    _F("filled_on", "填表日期", "date", "filled", "F03", "always"),
)  # fmt: skip

FIELDS = MappingProxyType(
    {
        REPORT: MappingProxyType({one.key: one for one in _REPORT}),
        DISCHARGE: MappingProxyType({one.key: one for one in _DISCHARGE}),
    }
)
#: Lists of drugs: the answer "none needed" that stands for an empty one, beside each.
DRUG_LISTS = MappingProxyType({"drugs": "no_medication", "drugs_after": "no_medication_after"})


def fields_of(form: str, section: str = "") -> list[Field]:
    """The fields of a form, or of one of its sections, in order."""
    return [one for one in FIELDS[form].values() if section in ("", one.section)]


def needed_of(form: str) -> tuple[str, ...]:
    """Keys that are wanted whatever else is answered."""
    return tuple(one.key for one in FIELDS[form].values() if one.need == "always")
