"""The register of a person's fields (forms F06 and F07): every field once, with label, kind, codes and when it is needed.

`edition` names the form that asks it: F06 and F07 as printed, N18 what the 2018 norm added to F07, F03 the report card, F05 the
consent. The new-person form, the workbooks, the made-up counties and the panels all read this list. `core` fields are required
however a person comes in; the other fields of `need="always"` are required when the form is typed and are reported as
missing when a register is imported, because an honest gap is better than an invented answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from xinqiao.kernel.words import Sentence, joined, sentence, term

from ..choices import printed as p
from ..choices.printed import Code

Kind = Literal[
    "text",
    "date",
    "partial_date",
    "single",
    "multi",
    "int",
    "bool",
    "counts",
    "phone",
    "id_number",
    "division",
    "money",
    "dated_codes",
    "events",
]
Edition = Literal["F06", "F07", "N18", "F03", "F05", "OWN"]
Need = Literal["always", "conditional", "optional"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `section` groups the page; `when` says in Chinese when a conditional field is required; `low`/`high`
    bound an int; `longest` bounds a text; `private` marks what is encrypted at rest and masked on the page;
    `also` are other headings under which workbooks bring it."""

    key: str
    label: str
    kind: Kind
    section: str
    edition: Edition = "F06"
    need: Need = "optional"
    core: bool = False
    when: str = ""
    codes: tuple[Code, ...] = ()
    longest: int = 60
    low: int = 0
    high: int = 0
    private: bool = False
    also: tuple[str, ...] = ()
    hint: str = ""

    @property
    def labels(self) -> dict[str, str]:
        """Code → label, in printed order."""
        return {code.code: code.label for code in self.codes}

    def label_of(self, code: str) -> str:
        """The label of a stored code; the code itself when it is not on this edition's list."""
        return self.labels.get(code, code)


def listed_codes(codes: Iterable[Code]) -> Sentence:
    """Codes with their labels, as a refusal names them."""
    return joined(sentence("%(code)s %(label)s", code=one.code, label=term(one.label)) for one in codes)


SECTIONS = (
    ("identity", "身份"),
    ("place", "住址与归属"),
    ("family", "监护与村（居）委会"),
    ("illness", "病史"),
    ("diagnosis", "诊断与治疗"),
    ("support", "保障与帮扶"),
    ("health", "健康史"),
    ("surroundings", "生活环境"),
    ("consent", "知情同意"),
    ("file", "建档"),
)

_F = Field
_ALL: tuple[Field, ...] = (
    _F("name", "姓名", "text", "identity", need="always", core=True, longest=30, also=("患者姓名",)),
    _F("id_kind", "证件类型", "single", "identity", "F03", codes=p.ID_KIND, also=("证件类别",)),
    _F("id_number", "证件号码", "id_number", "identity", need="conditional", core=True, when="有证件时", longest=30,
       private=True, also=("身份证号", "身份证号码", "公民身份号码", "身份证", "证件号")),
    _F("no_id_reason", "无证件或不详的原因", "text", "identity", "F03", "conditional", True, "无证件或不详时", longest=100),
    _F("sex", "性别", "single", "identity", need="always", core=True, codes=p.SEX),
    _F("birth_on", "出生日期", "date", "identity", need="always", core=True, also=("出生年月", "出生年月日")),
    _F("ethnic", "民族", "single", "identity", codes=p.ETHNIC),
    _F("phone", "本人电话", "phone", "identity", private=True, longest=30, also=("联系电话", "电话", "患者电话")),
    _F("resident_kind", "常住类型", "single", "identity", codes=p.RESIDENT_KIND),
    _F("form_edition", "表格版本", "single", "identity", "OWN", codes=p.EDITIONS),
    _F("education", "文化程度", "single", "identity", codes=p.EDUCATION_BY_EDITION["2017"]),
    _F("occupation", "职业", "single", "identity", codes=p.OCCUPATION_BY_EDITION["2017"]),
    _F("marital", "婚姻状况", "single", "identity", codes=p.MARITAL),
    _F("insurance", "医疗费用支付方式", "multi", "identity", codes=p.INSURANCE, also=("医保类型",)),
    _F("workplace", "工作单位", "text", "identity", longest=100),
    _F("former_name", "曾用名", "text", "identity", "OWN", longest=30),
    _F("contact_name", "联系人姓名", "text", "identity", longest=30),
    _F("contact_phone", "联系人电话", "phone", "identity", longest=30, private=True),
    _F("national_no", "国网编号", "text", "identity", "OWN", longest=40, private=True, also=("国家系统编号", "患者国网编号")),
    _F("report_card_no", "报告卡卡号", "text", "identity", "F03", longest=30, private=True, also=("卡号",)),
    _F("insurance_no", "医保或社保编号", "text", "identity", "OWN", longest=30, private=True, also=("医保号", "社保号", "医保卡号")),
    _F("live_code", "现住址（村/社区）", "division", "place", "F03", "always", True, longest=12,
       also=("现住址国标码", "村代码", "村（居）委会代码", "现住址代码")),
    _F("live_detail", "现住址详细地址", "text", "place", "F03", longest=200, private=True, also=("现住址", "详细地址", "住址", "家庭住址")),
    _F("hukou_kind", "户别", "single", "place", "F07", "always", codes=p.HUKOU_KIND),
    _F("hukou_code", "户籍地代码", "division", "place", "F03", longest=12, also=("户籍地址国标码",)),
    _F("hukou_detail", "户籍地详细地址", "text", "place", "F03", longest=200, private=True, also=("户籍地址", "户籍地")),
    _F("no_guardian", "无监护人", "bool", "family", "F07"),
    _F("guardian_name", "监护人姓名", "text", "family", "F07", "conditional", when="有监护人时", longest=30, also=("监护人",)),
    _F("guardian_relation", "监护人与患者关系", "single", "family", "F07", "conditional", when="有监护人时", codes=p.RELATION,
       also=("与患者关系",), hint="监护人是患者的什么人"),
    _F("guardian_phone", "监护人电话", "phone", "family", "F07", "conditional", when="有监护人时", longest=30, private=True,
       also=("监护人联系电话",)),
    _F("guardian_phone2", "监护人第二电话", "phone", "family", "F07", longest=30, private=True, also=("监护人备用电话",)),
    _F("guardian_address", "监护人住址", "text", "family", "F07", longest=200, private=True),
    _F("committee_contact", "村（居）委会联系人", "text", "family", "F07", "always", longest=30, also=("辖区村（居）委会联系人",)),
    _F("committee_phone", "村（居）委会电话", "phone", "family", "F07", "always", longest=30, also=("辖区村（居）委会电话",)),
    _F("police_station", "辖区派出所", "text", "family", "N18", longest=60, also=("派出所",)),
    _F("lives_with", "共同居住者", "text", "family", "N18", longest=60, hint="如：父母；配偶和一子；独居"),
    _F("employment", "就业情况", "single", "family", "F07", "always", codes=p.EMPLOYMENT),
    _F("economy", "经济状况", "single", "family", "F07", "always", codes=p.ECONOMY),
    _F("onset_on", "初次发病时间", "partial_date", "illness", "F07", "always", hint="只知道年份或年月也可以，如 2010 或 2010-05"),
    _F("past_symptoms", "既往主要症状", "multi", "illness", "F07", "always", codes=p.SYMPTOMS),
    _F("past_symptoms_note", "其他症状说明", "text", "illness", "F07", "conditional", when="既往主要症状选“其他”时", longest=200),
    _F("past_locked", "既往关锁情况", "single", "illness", "F07", "always", codes=p.LOCKED),
    _F("past_outpatient", "既往门诊治疗情况", "single", "illness", "F07", "always", codes=p.OUTPATIENT),
    _F("admissions", "曾住精神专科医院/综合医院精神专科次数", "int", "illness", "F07", "always", high=200,
       also=("既往住院次数", "住院次数")),
    _F("first_antipsychotic_on", "首次抗精神病药治疗时间", "date", "illness", "F07", "conditional",
       when="曾门诊治疗或曾住院时", also=("首次治疗时间",)),
    _F("past_danger", "既往危险行为", "counts", "illness", "F07", "always", codes=p.DANGER, high=999, also=("危险行为",)),
    _F("icd10", "诊断（ICD-10）", "text", "diagnosis", "F07", "always", True, longest=40,
       also=("诊断", "目前诊断", "疾病诊断", "ICD-10", "诊断编码"), hint="编码或病名，如 F20.9 或 精神分裂症"),
    _F("dx_hospital", "确诊医院", "text", "diagnosis", "F07", "always", longest=60),
    _F("diagnosed_on", "确诊日期", "date", "diagnosis", "F07", "always"),
    _F("last_effect", "最近一次治疗效果", "single", "diagnosis", "F07", "always", codes=p.EFFECT),
    _F("specialist_advice", "专科医生的意见", "text", "diagnosis", "F07", longest=1000),
    _F("management_mode", "管理方式", "single", "support", "N18", codes=p.MANAGEMENT_MODE),
    _F("targeted_poverty", "精准扶贫（建档立卡）对象", "single", "support", "N18", codes=p.YES_NO, also=("建档立卡", "精准扶贫对象")),
    _F("low_income", "低保", "single", "support", "N18", codes=p.YES_NO, also=("是否低保", "低保对象")),
    _F("guardian_subsidy", "享受监护补助（以奖代补）", "single", "support", "N18", codes=p.YES_NO, also=("以奖代补", "监护补助")),
    _F("guardian_subsidy_amount", "监护补助金额（元/年）", "money", "support", "N18", also=("监护补助金额", "以奖代补金额")),
    _F("free_medicine", "免费服药", "single", "support", "N18", codes=p.YES_NO, also=("是否免费服药",)),
    _F("disability_cert", "领取残疾人证", "single", "support", "N18", codes=p.YES_NO, also=("是否领残疾证", "残疾证")),
    _F("disability_level", "精神残疾等级", "single", "support", "N18", codes=p.DISABILITY_LEVEL, also=("残疾等级",)),
    _F("disability_no", "残疾人证号", "text", "support", "N18", longest=24, private=True, also=("残疾证号",)),
    _F("care_group", "有关爱帮扶小组", "single", "support", "N18", codes=p.YES_NO, also=("关爱帮扶小组", "是否有关爱帮扶小组")),
    _F("family_doctor", "家庭医生签约", "single", "support", "N18", codes=p.YES_NO, also=("是否家庭医生签约",)),
    _F("community_rehab", "参加社区康复", "single", "support", "N18", codes=p.YES_NO, also=("社区康复", "是否参加社区康复")),
    _F("blood_type", "血型", "single", "health", codes=p.BLOOD),
    _F("rh", "RH", "single", "health", codes=p.RH, also=("RH血型", "RH阴性")),
    _F("allergies", "药物过敏史", "multi", "health", codes=p.ALLERGY),
    _F("allergies_note", "其他过敏药物", "text", "health", need="conditional", when="药物过敏史选“其他”时", longest=100),
    _F("exposures", "暴露史", "multi", "health", codes=p.EXPOSURE),
    _F("past_diseases", "既往史疾病", "dated_codes", "health", codes=p.PAST_DISEASE, also=("既往史", "既往疾病"),
       hint="每种疾病后写确诊时间，年或年月都可以"),
    _F("past_diseases_note", "肿瘤、职业病或其他疾病的名称", "text", "health", longest=200),
    _F("surgery", "手术", "events", "health", also=("手术史",), hint="名称和时间，如 阑尾切除 2010-05；没有写“无”"),
    _F("injury", "外伤", "events", "health", also=("外伤史",), hint="名称和时间；没有写“无”"),
    _F("transfusion", "输血", "events", "health", also=("输血史",), hint="原因和时间；没有写“无”"),
    _F("family_father", "家族史：父亲", "multi", "health", codes=p.FAMILY_DISEASE, also=("父亲家族史", "父亲")),
    _F("family_mother", "家族史：母亲", "multi", "health", codes=p.FAMILY_DISEASE, also=("母亲家族史", "母亲")),
    _F("family_siblings", "家族史：兄弟姐妹", "multi", "health", codes=p.FAMILY_DISEASE, also=("兄弟姐妹家族史",)),
    _F("family_children", "家族史：子女", "multi", "health", codes=p.FAMILY_DISEASE, also=("子女家族史",)),
    _F("family_note", "家族史其他疾病", "text", "health", longest=200),
    _F("mental_kin", "两系三代严重精神障碍家族史", "single", "health", "F03", codes=p.MENTAL_KIN),
    _F("hereditary", "遗传病史", "single", "health", codes=p.NO_OR_YES),
    _F("hereditary_note", "遗传病名称", "text", "health", need="conditional", when="有遗传病史时", longest=100),
    _F("disabilities", "残疾情况", "multi", "health", codes=p.DISABILITY),
    _F("disabilities_note", "其他残疾", "text", "health", longest=100),
    _F("kitchen", "厨房排风设施", "single", "surroundings", codes=p.KITCHEN),
    _F("fuel", "燃料类型", "single", "surroundings", codes=p.FUEL),
    _F("water", "饮水", "single", "surroundings", codes=p.WATER),
    _F("toilet", "厕所", "single", "surroundings", codes=p.TOILET),
    _F("livestock", "禽畜栏", "single", "surroundings", codes=p.LIVESTOCK),
    _F("report_type", "报告类型", "single", "consent", "F03", codes=p.REPORT_TYPE),
    _F("notified_on", "告知日期", "date", "consent", "OWN", "conditional", when="依法报告时"),
    _F("notifier", "告知人", "text", "consent", "OWN", "conditional", when="依法报告时", longest=30),
    _F("consent", "知情同意", "single", "consent", "F07", "conditional", when="按要求登记的六类病种时", codes=p.CONSENT),
    _F("signer", "签字人", "single", "consent", "F05", "conditional", when="已问是否同意时", codes=p.SIGNER),
    _F("signer_name", "签字人姓名", "text", "consent", "F05", longest=30),
    _F("incapacity_note", "由监护人代签的原因", "text", "consent", "OWN", "conditional", when="只有监护人签字时", longest=100),
    _F("signed_on", "签字日期", "date", "consent", "F05", "conditional", when="已问是否同意时", also=("知情同意时间", "签署日期")),
    _F("filed_on", "建档日期", "date", "file", "F06", "always", True),
    _F("filled_by", "填表人", "text", "file", "F07", longest=30, also=("医生签字",)),
    _F("worker", "责任人", "text", "file", "OWN", longest=30, also=("责任医生", "随访责任人"),
       hint="登录名或姓名；不填时由服务该村的机构负责人承担"),
)  # fmt: skip

#: Key → field, in the order of the page.
FIELDS = MappingProxyType({field.key: field for field in _ALL})
CORE = tuple(field.key for field in _ALL if field.core)
PRIVATE = tuple(field.key for field in _ALL if field.private)


def codes_of(field: Field, form_edition: str) -> tuple[Code, ...]:
    """The code list of a field in the print its paper follows (`2017` or `2011`)."""
    if field.key == "education":
        return p.EDUCATION_BY_EDITION[form_edition]
    if field.key == "occupation":
        return p.OCCUPATION_BY_EDITION[form_edition]
    return field.codes


def in_section(section: str) -> list[Field]:
    """The fields of one section, in order."""
    return [field for field in _ALL if field.section == section]
