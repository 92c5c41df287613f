"""`xinqiao rules classify|due`: JSON lines in, one JSON line out for each, in order. No database, no Django.

The keys are those of the follow-up record plus the context keys below; unknown keys and missing answers are errors.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NoReturn

CONTEXT_DATES = ("discharged_on", "transferred_in_on", "referred_on", "filed_on")
CONTEXT_KEYS = ("previous_visits", *CONTEXT_DATES, "disorder", "past_incident", "division")
PREVIOUS_KEYS = ("visit_date", "visit_class", "risk", "hospital", "referred")
LONGEST_LINE = 1_000_000


def add(subparsers: Any) -> None:
    """Add `rules` to the command line."""
    parser = subparsers.add_parser(
        "rules", help="分类与应访日", description="按规则判定病情分类与下次随访日期"
    )
    words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    for word, text in (
        ("classify", "判定每条随访记录的病情分类"),
        ("due", "推算下次随访日期；分类未给出时先判定"),
    ):
        sub = words.add_parser(word, help=text, description=f"{text}。标准输入为 JSON 行，标准输出逐行对应")
        sub.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    failed = False
    for line in answer_lines(sys.stdin.buffer, options.word):
        failed = failed or line.startswith('{"error"')
        sys.stdout.write(line + "\n")
    return 1 if failed else 0


def answer_lines(lines: Iterable[bytes], word: str) -> Iterable[str]:
    """One answer per line, in order; a line that errs answers {"error": {...}} and the next goes on."""
    from xinqiao.kernel.errors import XinqiaoError

    for number, raw in enumerate(lines):
        try:
            body: dict[str, Any] = answer(_read_line(raw, first=number == 0), word)
        except _Wrong as wrong:
            body = {"error": {"field": wrong.field, "code": wrong.code, "message": wrong.message}}
        except XinqiaoError as error:
            problems = getattr(error, "problems", None)
            if problems:
                body = {
                    "error": {
                        "field": problems[0].field,
                        "code": problems[0].code,
                        "message": problems[0].message,
                    }
                }
            else:
                body = {"error": {"field": "", "code": error.code, "message": error.message}}
        yield json.dumps(body, ensure_ascii=False)


def answer(given: Mapping[str, Any], word: str) -> dict[str, Any]:
    """The answer to one record, as plain data. Raises Invalid, PolicyMissing."""
    from .rules import FIELDS, classify, propose, read_values, situation_label
    from .rules.proposal import due_of

    record = {key: value for key, value in given.items() if key not in CONTEXT_KEYS}
    clean, problems = read_values(record)
    for problem in problems:
        _fail(problem.field, problem.code, problem.message)
    context = _context(given, clean.get("visit_date"))
    for key in ("visit_date", "death_date", "last_discharge", "due_on", "planned_on"):
        _check_range(key, FIELDS[key].label, clean.get(key))
    chosen = clean.get("visit_class") if word == "due" else None
    if word == "due" and "visit_date" not in clean:
        if clean:
            _fail("visit_date", "missing", "“随访日期”未填写，应为日期，如 2026-11-21")
        return _without_visit(context, due_of, situation_label)
    if word == "classify":
        # the class is asked for: an answer that is missing must err before anything else is looked at
        classify(clean, division=context.division)
    proposal = propose(clean, context, visit_class=chosen)
    reason, clause = proposal.reason, proposal.clause
    if chosen and proposal.situation:
        reason, clause = situation_label(proposal.situation), proposal.due_clause
    return {
        "visit_class": proposal.visit_class,
        "reason": reason,
        "clause": clause,
        "policy_version": proposal.policy_version,
        "next_due_on": proposal.next_due_on.isoformat() if proposal.next_due_on else None,
        "actions": [step.code for step in proposal.actions],
    }


def _without_visit(context: Any, due_of: Any, situation_label: Any) -> dict[str, Any]:
    from xinqiao.policy.policies import released_policies

    visits = list(context.previous_visits)
    if not visits and not (context.filed_on or context.transferred_in_on or context.discharged_on):
        _fail(
            "visit_date",
            "missing",
            "“随访日期”未填写；没有随访时应给出 filed_on、transferred_in_on 或 discharged_on",
        )
    obligation = due_of(visits, context)
    return {
        "visit_class": visits[-1].visit_class if visits else None,
        "reason": situation_label(obligation.situation) if obligation else "没有应访",
        "clause": obligation.clause if obligation else "",
        "policy_version": released_policies().version,
        "next_due_on": obligation.due_on.isoformat() if obligation else None,
        "actions": [],
    }


class _Wrong(Exception):
    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field, self.code, self.message = field, code, message


def _fail(field: str, code: str, message: str) -> NoReturn:
    raise _Wrong(field, code, message)


def _read_line(raw: bytes, *, first: bool) -> dict[str, Any]:
    if len(raw) > LONGEST_LINE:
        _fail("", "too_long", f"这一行超过 {LONGEST_LINE} 字节")
    try:
        text = raw.decode("utf-8-sig" if first else "utf-8").strip()
    except UnicodeDecodeError:
        _fail("", "bad_encoding", "这一行不是 UTF-8 文字")
    if not text:
        _fail("", "empty_line", "空行：每行应为一个 JSON 对象")
    try:
        value = json.loads(text, parse_constant=_constant, object_pairs_hook=_pairs)
    except _Wrong:
        raise
    except (ValueError, RecursionError):
        _fail("", "bad_json", "这一行不是有效的 JSON")
    if not isinstance(value, dict):
        _fail("", "not_an_object", "每行应为一个 JSON 对象")
    return value


def _constant(name: str) -> NoReturn:
    _fail("", "bad_json", f"JSON 中不能有 {name}")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            _fail(key[:40], "duplicate_key", f"“{key[:40]}”写了两次")
        found[key] = value
    return found


def _context(given: Mapping[str, Any], visit_date: date | None) -> Any:
    from xinqiao.kernel.codes import NATION, full_code

    from .rules import Context

    dates = {key: _date(key, key, given.get(key)) for key in CONTEXT_DATES}
    if not isinstance(given.get("disorder", ""), str):
        _fail("disorder", "wrong_value", '“disorder”应为疾病代码的文字，如 "1" 或 "F20"')
    if type(given.get("past_incident", False)) is not bool:
        _fail("past_incident", "wrong_value", "“past_incident”应为 true 或 false")
    division = given.get("division", NATION)
    try:
        code = full_code(division if isinstance(division, str) else "?")
    except ValueError:
        _fail(
            "division",
            "wrong_value",
            f"“division”的值“{str(division)[:40]}”无效，应为 2、4、6、9 或 12 位区划代码",
        )
    previous = given.get("previous_visits")
    return Context(
        _previous([] if previous is None else previous, visit_date),
        dates["filed_on"],
        dates["transferred_in_on"],
        dates["discharged_on"],
        dates["referred_on"],
        code,
    )


def _previous(items: object, visit_date: date | None) -> list[Any]:
    from .rules import FIELDS, VisitFact

    if not isinstance(items, list) or any(not isinstance(item, dict) for item in items):
        _fail(
            "previous_visits",
            "wrong_value",
            '“previous_visits”应为对象的列表，如 [{"visit_date": "2026-08-21", "visit_class": "3"}]',
        )
    found: list[Any] = []
    for index, item in enumerate(items):
        where = f"previous_visits.{index}"
        for key in item:
            if key not in PREVIOUS_KEYS:
                _fail(f"{where}.{key[:40]}", "unknown_key", f"既往随访没有“{key[:40]}”这一项")
        if "visit_class" not in item:
            _fail(f"{where}.visit_class", "missing", "既往随访的“本次随访分类”未填写，应为 1、2、3 或 null")
        day = _date(f"{where}.visit_date", "既往随访日期", item.get("visit_date"))
        if day is None:
            _fail(f"{where}.visit_date", "missing", "既往随访的“随访日期”未填写")
        for key in ("visit_class", "hospital", "referred"):
            value = item.get(key)
            if value is not None and not (isinstance(value, str) and value in FIELDS[key].labels):
                _fail(
                    f"{where}.{key}",
                    "wrong_value",
                    f"既往随访“{FIELDS[key].label}”的值“{str(value)[:20]}”无效，应为：{'、'.join(FIELDS[key].labels)}",
                )
        risk = item.get("risk")
        if risk is not None and (type(risk) is not int or not 0 <= risk <= 5):
            _fail(
                f"{where}.risk",
                "wrong_value",
                f"既往随访“危险性评估”的值“{str(risk)[:20]}”无效，应为 0 到 5 的整数",
            )
        if found and day < found[-1].visit_date:
            _fail(f"{where}.visit_date", "not_in_order", "既往随访应按日期先后排列，最近的在最后")
        if visit_date and day > visit_date:
            _fail(f"{where}.visit_date", "after_visit", f"既往随访日期 {day} 晚于随访日期 {visit_date}")
        found.append(
            VisitFact(
                day,
                item.get("visit_class"),
                f"{index:06d}",
                risk,
                item.get("hospital") == "1",
                item.get("referred") == "2",
            )
        )
    return found


def _date(field: str, label: str, value: object) -> date | None:
    from xinqiao.kernel.periods import read_day

    if value is None:
        return None
    try:
        if not isinstance(value, str):
            raise ValueError
        day = read_day(value)
    except ValueError:
        _fail(field, "wrong_value", f"“{label}”的值“{str(value)[:40]}”无效，应为日期，如 2026-11-21")
    _check_range(field, label, day)
    return day


def _check_range(field: str, label: str, day: date | None) -> None:
    if day and not 1900 <= day.year <= 2199:
        _fail(field, "out_of_range", f"“{label}”的值“{day}”无效，应在 1900 到 2199 年之间")
