"""Is this a person's record as it should be? Types, code lists, what is required, and what the fields say about each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xinqiao.kernel.errors import Problem
from xinqiao.kernel.words import sentence, term

from ..choices import printed
from .besides import check_health, check_support
from .case import Case, Entry, is_blank
from .fields import FIELDS
from .identity import check_id_number, same_document
from .reading import read_field
from .values import narrow

#: What a record may carry along: kept and shown, never a reason to refuse. `missing:KEY` stands for a field left empty.
FLAG_LABELS: dict[str, str] = {
    "id_converted": sentence("15位旧证号已换算为18位"),
    "id_made_up": sentence("证件号以 99 开头，只用于虚构人物"),
    "id_unknown_division": sentence("证件号前两位不在现行区划内"),
    "sex_from_id": sentence("性别取自身份证号"),
    "birth_from_id": sentence("出生日期取自身份证号"),
    "date_order": sentence("日期前后不合，按原样保留"),
    "not_six": sentence("诊断不属六类病种"),
    "guardian_signed_alone": sentence("仅监护人签字，未记录原因"),
    "certificate_differs": sentence("残疾人证号与身份证号或等级不符，按原样保留"),
    "no_worker": sentence("责任未落实"),
    "worker_unknown": sentence("责任人不是本系统用户，只记姓名"),
    "place_differs": sentence("所属村与已有档案不同，未改动，请用流转"),
    "filed_on_differs": sentence("建档日期与已有档案不同，未改动"),
}


@dataclass(frozen=True)
class Checked:
    """`clean`: key → value in its type, only keys that were answered; `problems` refuse; `flags` go along."""

    clean: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    def __iter__(self) -> Any:
        return iter((self.clean, self.problems, self.flags))


def check_person(
    record: Mapping[str, Any], *, today: date, entry: Entry = "form", demo: bool = False
) -> Checked:
    """Check one record of `FIELDS` keys. Values may be typed text or values already in their types.

    `entry="form"` wants everything the printed form wants; `"partial"` wants the core fields and notes other gaps as
    flags; `"import"` notes dates in an odd order as flags too. Unknown keys are problems. Outside the demo a made-up number (division 99) is flagged.
    """
    case = Case(record, today, entry)
    for key in record:
        if key not in FIELDS:
            case.wrong(key, "unknown", sentence("没有“%(key)s”这个项目。", key=key), record[key])
    edition = narrow(record.get("form_edition")) or printed.CURRENT_EDITION
    if edition not in printed.EDUCATION_BY_EDITION:
        edition = printed.CURRENT_EDITION
    for asked in FIELDS.values():
        if not is_blank(asked, record.get(asked.key)):
            read_field(case, asked, record[asked.key], edition)
    _identity(case, demo)
    _family(case)
    _illness(case)
    check_support(case)
    check_health(case)
    _consent(case)
    _dates(case)
    for asked in FIELDS.values():
        if asked.need == "always":
            case.missing(asked.key)
    return Checked(case.clean, _in_order(case.problems), case.flags)


def _in_order(problems: list[Problem]) -> list[Problem]:
    order = {key: number for number, key in enumerate(FIELDS)}
    return sorted(problems, key=lambda problem: order.get(problem.field, -1))


def _identity(case: Case, demo: bool) -> None:
    clean = case.clean
    name = clean.get("name", "")
    if name and (len(name) < 2 or re.search(r"[\d<>@#%*/\\]", name)):
        case.wrong(
            "name", "name", sentence("姓名“%(name)s”不像姓名：至少两个字，不含数字和符号。", name=name), name
        )
    kind = clean.setdefault("id_kind", printed.RESIDENT_ID)
    if kind == printed.NO_DOCUMENT:
        if "id_number" in clean:
            case.wrong(
                "id_number", "exclusive", sentence("证件类型选了“无证件或不详”，证件号码就不能填写。"), ""
            )
            clean.pop("id_number")
        case.missing("no_id_reason", sentence("：无证件或不详时要写明原因"))
    elif "id_number" not in clean:
        case.missing("id_number", sentence("；确实没有证件时，证件类型选“无证件或不详”并写明原因"))
    elif kind == printed.RESIDENT_ID:
        _resident_id(case, demo)
    else:
        clean["id_number"] = same_document(clean["id_number"])
        if len(clean["id_number"]) < 5:
            case.wrong(
                "id_number",
                "shape",
                sentence("证件号码“%(id_number)s”太短，请核对。", id_number=clean["id_number"]),
                clean["id_number"],
            )
    if clean.get("sex") in {"0", "9"} and case.entry != "import" and kind == printed.RESIDENT_ID:
        case.missing("sex")


def _resident_id(case: Case, demo: bool) -> None:
    clean = case.clean
    found = check_id_number(clean["id_number"], today=case.today)
    clean["id_number"] = found.number
    case.problems.extend(found.problems)
    if not found.ok or found.birth_on is None:
        return
    for name in found.flags:
        if name != "id_made_up" or not demo:
            case.flag(name)
    if "birth_on" not in clean and not case.has_problem("birth_on"):
        clean["birth_on"] = found.birth_on
        case.flag("birth_from_id")
    elif clean.get("birth_on") not in (None, found.birth_on):
        case.wrong(
            "birth_on",
            "id_birth",
            sentence(
                "出生日期 %(birth_on)s 与身份证号中的 %(birth_on2)s 不一致，请核对其中一项。",
                birth_on=clean["birth_on"].isoformat(),
                birth_on2=found.birth_on.isoformat(),
            ),
            clean["birth_on"],
        )
    if clean.get("sex") in (None, "0", "9") and not case.has_problem("sex"):
        clean["sex"] = found.sex
        case.flag("sex_from_id")
    elif clean.get("sex") not in (None, found.sex):
        typed, right = (term(FIELDS["sex"].label_of(code)) for code in (clean["sex"], found.sex))
        case.wrong(
            "sex",
            "id_sex",
            sentence(
                "性别“%(typed)s”与身份证号第17位（表示%(right)s）不一致，请核对其中一项。",
                typed=typed,
                right=right,
            ),
            clean["sex"],
        )


def _family(case: Case) -> None:
    clean = case.clean
    if clean.get("no_guardian"):
        if "guardian_name" in clean:
            case.wrong("no_guardian", "exclusive", sentence("填写了监护人姓名，就不能再勾选“无监护人”。"))
        return
    for key in ("guardian_name", "guardian_relation", "guardian_phone"):
        case.missing(key, sentence("；确实没有监护人时请勾选“无监护人”") if key == "guardian_name" else "")


def _illness(case: Case) -> None:
    clean = case.clean
    if "12" in clean.get("past_symptoms", ()):
        case.missing("past_symptoms_note", sentence("：选了“其他”要说明"))
    treated = clean.get("past_outpatient") in {"2", "3"} or clean.get("admissions", 0) > 0
    if treated:
        case.missing("first_antipsychotic_on", sentence("：曾门诊治疗或住院时要填"))
    typed = clean.get("icd10", "")
    if typed:
        code = printed.DISORDER_NAMES.get(typed, typed.upper())
        code = code if not re.match(r"^[A-Z]\d{2}\d", code) else f"{code[:3]}.{code[3:]}"
        if not re.fullmatch(r"[A-Z]\d{2}(\.[0-9A-Z]{1,6})?", code):
            case.wrong(
                "icd10",
                "icd10",
                sentence(
                    "诊断“%(typed)s”不是 ICD-10 编码，请写成 F20.9 这样，或写六类病种的病名。", typed=typed
                ),
                typed,
            )
            clean.pop("icd10")
        else:
            clean["icd10"] = code
            if category_of(code) == "9":
                case.flag("not_six")


def category_of(icd10: str) -> str:
    """Which of the six registered disorders (1–6), else 9. The longest prefix decides."""
    matching = [
        (len(prefix), category) for prefix, category, _name in printed.DISORDERS if icd10.startswith(prefix)
    ]
    return max(matching)[1] if matching else "9"


def _consent(case: Case) -> None:
    clean = case.clean
    kind = clean.setdefault("report_type", "2")
    if kind == "1":
        case.missing("notified_on", sentence("：依法报告的患者要记录告知日期"))
        case.missing("notifier", sentence("：依法报告的患者要记录告知人"))
    else:
        case.missing("consent")
    if "consent" in clean:
        case.missing("signer")
        case.missing("signed_on")
        if clean.get("signer") == "2" and "incapacity_note" not in clean:
            if case.entry != "import":
                case.missing("incapacity_note", sentence("：只由监护人签字时，要写明本人不能签字的原因"))
            else:
                case.flag("guardian_signed_alone")


def _dates(case: Case) -> None:
    clean = case.clean
    birth = clean.get("birth_on")
    onset, precision = clean.get("onset_on", (None, "day"))
    if birth is not None:
        for key in ("first_antipsychotic_on", "diagnosed_on", "signed_on", "notified_on", "filed_on"):
            day = clean.get(key)
            if day is not None and day < birth:
                case.wrong(
                    key,
                    "before_birth",
                    sentence(
                        "%(label)s %(day)s 早于出生日期 %(birth)s，请核对。",
                        label=term(FIELDS[key].label),
                        day=day.isoformat(),
                        birth=birth.isoformat(),
                    ),
                    day,
                )
        if onset is not None and _cut(onset, precision) < _cut(birth, precision):
            case.wrong(
                "onset_on",
                "before_birth",
                sentence(
                    "初次发病时间 %(onset)s 早于出生日期 %(birth)s，请核对。",
                    onset=onset.isoformat(),
                    birth=birth.isoformat(),
                ),
                onset,
            )
    if onset is not None:
        for key in ("first_antipsychotic_on", "diagnosed_on"):
            day = clean.get(key)
            if day is not None and _cut(day, precision) < _cut(onset, precision):
                _order(
                    case,
                    key,
                    sentence(
                        "%(label)s %(day)s 早于初次发病时间 %(onset)s，请核对。",
                        label=term(FIELDS[key].label),
                        day=day.isoformat(),
                        onset=onset.isoformat(),
                    ),
                    day,
                )
    diagnosed, filed = clean.get("diagnosed_on"), clean.get("filed_on")
    if diagnosed is not None and filed is not None and diagnosed > filed:
        _order(
            case,
            "diagnosed_on",
            sentence(
                "确诊日期 %(diagnosed)s 晚于建档日期 %(filed)s，请核对。",
                diagnosed=diagnosed.isoformat(),
                filed=filed.isoformat(),
            ),
            diagnosed,
        )


def _order(case: Case, key: str, message: str, day: date) -> None:
    if case.entry != "import":
        case.wrong(key, "date_order", message, day)
    else:
        case.flag("date_order")


def _cut(day: date, precision: str) -> date:
    """The day, or the first of its month or year, so that dates are compared only as finely as they are known."""
    if precision == "year":
        return day.replace(month=1, day=1)
    return day.replace(day=1) if precision == "month" else day
