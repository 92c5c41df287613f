"""Is this a person's record as it should be? Types, code lists, what is required, and what the fields say about each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from xinqiao.kernel.codes import full_code, level_of
from xinqiao.kernel.errors import Problem
from xinqiao.kernel.terms import Level

from ..choices import printed
from .fields import FIELDS, Field, codes_of
from .identity import OLDEST, check_id_number, same_document
from .values import narrow, read_date, read_partial_date, read_phone, tidy

Entry = Literal["form", "import"]

#: What a record may carry along: kept and shown, never a reason to refuse. `missing:KEY` stands for a field left empty.
FLAG_LABELS: dict[str, str] = {
    "id_converted": "15位旧证号已换算为18位",
    "id_made_up": "证件号以 99 开头，只用于虚构人物",
    "id_unknown_division": "证件号前两位不在现行区划内",
    "sex_from_id": "性别取自身份证号",
    "birth_from_id": "出生日期取自身份证号",
    "date_order": "日期前后不合，按原样保留",
    "not_six": "诊断不属六类病种",
    "guardian_signed_alone": "仅监护人签字，未记录原因",
    "no_worker": "责任未落实",
    "worker_unknown": "责任人不是本系统用户，只记姓名",
    "place_differs": "所属村与已有档案不同，未改动，请用流转",
    "filed_on_differs": "建档日期与已有档案不同，未改动",
}


@dataclass(frozen=True)
class Checked:
    """`clean`: key → value in its type, only keys that were answered; `problems` refuse; `flags` go along."""

    clean: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    def __iter__(self) -> Any:
        return iter((self.clean, self.problems, self.flags))


class _Case:
    """One record being checked: collects as it goes."""

    def __init__(self, record: Mapping[str, Any], today: date, entry: Entry) -> None:
        self.raw, self.today, self.entry = record, today, entry
        self.clean: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self.flags: list[str] = []

    def wrong(self, key: str, code: str, message: str, value: Any = "") -> None:
        self.problems.append(Problem(key, code, message, str(value)))

    def flag(self, name: str) -> None:
        if name not in self.flags:
            self.flags.append(name)

    def has_problem(self, key: str) -> bool:
        return any(problem.field == key for problem in self.problems)

    def missing(self, key: str, why: str = "") -> None:
        """A gap: refuses a core field or a typed form, is only noted in an imported register."""
        if key in self.clean or self.has_problem(key):
            return
        asked = FIELDS[key]
        if self.entry == "form" or asked.core:
            self.wrong(key, "missing", f"{asked.label}没有填写{why}。")
        else:
            self.flag(f"missing:{key}")


def check_person(
    record: Mapping[str, Any], *, today: date, entry: Entry = "form", demo: bool = False
) -> Checked:
    """Check one record of `FIELDS` keys. Values may be typed text or values already in their types.

    `entry="form"` wants everything the printed form wants; `"import"` wants the core fields and notes other gaps and
    dates in an odd order as flags. Unknown keys are problems. Outside the demo a made-up number (division 99) is flagged.
    """
    case = _Case(record, today, entry)
    for key in record:
        if key not in FIELDS:
            case.wrong(key, "unknown", f"没有“{key}”这个项目。", record[key])
    edition = narrow(record.get("form_edition")) or printed.CURRENT_EDITION
    if edition not in printed.EDUCATION_BY_EDITION:
        edition = printed.CURRENT_EDITION
    for asked in FIELDS.values():
        if not _blank(asked, record.get(asked.key)):
            _read(case, asked, record[asked.key], edition)
    _identity(case, demo)
    _family(case)
    _illness(case)
    _consent(case)
    _dates(case)
    for asked in FIELDS.values():
        if asked.need == "always":
            case.missing(asked.key)
    return Checked(case.clean, _in_order(case.problems), case.flags)


def _in_order(problems: list[Problem]) -> list[Problem]:
    order = {key: number for number, key in enumerate(FIELDS)}
    return sorted(problems, key=lambda problem: order.get(problem.field, -1))


def _blank(asked: Field, value: Any) -> bool:
    if value is None or value == "" or (isinstance(value, str) and not narrow(value)):
        return True
    if asked.kind == "counts":
        return False
    return isinstance(value, (list, tuple, set, frozenset, dict)) and not value


def _read(case: _Case, asked: Field, value: Any, edition: str) -> None:
    reader = _READERS[asked.kind]
    found = reader(case, asked, value, edition)
    if found is not None:
        case.clean[asked.key] = found


def _text(case: _Case, asked: Field, value: Any, edition: str) -> str | None:
    text = narrow(value) if asked.key == "icd10" else tidy(value)
    if "\x00" in text:
        case.wrong(asked.key, "text", f"{asked.label}含有不能保存的字符。", text)
        return None
    if len(text) > asked.longest:
        case.wrong(asked.key, "long", f"{asked.label}有 {len(text)} 个字，最多 {asked.longest} 个字。", text)
        return None
    return text


def _date(case: _Case, asked: Field, value: Any, edition: str) -> date | None:
    found = read_date(value)
    if found is None:
        case.wrong(
            asked.key,
            "date",
            f"{asked.label}“{narrow(value)}”不是有效日期，请写成 2026-11-21 这样。",
            narrow(value),
        )
        return None
    return _possible(case, asked, found)


def _partial_date(case: _Case, asked: Field, value: Any, edition: str) -> tuple[date, str] | None:
    found = value if isinstance(value, tuple) and len(value) == 2 else read_partial_date(value)
    if found is None:
        case.wrong(
            asked.key,
            "date",
            f"{asked.label}“{narrow(value)}”看不懂，请写成 2010、2010-05 或 2010-05-08。",
            narrow(value),
        )
        return None
    day, precision = found
    return (day, str(precision)) if _possible(case, asked, day) else None


def _possible(case: _Case, asked: Field, day: date) -> date | None:
    if day > case.today:
        case.wrong(
            asked.key,
            "future",
            f"{asked.label} {day.isoformat()} 晚于今天（{case.today.isoformat()}），请核对。",
            day,
        )
        return None
    if day < OLDEST:
        case.wrong(asked.key, "early", f"{asked.label} {day.isoformat()} 太早，请核对年份。", day)
        return None
    return day


def _single(case: _Case, asked: Field, value: Any, edition: str) -> str | None:
    listed = codes_of(asked, edition)
    text = narrow(value)
    if any(one.code == text for one in listed):
        return text
    choices = "、".join(f"{one.code} {one.label}" for one in listed[:10]) + ("等" if len(listed) > 10 else "")
    case.wrong(asked.key, "code", f"{asked.label}“{text}”不在可选范围内，可选：{choices}。", text)
    return None


def _multi(case: _Case, asked: Field, value: Any, edition: str) -> list[str] | None:
    given = (
        re.split(r"[,、;\s]+", narrow(value)) if isinstance(value, str) else [narrow(one) for one in value]
    )
    known = {one.code for one in codes_of(asked, edition)}
    strange = [one for one in given if one and one not in known]
    if strange:
        labels = "、".join(f"{one.code} {one.label}" for one in asked.codes)
        case.wrong(
            asked.key,
            "code",
            f"{asked.label}“{'、'.join(strange)}”不在可选范围内，可选：{labels}。",
            "、".join(strange),
        )
        return None
    return sorted({one for one in given if one}, key=lambda code: (len(code), code))


def _int(case: _Case, asked: Field, value: Any, edition: str) -> int | None:
    text = narrow(value)
    text = text[:-2] if text.endswith(".0") else text
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,9}", text):
        case.wrong(asked.key, "int", f"{asked.label}“{text}”不是整数。", text)
        return None
    number = int(text)
    if not asked.low <= number <= asked.high:
        case.wrong(asked.key, "range", f"{asked.label} {number} 超出 {asked.low}~{asked.high}。", text)
        return None
    return number


def _bool(case: _Case, asked: Field, value: Any, edition: str) -> bool | None:
    words = {"1": True, "是": True, "true": True, "on": True, "0": False, "否": False, "false": False}
    text = narrow(value).lower()
    if text not in words:
        case.wrong(asked.key, "bool", f"{asked.label}“{text}”应为 是 或 否。", text)
        return None
    return words[text]


def _counts(case: _Case, asked: Field, value: Any, edition: str) -> dict[str, int] | None:
    """{"1": 2} → itself; {} , ["7"], "7" or "无" → {}: none."""
    if isinstance(value, str):
        text = narrow(value)
        value = (
            {}
            if text in {"无", printed.NO_DANGER}
            else {code: 1 for code in re.split(r"[,、;\s]+", text) if code}
        )
    elif not isinstance(value, Mapping):
        value = {narrow(code): 1 for code in value}
    known = {one.code for one in asked.codes}
    result: dict[str, int] = {}
    for code, count in value.items():
        number = narrow(count) or "0"
        if code not in known:
            case.wrong(asked.key, "code", f"{asked.label}“{code}”不在可选范围内。", code)
            return None
        if not re.fullmatch(r"\d{1,4}(\.0)?", number) or int(float(number)) > asked.high:
            case.wrong(
                asked.key,
                "int",
                f"{asked.label}中“{asked.label_of(code)}”的次数“{number}”应为 0~{asked.high} 的整数。",
                number,
            )
            return None
        if int(float(number)):
            result[code] = int(float(number))
    if printed.NO_DANGER in result and len(result) > 1:
        case.wrong(asked.key, "exclusive", f"{asked.label}选了“无”，就不能再选其他项。")
        return None
    result.pop(printed.NO_DANGER, None)
    return dict(sorted(result.items()))


def _phone(case: _Case, asked: Field, value: Any, edition: str) -> str | None:
    text = narrow(value)
    text = text[:-2] if text.endswith(".0") else text
    found = read_phone(text)
    if found is None:
        case.wrong(
            asked.key,
            "phone",
            f"{asked.label}“{text}”不像电话号码：手机为1开头的11位，座机如 0951-6012345。",
            text,
        )
    return found


def _division(case: _Case, asked: Field, value: Any, edition: str) -> str | None:
    text = narrow(value)
    try:
        code = full_code(text)
    except ValueError:
        case.wrong(asked.key, "division", f"{asked.label}“{text}”不是区划代码，应为12位数字。", text)
        return None
    if asked.key == "live_code" and level_of(code) is not Level.VILLAGE:
        case.wrong(asked.key, "level", f"{asked.label}“{text}”要选到村或社区。", text)
        return None
    return code


def _id_text(case: _Case, asked: Field, value: Any, edition: str) -> str | None:
    """Only the text: what it means depends on the kind of document (`_identity`)."""
    if isinstance(value, float):
        case.wrong(
            asked.key, "number", "证件号码被存成了数字，末几位已经丢失：请把这一列设为文本后重新录入。", value
        )
        return None
    return _text(case, asked, value, edition)


_READERS: dict[str, Any] = {
    "text": _text,
    "date": _date,
    "partial_date": _partial_date,
    "single": _single,
    "multi": _multi,
    "int": _int,
    "bool": _bool,
    "counts": _counts,
    "phone": _phone,
    "division": _division,
    "id_number": _id_text,
}


def _identity(case: _Case, demo: bool) -> None:
    clean = case.clean
    name = clean.get("name", "")
    if name and (len(name) < 2 or re.search(r"[\d<>@#%*/\\]", name)):
        case.wrong("name", "name", f"姓名“{name}”不像姓名：至少两个字，不含数字和符号。", name)
    kind = clean.setdefault("id_kind", printed.RESIDENT_ID)
    if kind == printed.NO_DOCUMENT:
        if "id_number" in clean:
            case.wrong("id_number", "exclusive", "证件类型选了“无证件或不详”，证件号码就不能填写。", "")
            clean.pop("id_number")
        case.missing("no_id_reason", "：无证件或不详时要写明原因")
    elif "id_number" not in clean:
        case.missing("id_number", "；确实没有证件时，证件类型选“无证件或不详”并写明原因")
    elif kind == printed.RESIDENT_ID:
        _resident_id(case, demo)
    else:
        clean["id_number"] = same_document(clean["id_number"])
        if len(clean["id_number"]) < 5:
            case.wrong(
                "id_number", "shape", f"证件号码“{clean['id_number']}”太短，请核对。", clean["id_number"]
            )
    if clean.get("sex") in {"0", "9"} and case.entry == "form" and kind == printed.RESIDENT_ID:
        case.missing("sex")


def _resident_id(case: _Case, demo: bool) -> None:
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
            f"出生日期 {clean['birth_on'].isoformat()} 与身份证号中的 {found.birth_on.isoformat()} 不一致，请核对其中一项。",
            clean["birth_on"],
        )
    if clean.get("sex") in (None, "0", "9") and not case.has_problem("sex"):
        clean["sex"] = found.sex
        case.flag("sex_from_id")
    elif clean.get("sex") not in (None, found.sex):
        typed, right = FIELDS["sex"].label_of(clean["sex"]), FIELDS["sex"].label_of(found.sex)
        case.wrong(
            "sex",
            "id_sex",
            f"性别“{typed}”与身份证号第17位（表示{right}）不一致，请核对其中一项。",
            clean["sex"],
        )


def _family(case: _Case) -> None:
    clean = case.clean
    if clean.get("no_guardian"):
        if "guardian_name" in clean:
            case.wrong("no_guardian", "exclusive", "填写了监护人姓名，就不能再勾选“无监护人”。")
        return
    for key in ("guardian_name", "guardian_relation", "guardian_phone"):
        case.missing(key, "；确实没有监护人时请勾选“无监护人”" if key == "guardian_name" else "")


def _illness(case: _Case) -> None:
    clean = case.clean
    if "12" in clean.get("past_symptoms", ()):
        case.missing("past_symptoms_note", "：选了“其他”要说明")
    treated = clean.get("past_outpatient") in {"2", "3"} or clean.get("admissions", 0) > 0
    if treated:
        case.missing("first_antipsychotic_on", "：曾门诊治疗或住院时要填")
    typed = clean.get("icd10", "")
    if typed:
        code = printed.DISORDER_NAMES.get(typed, typed.upper())
        code = code if not re.match(r"^[A-Z]\d{2}\d", code) else f"{code[:3]}.{code[3:]}"
        if not re.fullmatch(r"[A-Z]\d{2}(\.[0-9A-Z]{1,6})?", code):
            case.wrong(
                "icd10",
                "icd10",
                f"诊断“{typed}”不是 ICD-10 编码，请写成 F20.9 这样，或写六类病种的病名。",
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


def _consent(case: _Case) -> None:
    clean = case.clean
    kind = clean.setdefault("report_type", "2")
    if kind == "1":
        case.missing("notified_on", "：依法报告的患者要记录告知日期")
        case.missing("notifier", "：依法报告的患者要记录告知人")
    else:
        case.missing("consent")
    if "consent" in clean:
        case.missing("signer")
        case.missing("signed_on")
        if clean.get("signer") == "2" and "incapacity_note" not in clean:
            if case.entry == "form":
                case.missing("incapacity_note", "：只由监护人签字时，要写明本人不能签字的原因")
            else:
                case.flag("guardian_signed_alone")


def _dates(case: _Case) -> None:
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
                    f"{FIELDS[key].label} {day.isoformat()} 早于出生日期 {birth.isoformat()}，请核对。",
                    day,
                )
        if onset is not None and _cut(onset, precision) < _cut(birth, precision):
            case.wrong(
                "onset_on",
                "before_birth",
                f"初次发病时间 {onset.isoformat()} 早于出生日期 {birth.isoformat()}，请核对。",
                onset,
            )
    if onset is not None:
        for key in ("first_antipsychotic_on", "diagnosed_on"):
            day = clean.get(key)
            if day is not None and _cut(day, precision) < _cut(onset, precision):
                _order(
                    case,
                    key,
                    f"{FIELDS[key].label} {day.isoformat()} 早于初次发病时间 {onset.isoformat()}，请核对。",
                    day,
                )
    diagnosed, filed = clean.get("diagnosed_on"), clean.get("filed_on")
    if diagnosed is not None and filed is not None and diagnosed > filed:
        _order(
            case,
            "diagnosed_on",
            f"确诊日期 {diagnosed.isoformat()} 晚于建档日期 {filed.isoformat()}，请核对。",
            diagnosed,
        )


def _order(case: _Case, key: str, message: str, day: date) -> None:
    if case.entry == "form":
        case.wrong(key, "date_order", message, day)
    else:
        case.flag("date_order")


def _cut(day: date, precision: str) -> date:
    """The day, or the first of its month or year, so that dates are compared only as finely as they are known."""
    if precision == "year":
        return day.replace(month=1, day=1)
    return day.replace(day=1) if precision == "month" else day
