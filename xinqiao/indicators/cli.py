"""`xinqiao figures`: the figures of a place at a date, as lines or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .queries import PlaceFigures
    from .rates import Figure


def add(subparsers: Any) -> None:
    """Register the command."""
    parser = subparsers.add_parser("figures", help="figures of a division at a date")
    parser.add_argument(
        "--division", required=True, metavar="CODE", help="12 digits, or the leading 2, 4, 6 or 9"
    )
    parser.add_argument("--on", metavar="YYYY-MM-DD", help="the report date (default: today)")
    parser.add_argument("--children", action="store_true", help="also the divisions directly below")
    parser.add_argument("--all-variants", action="store_true", help="every variant, not only the leading one")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.set_defaults(run=run)
    keep = subparsers.add_parser(
        "figures-keep", help="count ahead what people will ask for, or count everything again"
    )
    keep.add_argument("--division", default="000000000000", metavar="CODE", help="only below this division")
    keep.add_argument("--months", type=int, default=13, help="month ends before today (default 13)")
    keep.add_argument(
        "--anew", action="store_true", help="count again also what is kept (after a restored backup)"
    )
    keep.set_defaults(run=run_keep)
    recount = subparsers.add_parser(
        "figures-recount", help="recount a sample of kept counts with the plain engine"
    )
    recount.add_argument("--sample", type=int, default=20, help="how many village days (default 20)")
    recount.set_defaults(run=run_recount)
    balance = subparsers.add_parser(
        "balance", help="whether comings and goings explain the register, month by month"
    )
    balance.add_argument("--place", default="000000000000", metavar="CODE", help="only below this division")
    balance.add_argument(
        "--month", metavar="YYYY-MM", help="the month (default: this one and the one before)"
    )
    balance.set_defaults(run=run_balance)


def run_keep(options: argparse.Namespace) -> int:
    """0 well, 1 the database cannot be asked, 2 wrong usage. One line for each county and day that was counted."""
    import django

    from xinqiao.kernel.clock import from_environment
    from xinqiao.kernel.codes import full_code

    try:
        code = full_code(options.division) if options.division.strip("0") else options.division
    except ValueError:
        return _refuse(f"--division {options.division}：应为 2、4、6、9 或 12 位行政区划代码")
    if not 0 <= options.months <= 60:
        return _refuse(f"--months {options.months}：应在 0 到 60 之间")
    django.setup()
    from django.db import OperationalError

    from . import keeping

    try:
        for one in keeping.keep(
            clock=from_environment(), code=code, months=options.months, anew=options.anew
        ):
            print(f"{one.county} 截至 {one.day.isoformat()}：{one.villages} 个村（社区）")
    except OperationalError:
        return _no_database()
    return 0


def run_recount(options: argparse.Namespace) -> int:
    """0 all equal, 1 the database cannot be asked, 3 differences (printed, logged, and thrown away)."""
    import django

    from xinqiao.kernel.clock import from_environment

    django.setup()
    from django.db import OperationalError

    from . import keeping

    try:
        found = keeping.recount(clock=from_environment(), sample=max(options.sample, 1))
    except OperationalError:
        return _no_database()
    for one in found:
        print(f"! {one.code} 截至 {one.day.isoformat()} {one.key}：留存 {one.kept}，重数 {one.counted}")
    return 3 if found else 0


def run_balance(options: argparse.Namespace) -> int:
    """0 everything balances, 1 something does not (printed and logged) or the database cannot be asked, 2 wrong usage."""
    import django

    from xinqiao.kernel.clock import from_environment
    from xinqiao.kernel.codes import full_code
    from xinqiao.kernel.periods import read_day

    from .declarations import EARLIEST

    clock = from_environment()
    try:
        code = full_code(options.place) if options.place.strip("0") else options.place
    except ValueError:
        return _refuse(f"--place {options.place}：应为 2、4、6、9 或 12 位行政区划代码")
    month = None
    if options.month:
        try:
            month = read_day(f"{options.month}-01")
        except ValueError:
            return _refuse(f"--month {options.month}：月份应写成 YYYY-MM")
        if not EARLIEST <= month <= clock.today():
            return _refuse(f"--month {options.month}：应在 {EARLIEST:%Y-%m} 至本月之间")
    django.setup()
    from django.db import OperationalError

    from . import balancing

    try:
        checked = list(balancing.check(clock=clock, code=code, months=[month] if month else None))
    except OperationalError:
        return _no_database()
    for one in checked:
        print(
            f"{one.name} {one.month:%Y-%m}：期初 {one.opening}，期末 {one.closing}，{'平' if not one.faults else '不平'}"
        )
        for sentence in one.faults:
            print(f"! {sentence}")
    if not checked:
        print("没有可核对的地区。")
    return 1 if any(one.faults for one in checked) else 0


def _no_database() -> int:
    print("xinqiao figures: 数据库没有运行或连不上；先运行 make demo,或设置 DATABASE_URL", file=sys.stderr)
    return 1


def run(options: argparse.Namespace) -> int:
    """0 well, 1 the database cannot be asked, 2 wrong usage (unknown division, impossible date)."""
    import django

    from xinqiao.kernel.clock import from_environment
    from xinqiao.kernel.codes import full_code
    from xinqiao.kernel.periods import read_day

    from .declarations import EARLIEST

    today = from_environment().today()
    try:
        on = read_day(options.on) if options.on else today
    except ValueError:
        return _refuse(f"--on {options.on}：日期应写成 YYYY-MM-DD,例如 {today.isoformat()}")
    if on < EARLIEST:
        return _refuse(f"--on {on}：早于 {EARLIEST},没有数可统计")
    if on > today:
        return _refuse(f"--on {on}：晚于今天({today.isoformat()}),还没有数可统计")
    try:
        code = full_code(options.division)
    except ValueError:
        return _refuse(f"--division {options.division}：应为 2、4、6、9 或 12 位行政区划代码")
    django.setup()
    from django.db import OperationalError

    from xinqiao.places.queries import names_of

    from .engines import Area
    from .queries import counted, direct_children

    try:
        if code not in names_of([code]):
            return _refuse(f"--division {options.division}：没有代码为 {code} 的地区")
        table = counted(code, Area.below(code), direct_children(code) if options.children else [], on)
    except OperationalError:
        return _no_database()
    if options.json:
        body = {"as_of": on.isoformat(), **_place(table.whole, options.all_variants)}
        body["findings"] = [{"kind": f.kind, "sentence": f.sentence} for f in table.findings]
        if options.children:
            body["children"] = [_place(child, options.all_variants) for child in table.children]
        print(json.dumps(body, ensure_ascii=False, indent=2))
        return 0
    for place in (table.whole, *table.children):
        print(f"{place.name} {place.code} 截至 {on.isoformat()}")
        for made in place.figures.values():
            for one in made if options.all_variants else made[:1]:
                print(
                    f"  {one.measure.label:　<14}{_words(one):>10}  {_base(one)}  口径：{one.variant.label}"
                )
    for finding in table.findings:
        print(f"! {finding.sentence}")
    return 0


def _refuse(sentence: str) -> int:
    print(f"xinqiao figures: {sentence}", file=sys.stderr)
    return 2


def _place(place: PlaceFigures, every: bool) -> dict[str, Any]:
    shown: list[Figure] = [one for made in place.figures.values() for one in (made if every else made[:1])]
    return {"division": place.code, "name": place.name, "measures": [_json(one) for one in shown]}


def _json(one: Figure) -> dict[str, Any]:
    value = str(one.value) if isinstance(one.value, Decimal) else one.value
    return {
        "key": one.measure.key,
        "label": one.measure.label,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "value": value,
        "unit": one.measure.unit,
        "variant": one.variant.key,
        "variant_label": one.variant.label,
        "leading": one.leads,
        "period": one.measure.period,
        "source": one.measure.source,
    }


def _words(one: Figure) -> str:
    return "—" if one.value is None else f"{one.value} {one.measure.unit}"


def _base(one: Figure) -> str:
    if not one.measure.is_rate:
        return ""
    parts: Sequence[str] = ["—" if n is None else str(n) for n in (one.numerator, one.denominator)]
    return f"({parts[0]}/{parts[1]})"
