"""The identification list (F01) and the register of clues with their re-diagnosis (F02): of one clue, or of a place in a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from xinqiao.places.queries import short_name, short_names
from xinqiao.registry.choices import printed
from xinqiao.registry.shown import Shown
from xinqiao.screening.choices import ITEMS, Judgement, Outcome, Result, SentBy, Source
from xinqiao.screening.models import Clue, Rediagnosis
from xinqiao.screening.queries import age_of

from .layout import Row, day, form, group, new_line, options, row, rule, squares, text

#: The printed order of 复核诊断 and of 处理.
_RESULTS = [("1", "六类疾病"), ("2", "其他诊断"), ("3", "未确诊，继续观察"), ("4", "排除")]
_RESULT_CODE = {Result.SIX: "1", Result.OTHER: "2", Result.WATCH: "3", Result.EXCLUDE: "4"}
_OUTCOMES = [("1", "建档"), ("2", "转诊"), ("3", "观察随访"), ("4", "结案")]
_OUTCOME_CODE = {
    Outcome.FILE: "1",
    Outcome.REFER: "2",
    Outcome.WATCH: "3",
    Outcome.CLOSE: "4",
    Outcome.KEEP: "3",
}
_JUDGEMENTS = [("1", "六类疾病可能"), ("2", "其他精神障碍可能"), ("3", "待核查"), ("4", "排除")]
_JUDGEMENT_CODE = {Judgement.SIX: "1", Judgement.OTHER: "2", Judgement.CHECK: "3", Judgement.EXCLUDE: "4"}
_SENDERS = [("1", "本人"), ("2", "近亲属"), ("3", "所在单位"), ("4", "公安机关"), ("5", "民政等部门")]
_SENDER_CODE = {
    SentBy.SELF: "1",
    SentBy.KIN: "2",
    SentBy.EMPLOYER: "3",
    SentBy.POLICE: "4",
    SentBy.CIVIL: "5",
}


def checklist(clue: Clue | None, shown: Shown, *, qr: str = "") -> dict[str, Any]:
    """F01: the nine items, each 有 or 没有. Blank without a clue."""
    yes = set(clue.items) if clue else set()

    def answer(code: str) -> list[str]:
        return [] if clue is None else ["1" if code in yes else "0"]

    rows: list[Row] = [
        row("调查地区", text(short_name(clue.managing_code) if clue else ""), text("　　调查日期　" + day(clue.found_on if clue else None))),
        row("调查人", rule(clue.investigator if clue else "", 40), text("　线索来源"),
            rule(str(Source(clue.source).label) if clue else "", 50)),
        row("知情人", text("姓名"), rule("", 26), text("　关系"), rule("", 20), text("　电话"), rule("", 34)),
        row("被调查人", text("性别"), rule(str(clue.get_sex_display()) if clue else "", 12), text("　年龄"),
            rule(str(clue.age) if clue and clue.age is not None else "", 12), text("　电话"),
            rule(shown.phone(clue.phone) if clue and clue.phone else "", 34)),
        row("住址", text(shown.detail(clue.address) if clue else "")),
        group("有没有下列情况　1 有　0 没有", *(row(f"{code}.", text(str(words)), squares(answer(code))) for code, words in ITEMS.items())),
    ]  # fmt: skip
    notes = [
        "任一项为“有”，填写线索调查复核登记表。是不是病、是什么病，只由精神科医师诊断。",
        "对提供情况的人保密：知情人一栏只由登记人手写，不随本表复印和转交。",
    ]
    return form(
        "精神行为异常识别清单",
        clue.name if clue else "",
        rows,
        code=("线索编号", clue.clue_no if clue else ""),
        qr=qr,
        notes=notes,
    )


def register(
    clue: Clue, reviews: Sequence[Rediagnosis], shown: Shown, *, filler: str = "", qr: str = ""
) -> dict[str, Any]:
    """F02 of one clue, with the newest answered re-diagnosis."""
    answered, asked = _newest(reviews)
    age = age_of(clue, clue.found_on)
    result = _RESULT_CODE.get(Result(answered.result)) if answered else None
    outcome = _OUTCOME_CODE.get(Outcome(answered.outcome)) if answered and answered.outcome else None
    judged = _JUDGEMENT_CODE.get(Judgement(clue.judgement)) if clue.judgement else None
    sender = _SENDER_CODE.get(SentBy(asked.sent_by)) if asked and asked.sent_by else None
    consent = {"1": ["1"], "2": ["0"]}.get(answered.consent, []) if answered else []
    rows: list[Row] = [
        row("性别、年龄", rule(str(clue.get_sex_display()), 14), rule("" if age is None else f"{age} 岁", 20),
            text("　出生日期　" + day(clue.birth_on))),
        row("身份证号", text(shown.number(clue.id_number) if clue.id_number else "")),
        row("住址", text(f"{short_name(clue.managing_code)}　{shown.detail(clue.address)}".strip())),
        row("监护人或知情人", rule(clue.guardian_name, 30), text("　电话"), rule(shown.phone(clue.guardian_phone) if clue.guardian_phone else "", 36)),
        row("符合清单条目", text("、".join(f"第 {code} 条" for code in sorted(clue.items)) or "—")),
        row("线索来源", text(str(Source(clue.source).label))),
        row("初筛结论", options(_JUDGEMENTS, [judged] if judged else []), text("　日期　" + day(clue.judged_on))),
        group(
            "复核诊断",
            row("复核机构、医师", rule(asked.hospital_name if asked else "", 60), text("　"), rule(answered.doctor if answered else "", 30)),
            row("日期", text(day(answered.diagnosed_on if answered else None))),
            row("送诊主体", options(_SENDERS, [sender] if sender else [])),
            row("诊断", options(_RESULTS, [result] if result else []), new_line(), text("疾病名称与编码"), rule(_disorder(answered), 70)),
        ),
        row("是否同意建档", options([("1", "同意"), ("0", "不同意")], consent)),
        row("处理", options(_OUTCOMES, [outcome] if outcome else [])),
        row("填表人、日期", rule(filler or clue.investigator, 40), text("　　" + day(clue.judged_on or clue.found_on))),
    ]  # fmt: skip
    return form("严重精神障碍线索调查复核登记表", clue.name, rows, code=("线索编号", clue.clue_no), qr=qr)


def _newest(reviews: Sequence[Rediagnosis]) -> tuple[Rediagnosis | None, Rediagnosis | None]:
    """The newest answer, and the question whose hospital and sender are printed."""
    answered = next((one for one in reviews if one.result), None)
    return answered, answered or next(iter(reviews), None)


def _disorder(answered: Rediagnosis | None) -> str:
    if answered is None or not answered.icd10:
        return ""
    return f"{printed.label_of(printed.CATEGORY, answered.category)} {answered.icd10}".strip()


def register_list(
    clues: Sequence[Clue],
    reviews: Mapping[UUID, Sequence[Rediagnosis]],
    shown: Shown,
    *,
    place: str,
    period: str,
) -> dict[str, Any]:
    """F02 of a place in a period, one line a clue, as `list.typ` reads it. Whoever told of somebody is not on it."""
    names = short_names({one.managing_code for one in clues})
    lines = [_line(one, reviews.get(one.pk, ()), shown, names[one.managing_code]) for one in clues]
    return {
        "title": "严重精神障碍线索调查复核登记表",
        "sub": f"{place}　{period}　共 {len(clues)} 条",
        "heads": [
            "线索编号", "姓名、身份证号", "性别年龄", "住址", "监护人、电话", "符合条目", "线索来源", "初筛结论", "复核日期、医师、机构",
            "复核诊断", "同意建档", "处理", "填表人、日期",
        ],
        "widths": [20, 35, 11, 0, 24, 12, 17, 18, 32, 24, 9, 12, 20],
        "aligns": ["c", "l", "c", "l", "l", "c", "l", "l", "l", "l", "c", "c", "l"],
        "rows": lines,
        "signed": ["填表人", "审核人", "日期（单位盖章）"],
    }  # fmt: skip


def _line(clue: Clue, reviews: Sequence[Rediagnosis], shown: Shown, place: str) -> list[str]:
    answered, asked = _newest(reviews)
    age = age_of(clue, clue.found_on)
    name = clue.name or ("（身份信息已去除）" if clue.erased_at else "身份不明")
    seen = answered.diagnosed_on.isoformat() if answered and answered.diagnosed_on else ""
    result = dict(_RESULTS)[_RESULT_CODE[Result(answered.result)]] if answered else ""
    outcome = _OUTCOME_CODE.get(Outcome(answered.outcome)) if answered and answered.outcome else None
    return [
        clue.clue_no.replace("-", "- ", 1),  # so that it breaks there
        f"{name} {shown.number(clue.id_number) if clue.id_number else ''}".strip(),
        f"{clue.get_sex_display()} {'' if age is None else age}".strip(),
        f"{place} {shown.detail(clue.address)}".strip(),
        f"{clue.guardian_name} {shown.phone(clue.guardian_phone) if clue.guardian_phone else ''}".strip(),
        "、".join(sorted(clue.items)),
        str(Source(clue.source).label),
        dict(_JUDGEMENTS)[_JUDGEMENT_CODE[Judgement(clue.judgement)]] if clue.judgement else "",
        " ".join(part for part in (seen, answered.doctor if answered else "", asked.hospital_name if asked else "") if part),
        " ".join(part for part in (result, _disorder(answered)) if part),
        {"1": "同意", "2": "不同意"}.get(answered.consent, "") if answered else "",
        dict(_OUTCOMES)[outcome] if outcome else ("建档" if clue.filed_on else "结案" if clue.closed_on else ""),
        f"{clue.investigator} {(clue.judged_on or clue.found_on).isoformat()}",
    ]  # fmt: skip
