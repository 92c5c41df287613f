"""Items 1–6: the visit itself, and what ends follow-up."""

from __future__ import annotations

from .model import Field, codes

VISIT: tuple[Field, ...] = (
    Field("visit_date", "随访日期", "date", "visit", "1", need="always"),
    Field(
        "form",
        "本次随访形式",
        "single",
        "visit",
        "2",
        need="always",
        codes=codes("1 门诊", "2 家庭访视", "3 电话"),
    ),
    Field(
        "form_detail",
        "具体途径",
        "single",
        "visit",
        edition="OWN",
        codes=codes("1 短信或微信", "2 视频", "3 其他知情途径"),
    ),
    Field(
        "targets",
        "本次随访对象",
        "multi",
        "visit",
        "3",
        "N18",
        "conditional",
        "非失访、非死亡时",
        codes("1 患者本人", "2 家属或监护人", "3 其他知情人"),
    ),
    Field(
        "lost_reason",
        "失访原因",
        "single",
        "ending",
        "4",
        need="conditional",
        when="失访时",
        codes=codes("1 外出打工", "2 迁居他处", "3 走失", "4 连续3次未访到", "5 其他"),
    ),
    Field("lost_note", "失访原因说明", "text", "ending", "4", need="conditional", when="失访原因选“其他”时"),
    Field("death_date", "死亡日期", "date", "ending", "5", need="conditional", when="死亡时"),
    Field(
        "death_cause",
        "死亡原因",
        "single",
        "ending",
        "6",
        need="conditional",
        when="死亡时",
        codes=codes("1 躯体疾病", "2 自杀", "3 他杀", "4 意外", "5 精神疾病相关并发症", "6 其他"),
    ),
    Field(
        "death_disease",
        "躯体疾病种类",
        "single",
        "ending",
        "6",
        need="conditional",
        when="死亡原因为躯体疾病时",
        codes=codes(
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
    Field("death_note", "死亡原因说明", "text", "ending", "6", need="conditional", when="死亡原因选“其他”时"),
)
