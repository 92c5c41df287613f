"""`xinqiao workdays add DATE N`: the N-th working day after a date, by the public calendar. No database."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from typing import Any


def add(subparsers: Any) -> None:
    """Add `workdays` to the command line."""
    parser = subparsers.add_parser(
        "workdays", help="工作日推算", description="按国家放假安排推算工作日（2004–2026 年）"
    )
    words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    count = words.add_parser("add", help="从某日起第 N 个工作日（起始日不计）")
    count.add_argument("date", metavar="DATE", help="YYYY-MM-DD")
    count.add_argument("count", metavar="N", help="工作日数，可为负")
    count.add_argument("--json", action="store_true", help="以 JSON 输出")
    count.set_defaults(run=_add_workdays)


def _add_workdays(options: argparse.Namespace) -> int:
    from .calendar import workdays

    try:
        start = _read_date(options.date)
        count = _read_count(options.count)
        try:
            answer = workdays().answer(start, count)
        except OverflowError as error:
            raise _Refused(
                "date", "out_of_range", f"从“{options.date}”推算 {count} 个工作日超出可用日期"
            ) from error
    except _Refused as refused:
        field, code, message = refused.args
        if options.json:
            print(
                json.dumps({"error": {"field": field, "code": code, "message": message}}, ensure_ascii=False)
            )
        else:
            print(message, file=sys.stderr)
        return 1
    if options.json:
        body = {
            "start": start.isoformat(),
            "workdays": count,
            "date": answer.date.isoformat(),
            "warnings": list(answer.warnings),
        }
        print(json.dumps(body, ensure_ascii=False))
    else:
        print(answer.date.isoformat())
        for warning in answer.warnings:
            print(warning, file=sys.stderr)
    return 0


class _Refused(Exception):
    """field, code, message"""


def _read_date(text: str) -> date:
    from xinqiao.kernel.periods import read_day

    try:
        return read_day(text)
    except ValueError as error:
        raise _Refused(
            "date", "wrong_value", f"日期“{text[:40]}”无效，应为 YYYY-MM-DD，如 2026-11-21"
        ) from error


def _read_count(text: str) -> int:
    from xinqiao.kernel.workdays import LIMIT

    digits = text[1:] if text[:1] in ("-", "+") else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6) or int(digits) > LIMIT:
        raise _Refused("n", "wrong_value", f"工作日数“{text[:40]}”无效，应为 -{LIMIT} 到 {LIMIT} 的整数")
    return int(text)
