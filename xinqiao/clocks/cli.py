"""`xinqiao clocks check|settle`: whether every stored clock is what the events say; mends what is not."""

from __future__ import annotations

import argparse
import sys
from typing import Any


def add(subparsers: Any) -> None:
    """Register the command."""
    parser = subparsers.add_parser("clocks", help="办理时限：由事件重算并核对")
    words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    for word, text in (
        ("check", "由各项工作的记录重算全部时限，列出与库中不符的；有不符的退出码为 1"),
        ("settle", "重算并改正：规定或放假安排变动之后用"),
    ):
        sub = words.add_parser(word, help=text, description=text)
        sub.add_argument("--place", default="", metavar="CODE", help="只算这个区划及以下（默认全部）")
        sub.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0 well, 1 something differs (check), 2 wrong usage. One line a difference: kind, code, subject, period."""
    import django

    from xinqiao.kernel.codes import full_code

    try:
        place = full_code(options.place)
    except ValueError:
        sys.stderr.write(f"“{options.place[:20]}”不是区划代码：应为 2、4、6、9 或 12 位数字\n")
        return 2
    django.setup()
    from .actions import settle_all

    number = 0
    for one in settle_all(place, write_down=options.word == "settle"):
        number += 1
        sys.stdout.write(f"{one.kind} {one.code} {one.subject} {one.period}".rstrip() + "\n")
    sys.stderr.write(f"{number} 项{'已改正' if options.word == 'settle' else '不符'}\n")
    return 1 if number and options.word == "check" else 0
