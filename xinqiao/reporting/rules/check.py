"""Is a card as it should be? Types and codes, what is required, and what the fields say about each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xinqiao.kernel.errors import Problem
from xinqiao.kernel.words import sentence
from xinqiao.registry.choices import printed
from xinqiao.registry.rules.case import is_blank
from xinqiao.registry.rules.check import category_of
from xinqiao.registry.rules.reading import read_field

from ..choices.printed import OTHER, OUTSIDE_THE_SIX, TO_ONESELF
from .case import CardCase
from .drugs import read_drugs
from .fields import DISCHARGE, DRUG_LISTS, REPORT
from .person import address, identity, registered_home


@dataclass(frozen=True)
class Checked:
    """`clean`: key → value in its type, only what was answered and applies; `problems` refuse; `flags` go along."""

    clean: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def check_card(
    form: str,
    record: Mapping[str, Any],
    *,
    today: date,
    county: str,
    born_on: date | None = None,
    demo: bool = False,
) -> Checked:
    """Check one card. `county`: the 12 digits of the reporting county, against which 本县区 and the others are told apart;
    `born_on`: the birth date on the report card that a discharge form belongs to."""
    case = CardCase(form, record, today)
    for key in record:
        if key not in case.fields:
            case.wrong(key, "unknown", sentence("没有“%(key)s”这个项目。", key=key), record[key])
    for asked in case.fields.values():
        if asked.key in DRUG_LISTS:
            continue
        if not is_blank(asked, record.get(asked.key)):
            read_field(case, asked, record[asked.key], printed.CURRENT_EDITION)
    if form == REPORT:
        _report(case, county, demo)
    else:
        _discharge(case, born_on)
    _danger(case)
    for key in ("icd10", "icd10_2", "icd10_3"):
        _diagnosis(case, key)
    if form == REPORT:
        _kind_of_report(case)
    for key, none_needed in DRUG_LISTS.items():
        if key in case.fields:
            _drugs(case, key, none_needed)
    for asked in case.fields.values():
        if asked.need == "always":
            case.missing(asked.key)
    order = {key: number for number, key in enumerate(case.fields)}
    problems = sorted(case.problems, key=lambda one: order.get(one.field.split(".")[0], -1))
    return Checked(case.clean, problems, case.flags)


# ── report card ──────────────────────────────────────────────────────────────────────────────────────────────────


def _report(case: CardCase, county: str, demo: bool) -> None:
    clean = case.clean
    number = {"1": "outpatient_no", "2": "inpatient_no"}.get(clean.get("patient_source", ""))
    for key in ("outpatient_no", "inpatient_no"):
        if key == number:
            case.missing(key)
        else:
            case.not_asked(key)
    identity(case, demo)
    address(case)
    registered_home(case, county)
    _consent(case)
    if clean.get("treated_before") == "1":
        case.missing("first_treated_on", sentence("：既往接受过治疗时要填，只知道年份也可以"))
    else:
        case.not_asked("first_treated_on")
    if OTHER in clean.get("sender", ()):
        case.missing("sender_other", sentence("：送诊主体选了“其他”要写明"))
    else:
        case.not_asked("sender_other")
    for first, later in (
        ("birth_on", "onset_on"), ("onset_on", "first_treated_on"), ("birth_on", "first_treated_on"),
        ("onset_on", "diagnosed_on"), ("birth_on", "diagnosed_on"), ("diagnosed_on", "filled_on"),
        ("onset_on", "signed_on"), ("onset_on", "notified_on"),
    ):  # fmt: skip
        if not case.has_problem(later):
            case.before(first, later)


def _consent(case: CardCase) -> None:
    """Harm to others is reported by law: who told the patient and when, and never a stored "agreed"."""
    clean = case.clean
    kind = clean.get("report_type")
    if kind == "1":
        case.missing("notified_on", sentence("：依法报告不需同意，但要告知并记录日期"))
        case.missing("notifier", sentence("：依法报告要记录由谁告知"))
        for key in ("consent", "signer", "incapacity_note", "signed_on"):
            case.not_asked(key)
        return
    for key in ("notified_on", "notifier"):
        case.not_asked(key)
    if kind == "2":
        case.missing("consent", sentence("：按要求登记的六类病种要问是否同意参加管理"))
    if "consent" not in clean:
        return
    case.missing("signer", sentence("：先请本人签字"))
    case.missing("signed_on")
    if clean.get("signer") == "2":
        case.missing("incapacity_note", sentence("：只由监护人签字时，要写明本人不能签字的原因"))
    else:
        case.not_asked("incapacity_note")


def _kind_of_report(case: CardCase) -> None:
    """Without asking, the law reports who harmed or endangers others (MHL 30 ¶2(2)), whatever the diagnosis; the other kind is
    the list of the six disorders."""
    clean = case.clean
    kind, danger = clean.get("report_type"), clean.get("past_danger")
    if kind == "1" and danger:
        only_oneself = set(danger) <= TO_ONESELF
        if only_oneself or (danger == [printed.NO_DANGER] and clean.get("past_risk", "0") == "0"):
            words = sentence(
                "报告类型选了“发病报告患者”，要有危害他人安全的行为或危险（自伤、自杀未遂不算）；没有的，改选“按要求登记的六类病种”。"
            )
            case.wrong("report_type", "no_danger", words, "1")
    elif kind == "2" and (code := clean.get("icd10")) and category_of(code) == OUTSIDE_THE_SIX:
        words = sentence(
            "诊断 %(code)s 不属六类病种，报告类型不能选“按要求登记的六类病种”：请核对诊断编码；已有危害他人安全的行为或危险的，改选“发病报告患者”。",
            code=code,
        )
        case.wrong("report_type", "not_six", words, "2")


# ── both forms ───────────────────────────────────────────────────────────────────────────────────────────────────


def _danger(case: CardCase) -> None:
    """Somebody who harmed or threatened was never at level 0."""
    danger, risk = case.clean.get("past_danger"), case.clean.get("past_risk")
    if danger and danger != [printed.NO_DANGER] and risk == "0":
        words = sentence("既往危险性评估“0级”与既往危险行为不符：有危险行为时至少为 1 级。")
        case.wrong("past_risk", "danger", words, risk)


def _diagnosis(case: CardCase, key: str) -> None:
    typed = case.clean.get(key, "")
    if not typed:
        return
    code = printed.DISORDER_NAMES.get(typed, typed.upper())
    code = code if not re.match(r"^[A-Z]\d{2}\d", code) else f"{code[:3]}.{code[3:]}"
    if not re.fullmatch(r"[A-Z]\d{2}(\.[0-9A-Z]{1,6})?", code):
        words = sentence(
            "%(label)s“%(typed)s”不是 ICD-10 编码，请写成 F20.9 这样，或写六类病种的病名。",
            label=case.label(key),
            typed=typed,
        )
        case.wrong(key, "icd10", words, typed)
        case.clean.pop(key)
    else:
        case.clean[key] = code


def _drugs(case: CardCase, key: str, none_needed: str) -> None:
    rows = read_drugs(case, key, case.raw.get(key))
    none = case.clean.get(none_needed)
    wrong = any(one.field == key or one.field.startswith(key + ".") for one in case.problems)
    if none == "1" and rows:
        words = sentence("%(none)s选了“是”，就不能再填药；要用药请改选“否”。", none=case.label(none_needed))
        case.wrong(none_needed, "exclusive", words, "1")
    elif none == "0" and not rows and not wrong:
        words = sentence(
            "%(label)s没有填写：%(none)s选了“否”，至少填一种药。",
            label=case.label(key),
            none=case.label(none_needed),
        )
        case.wrong(key, "missing", words)
    if rows:
        case.clean[key] = rows


# ── discharge form ───────────────────────────────────────────────────────────────────────────────────────────────


def _discharge(case: CardCase, born_on: date | None) -> None:
    if "5" in case.clean.get("rehab", ()):
        case.missing("rehab_note", sentence("：康复措施选了“其他”要写明"))
    else:
        case.not_asked("rehab_note")
    for first, later in (
        ("admitted_on", "discharged_on"),
        ("discharged_on", "filled_on"),
        ("diagnosed_on", "discharged_on"),
    ):
        if not case.has_problem(later):
            case.before(first, later)
    admitted = case.day("admitted_on")
    if born_on is not None and admitted is not None and admitted < born_on:
        words = sentence(
            "入院日期 %(day)s 早于出生日期 %(birth)s，请核对。",
            day=admitted.isoformat(),
            birth=born_on.isoformat(),
        )
        case.wrong("admitted_on", "before_birth", words, admitted)
    if case.clean.get("times_admitted") == 0:
        case.wrong("times_admitted", "range", sentence("曾住院次数 0 不对：含本次至少为 1。"), 0)


__all__ = ["DISCHARGE", "REPORT", "Checked", "check_card"]
