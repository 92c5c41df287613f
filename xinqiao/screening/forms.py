"""The questions of screening's pages. Shape only: nothing is decided or saved here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from xinqiao.kernel.errors import Problem
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution
from xinqiao.web.fields import Choice, Field, Spec, build

from .choices import (
    ITEMS,
    NOTED_ACTS,
    Answer,
    Judgement,
    Outcome,
    Purpose,
    Result,
    RoundPurpose,
    RoundResult,
    SentBy,
    Sex,
    Source,
    closing_reasons,
)
from .rules import leads_to, who_may_send

Problems = Iterable[Problem]
_PHONE = {"input_type": "tel", "inputmode": "tel", "maxlength": 30}
_DATE = {"input_type": "date"}
#: Hospitals without an account are written by name.
ON_PAPER = "paper"


def clue_fields(
    values: Mapping[str, Any], problems: Problems, villages: Sequence[Choice]
) -> dict[str, Field]:
    """All of a clue's page, the nine items as q1 … q9."""
    answers = [(Answer.YES.value, _("有")), (Answer.NO.value, _("没有"))]
    specs = [
        Spec("place", _("村（社区）"), villages, required=True),
        Spec("name", _("姓名"), extra={"maxlength": 60}),
        Spec("vagrant", _("身份不明的流浪人员")),
        Spec(
            "description",
            _("怎样辨认"),
            hint=_("大致年龄、衣着、常出现的地方"),
            extra={"show_when": "vagrant=1", "maxlength": 300},
        ),
        Spec("sex", _("性别"), Sex.choices, required=True),
        Spec("age", _("年龄"), extra={"inputmode": "numeric", "unit": _("岁"), "maxlength": 3}),
        Spec("birth_on", _("出生日期"), extra=_DATE),
        Spec("id_number", _("身份证号"), hint=_("有就填，用来核对是否已经建档"), extra={"maxlength": 30}),
        Spec("phone", _("本人电话"), extra=_PHONE),
        Spec("address", _("住址"), extra={"maxlength": 200}),
        Spec("guardian_name", _("监护人或家属"), extra={"maxlength": 60}),
        Spec("guardian_phone", _("监护人或家属电话"), extra=_PHONE),
        Spec("informant_name", _("知情人"), extra={"maxlength": 60}),
        Spec("informant_relation", _("与本人关系"), extra={"maxlength": 30}),
        Spec("informant_phone", _("知情人电话"), extra=_PHONE),
        Spec("found_on", _("调查日期"), required=True, extra=_DATE),
        Spec("investigator", _("调查人"), required=True, extra={"maxlength": 60}),
        Spec("source", _("线索来源"), Source.choices, required=True),
        Spec("danger_told", _("有人反映有伤害自己或他人的危险")),
        Spec("facts", _("看到和听到的情况"), hint=_("只写事实，不下结论"), extra={"maxlength": 1000}),
        *(Spec(f"q{code}", f"{code} {label}", answers, required=True) for code, label in ITEMS.items()),
    ]
    return build(specs, values, problems)


def judge_fields(values: Mapping[str, Any], problems: Problems) -> dict[str, Field]:
    return build(
        [
            Spec("judgement", _("初筛结论"), Judgement.choices, required=True),
            Spec("judged_on", _("初筛日期"), required=True, extra=_DATE),
            Spec("note", _("说明"), extra={"maxlength": 200}),
        ],
        values,
        problems,
    )


def act_fields(values: Mapping[str, Any], problems: Problems) -> dict[str, Field]:
    return build(
        [
            Spec("kind", _("做了什么"), [(one.value, one.label) for one in NOTED_ACTS], required=True),
            Spec("happened_on", _("日期"), required=True, extra=_DATE),
            Spec("note", _("经过"), hint=_("联系了谁，对方怎么说"), extra={"maxlength": 500}),
        ],
        values,
        problems,
    )


def close_fields(values: Mapping[str, Any], problems: Problems, *, state: str) -> dict[str, Field]:
    reasons = [(one.value, one.label) for one in closing_reasons(state)]
    return build(
        [
            Spec("reason", _("结案原因"), reasons, required=True),
            Spec("closed_on", _("结案日期"), required=True, extra=_DATE),
            Spec("note", _("说明"), extra={"maxlength": 200}),
        ],
        values,
        problems,
    )


def hospitals(place: str) -> list[Choice]:
    """Hospitals that work here, those of the own city first, and a last choice for one on paper."""
    rows = Institution.objects.filter(kind=InstitutionKind.PSYCHIATRIC_HOSPITAL, valid_to=None)
    near = sorted(rows, key=lambda one: (one.place[:4] != place[:4], one.place[:6] != place[:6], one.name))
    return [(str(one.pk), one.name) for one in near] + [(ON_PAPER, _("其他医院（登记纸质结论）"))]


def send_fields(
    values: Mapping[str, Any], problems: Problems, *, place: str, danger: bool, vagrant: bool
) -> dict[str, Field]:
    allowed = who_may_send(danger=danger, vagrant=vagrant)
    return build(
        [
            Spec("hospital", _("医院"), hospitals(place), required=True),
            Spec(
                "hospital_name", _("医院名称"),
                extra={"maxlength": 100, "show_when": f"hospital={ON_PAPER}"},
            ),
            Spec("asked_on", _("提请日期"), required=True, extra=_DATE),
            Spec(
                "question", _("请医师了解的情况"), hint=_("医院只看到这里写的、清单条目和联系方式，看不到知情人"),
                extra={"maxlength": 1000},
            ),
            Spec(
                "sent_by", _("由谁送诊"), [(code, SentBy(code).label) for code in allowed],
                hint=_("已经到医院的才填。精防人员只动员和联系，不送诊"),
            ),
            Spec("sent_on", _("送诊日期"), extra=_DATE),
        ],
        values,
        problems,
    )  # fmt: skip


def brought_fields(
    values: Mapping[str, Any], problems: Problems, *, danger: bool, vagrant: bool
) -> dict[str, Field]:
    allowed = who_may_send(danger=danger, vagrant=vagrant)
    return build(
        [
            Spec("sent_by", _("由谁送诊"), [(code, SentBy(code).label) for code in allowed], required=True),
            Spec("sent_on", _("送诊日期"), required=True, extra=_DATE),
        ],
        values,
        problems,
    )


def answer_fields(
    values: Mapping[str, Any], problems: Problems, *, purpose: str, of_file: bool
) -> dict[str, Field]:
    """What a psychiatrist answers; a first assessment asks no diagnosis."""
    specs = [
        Spec(
            "diagnosed_on", _("诊断日期") if purpose != "first" else _("评估日期"), required=True, extra=_DATE
        ),
        Spec(
            "doctor",
            _("诊断医师") if purpose != "first" else _("评估医师"),
            required=True,
            hint=_("另外两名精神科医师，用顿号分开") if purpose == Purpose.AGAIN else "",
            extra={"maxlength": 60},
        ),
    ]
    if purpose != Purpose.FIRST:
        fits = {code for result in Result.values for code in leads_to(result, of_file=of_file)}
        specs += [
            Spec("result", _("诊断结论"), Result.choices, required=True),
            Spec(
                "icd10", _("诊断编码（ICD-10）"), hint=_("如 F20.9；六类和其他诊断都要填"),
                extra={"maxlength": 10, "show_when": "result=six,other"},
            ),
            Spec("outcome", _("处理"), [(c, label) for c, label in Outcome.choices if c in fits], required=True),
            Spec("look_on", _("下次复看日期"), extra={**_DATE, "show_when": "outcome=watch"}),
        ]  # fmt: skip
        if not of_file:
            specs.append(
                Spec(
                    "consent",
                    _("是否同意建档"),
                    [("1", _("同意")), ("2", _("不同意"))],
                    hint=_("还没有征求的不选，由乡镇建档时征求"),
                    extra={"show_when": "outcome=file,close"},
                )
            )
    label = _("评估意见") if purpose == Purpose.FIRST else _("治疗和随访建议")
    specs.append(Spec("advice", label, required=purpose == Purpose.FIRST, extra={"maxlength": 1000}))
    return build(specs, values, problems)


def person_review_fields(values: Mapping[str, Any], problems: Problems, *, place: str) -> dict[str, Field]:
    purposes = [(code, label) for code, label in Purpose.choices if code != Purpose.CLUE]
    return build(
        [
            Spec("purpose", _("事项"), purposes, required=True),
            Spec("hospital", _("医院"), hospitals(place), required=True),
            Spec(
                "hospital_name", _("医院名称"),
                extra={"maxlength": 100, "show_when": f"hospital={ON_PAPER}"},
            ),
            Spec(
                "concluded_on", _("收到诊断结论的日期"),
                hint=_("对诊断结论有异议的，可自收到之日起 3 日内要求再次诊断，由另两名精神科医师作出"),
                extra={**_DATE, "show_when": "purpose=again"},
            ),
            Spec("asked_on", _("提请日期"), required=True, extra=_DATE),
            Spec("question", _("请医师了解的情况"), extra={"maxlength": 1000}),
        ],
        values,
        problems,
    )  # fmt: skip


def village_fields(values: Mapping[str, Any], problems: Problems) -> dict[str, Field]:
    whole = {"inputmode": "numeric", "maxlength": 6}
    return build(
        [
            Spec("done_on", _("完成日期"), required=True, extra=_DATE),
            Spec("households", _("走访户数"), required=True, extra={**whole, "unit": _("户")}),
            Spec("people", _("询问人数"), required=True, extra={**whole, "unit": _("人")}),
            Spec("note", _("说明"), extra={"maxlength": 200}),
        ],
        values,
        problems,
    )


def round_fields(
    values: Mapping[str, Any], problems: Problems, townships: Sequence[Choice]
) -> dict[str, Field]:
    return build(
        [
            Spec("place", _("乡镇"), townships, required=True),
            Spec("on", _("日期"), required=True, extra=_DATE),
            Spec("hospital_name", _("医院"), required=True, extra={"maxlength": 100}),
            Spec("doctors", _("医师"), required=True, extra={"maxlength": 100}),
            Spec("where", _("地点"), extra={"maxlength": 100}),
            Spec("note", _("说明"), extra={"maxlength": 200}),
        ],
        values,
        problems,
    )


def result_fields(values: Mapping[str, Any], problems: Problems) -> dict[str, Field]:
    return build(
        [
            Spec("result", _("结果"), RoundResult.choices, required=True),
            Spec("seen_on", _("日期"), extra={**_DATE, "show_when": "result=seen"}),
            Spec("note", _("专家意见"), extra={"maxlength": 500}),
        ],
        values,
        problems,
    )


def purpose_field(value: str = "", error: str = "") -> Field:
    return Field("purpose", _("事项"), value, RoundPurpose.choices, required=True, error=error)
