"""A typed clue and a psychiatrist's answer: read, compared within themselves, and what is wrong said in a sentence. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinqiao.kernel.errors import Problem
from xinqiao.kernel.words import sentence
from xinqiao.registry.rules import category_of, check_id_number, narrow, read_date, read_phone, tidy

from .checklist import ITEM_CODES, Checked, leads_to, read_checklist

#: Nobody is older, and nobody below is asked about by this list alone.
OLDEST_AGE = 120
#: So many psychiatrists decide on a second diagnosis.
TWO = 2
_TEXTS = {
    "name": 60,
    "address": 200,
    "description": 300,
    "guardian_name": 60,
    "informant_name": 60,
    "informant_relation": 30,
    "facts": 1000,
}
_LABELS = {
    "name": "姓名",
    "address": "住址",
    "description": "辨认说明",
    "guardian_name": "监护人或家属姓名",
    "informant_name": "知情人姓名",
    "informant_relation": "与本人关系",
    "facts": "情况说明",
    "phone": "本人电话",
    "guardian_phone": "监护人或家属电话",
    "informant_phone": "知情人电话",
}


@dataclass(frozen=True, slots=True)
class ClueFacts:
    """A clue as read. `clean` holds the columns; `problems` what is wrong; `checked` the nine answers."""

    clean: Mapping[str, Any]
    checked: Checked
    problems: tuple[Problem, ...]


def check_clue(record: Mapping[str, Any], *, sources: Mapping[str, object], today: date) -> ClueFacts:
    """Read a typed clue. Required: place, day, who asked, source, all nine answers; a name and sex, unless it is a person
    without a home whom nobody knows, who then needs a description. Sex and birth date follow from a whole ID number."""
    wrong: list[Problem] = []
    clean: dict[str, Any] = {}
    for key, longest in _TEXTS.items():
        text = tidy(record.get(key, ""))
        if len(text) > longest:
            wrong.append(_problem(key, "long", sentence(
                "%(label)s有 %(length)s 个字，最多 %(longest)s 个字。", label=_LABELS[key], length=len(text), longest=longest
            )))  # fmt: skip
            text = text[:longest]
        clean[key] = text
    for key in ("phone", "guardian_phone", "informant_phone"):
        typed = narrow(record.get(key, ""))
        number = read_phone(typed) if typed else ""
        if number is None:
            wrong.append(_problem(key, "phone", sentence(
                "%(label)s“%(typed)s”不像电话号码，请核对。", label=_LABELS[key], typed=typed
            ), typed))  # fmt: skip
        clean[key] = number or ""
    clean["place"] = str(record.get("place", "")).strip()
    if not clean["place"]:
        wrong.append(_problem("place", "missing", sentence("地区没有选择。")))
    clean["vagrant"] = str(record.get("vagrant", "")) == "1"
    clean["danger_told"] = str(record.get("danger_told", "")) == "1"
    clean["sex"] = str(record.get("sex", "")) if str(record.get("sex", "")) in ("0", "1", "2") else ""
    _born(record, clean, wrong, today)
    _number(record, clean, wrong, today)
    if not clean["name"] and not clean["vagrant"]:
        wrong.append(
            _problem("name", "missing", sentence("姓名没有填写；身份不明的流浪人员请勾选后填写辨认说明。"))
        )
    if not clean["name"] and clean["vagrant"] and not clean["description"]:
        wrong.append(
            _problem(
                "description",
                "missing",
                sentence("身份不明时，请写明怎样辨认，如大致年龄、衣着、常出现的地方。"),
            )
        )
    if not clean["sex"]:
        wrong.append(_problem("sex", "missing", sentence("性别没有选择；确实不清楚的选“不详”。")))
    clean["investigator"] = tidy(record.get("investigator", ""))[:60]
    if not clean["investigator"]:
        wrong.append(_problem("investigator", "missing", sentence("调查人没有填写。")))
    clean["source"] = str(record.get("source", ""))
    if clean["source"] not in sources:
        wrong.append(_problem("source", "missing", sentence("线索来源没有选择。")))
    clean["found_on"] = found = read_date(record.get("found_on", ""))
    if found is None:
        wrong.append(_problem("found_on", "missing", sentence("调查日期没有填写，或不是有效日期。")))
    elif found > today:
        wrong.append(_problem("found_on", "future", sentence(
            "调查日期“%(day)s”晚于今天，请核对。", day=found.isoformat()
        ), found.isoformat()))  # fmt: skip
    elif clean.get("birth_on") and clean["birth_on"] > found:
        wrong.append(_problem("found_on", "order", sentence("调查日期早于出生日期，请核对。")))
    checked = read_checklist({code: str(record.get(f"q{code}", "")) for code in ITEM_CODES})
    wrong += [
        _problem(f"q{code}", "missing", sentence("第 %(n)s 项没有回答，请选“有”或“没有”。", n=code))
        for code in checked.missing
    ]
    clean["items"] = list(checked.items)
    clean["urgent"] = bool(checked.dangers) or clean["danger_told"]
    return ClueFacts(clean, checked, tuple(wrong))


def _born(record: Mapping[str, Any], clean: dict[str, Any], wrong: list[Problem], today: date) -> None:
    clean["birth_on"], clean["age"] = None, None
    if typed := narrow(record.get("birth_on", "")):
        born = read_date(typed)
        if born is None or born > today or born.year < today.year - OLDEST_AGE:
            wrong.append(_problem("birth_on", "date", sentence(
                "出生日期“%(typed)s”不是有效的过去日期，请核对；只知道年龄的填年龄。", typed=typed
            ), typed))  # fmt: skip
        else:
            clean["birth_on"] = born
    if typed := narrow(record.get("age", "")):
        if typed.isascii() and typed.isdigit() and int(typed[:4]) <= OLDEST_AGE:
            clean["age"] = int(typed[:4])
        else:
            wrong.append(_problem("age", "number", sentence(
                "年龄“%(typed)s”应为 0 至 %(most)s 的整数。", typed=typed, most=OLDEST_AGE
            ), typed))  # fmt: skip


def _number(record: Mapping[str, Any], clean: dict[str, Any], wrong: list[Problem], today: date) -> None:
    clean["id_number"] = ""
    if not narrow(record.get("id_number", "")):
        return
    read = check_id_number(record["id_number"], today=today)
    if read.problems:
        wrong.extend(read.problems)
        return
    clean["id_number"] = read.number
    if clean["birth_on"] and clean["birth_on"] != read.birth_on:
        wrong.append(_problem("birth_on", "differs", sentence(
            "出生日期与身份证号第7至14位不一致，请核对其中哪一个填错了。"
        )))  # fmt: skip
    if clean["sex"] in ("1", "2") and clean["sex"] != read.sex:
        wrong.append(
            _problem("sex", "differs", sentence("性别与身份证号第17位不一致，请核对其中哪一个填错了。"))
        )
    clean["birth_on"] = clean["birth_on"] or read.birth_on
    clean["sex"] = read.sex if clean["sex"] in ("", "0") else clean["sex"]


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """An answer as read: columns of the question's row."""

    clean: Mapping[str, Any]
    problems: tuple[Problem, ...]


def check_answer(
    record: Mapping[str, Any],
    *,
    purpose: str,
    of_file: bool,
    asked_on: date,
    today: date,
    sent_on: date | None = None,
) -> ReviewFacts:
    """Read a psychiatrist's answer. A first assessment needs a day, a doctor and words; a diagnosis its result, for a
    confirmed one the code, for observation the day to look again, and an outcome that fits the result.

    Nobody is diagnosed before being brought (`sent_on`); who was brought at once may be diagnosed before the township
    asks in writing. Without a day of being brought, not before `asked_on`. A second diagnosis names two psychiatrists.
    """
    wrong: list[Problem] = []
    clean: dict[str, Any] = {"doctor": tidy(record.get("doctor", ""))[:60]}
    if not clean["doctor"]:
        wrong.append(_problem("doctor", "missing", sentence("诊断医师没有填写。")))
    elif purpose == "again" and len(set(re.split(r"[\s、，,;；/]+", clean["doctor"]))) < TWO:
        wrong.append(_problem("doctor", "two", sentence(
            "再次诊断由另外两名精神科医师作出（精神卫生法第三十二条）：请填写两人姓名，用顿号分开。"
        ), clean["doctor"]))  # fmt: skip
    clean["diagnosed_on"] = on = read_date(record.get("diagnosed_on", ""))
    if on is None:
        wrong.append(_problem("diagnosed_on", "missing", sentence("诊断日期没有填写，或不是有效日期。")))
    elif on > today:
        wrong.append(_problem("diagnosed_on", "future", sentence(
            "诊断日期“%(day)s”晚于今天，请核对。", day=on.isoformat()
        ), on.isoformat()))  # fmt: skip
    elif sent_on is not None and on < sent_on:
        wrong.append(_problem("diagnosed_on", "order", sentence(
            "诊断日期“%(day)s”早于送诊日期“%(sent)s”，请核对。", day=on.isoformat(), sent=sent_on.isoformat()
        ), on.isoformat()))  # fmt: skip
    elif sent_on is None and on < asked_on:
        wrong.append(_problem("diagnosed_on", "order", sentence(
            "诊断日期“%(day)s”早于提请日期“%(asked)s”，请核对。", day=on.isoformat(), asked=asked_on.isoformat()
        ), on.isoformat()))  # fmt: skip
    clean["advice"] = tidy(record.get("advice", ""))[:1000]
    clean |= {"result": "", "category": "", "icd10": "", "consent": "", "outcome": "", "look_on": None}
    if purpose == "first":
        if not clean["advice"]:
            wrong.append(_problem("advice", "missing", sentence("评估意见没有填写。")))
        return ReviewFacts(clean, tuple(wrong))
    _diagnosis(record, clean, wrong)
    _leading_on(record, clean, wrong, of_file=of_file, today=today)
    return ReviewFacts(clean, tuple(wrong))


def _diagnosis(record: Mapping[str, Any], clean: dict[str, Any], wrong: list[Problem]) -> None:
    result = str(record.get("result", ""))
    if result not in ("six", "other", "watch", "exclude"):
        wrong.append(_problem("result", "missing", sentence("诊断结论没有选择。")))
        return
    clean["result"] = result
    if result not in ("six", "other"):
        return
    code = narrow(record.get("icd10", "")).upper()
    if not code:
        wrong.append(_problem("icd10", "missing", sentence("确诊的要填写诊断编码（ICD-10），如 F20.9。")))
    elif not (
        len(code) >= 3 and code[0].isascii() and code[0].isalpha() and code[1:3].isdigit() and len(code) <= 10
    ):
        wrong.append(_problem("icd10", "shape", sentence(
            "诊断编码“%(code)s”应为一个字母加数字，如 F20.9。", code=code
        ), code))  # fmt: skip
    else:
        clean["icd10"], clean["category"] = code, category_of(code)
        if result == "six" and clean["category"] == "9":
            wrong.append(_problem("icd10", "not_six", sentence(
                "编码“%(code)s”不属于六类严重精神障碍：请改选“其他诊断”，或核对编码。", code=code
            ), code))  # fmt: skip
        if result == "other" and clean["category"] != "9":
            wrong.append(_problem("icd10", "six", sentence(
                "编码“%(code)s”属于六类严重精神障碍：请改选“确诊为六类”，或核对编码。", code=code
            ), code))  # fmt: skip


def _leading_on(
    record: Mapping[str, Any], clean: dict[str, Any], wrong: list[Problem], *, of_file: bool, today: date
) -> None:
    if not clean["result"]:
        return
    clean["consent"] = str(record.get("consent", "")) if str(record.get("consent", "")) in ("1", "2") else ""
    fits = leads_to(clean["result"], of_file=of_file)
    outcome = str(record.get("outcome", "")) or (fits[0] if len(fits) == 1 else "")
    if outcome not in fits:
        wrong.append(
            _problem("outcome", "fits", sentence("处理与诊断结论不相符，或没有选择，请重新选择。"), outcome)
        )
    clean["outcome"] = outcome
    if outcome == "watch":
        clean["look_on"] = look = read_date(record.get("look_on", ""))
        if look is None:
            wrong.append(_problem("look_on", "missing", sentence("继续观察的，要约定下次复看的日期。")))
        elif look <= today:
            wrong.append(_problem("look_on", "past", sentence(
                "复看日期“%(day)s”应晚于今天。", day=look.isoformat()
            ), look.isoformat()))  # fmt: skip


def _problem(key: str, code: str, message: str, value: str = "") -> Problem:
    return Problem(key, code, message, value)
