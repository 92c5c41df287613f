"""`xinqiao synth`: writes a made-up county whose figures are known."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from xinqiao.kernel.periods import read_day

from .presets import PRESETS
from .spec import Spec


def add(subparsers: Any) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "synth",
        help="write a made-up register and its visits as two workbooks, and the truth about them as truth.json",
        description="The same arguments give the same bytes. Nobody is real: ID numbers begin with 99.",
    )
    parser.add_argument(
        "--people", type=int, default=1000, help="files on the register (default 1000; a preset has its own)"
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed, other people (default 1)")
    parser.add_argument(
        "--on", type=_day, metavar="DATE", help="the day the county is seen; needed without --shift-to"
    )
    parser.add_argument(
        "--division", metavar="CODE", help="2 to 12 digits; below 99 everything is made up (default 990101)"
    )
    parser.add_argument("--years", type=int, default=2, help="years of visits (default 2)")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder for register.xlsx, visits.xlsx, truth.json",
    )
    parser.add_argument(
        "--preset", choices=sorted(PRESETS), help="a published county, exactly: helan-2020 at 2020-12-31"
    )
    parser.add_argument(
        "--shift-to",
        type=_day,
        metavar="DATE",
        help="the preset's year ends on the last 31 December before DATE, then life goes on",
    )
    parser.add_argument(
        "--dirty",
        type=float,
        default=0.0,
        metavar="RATE",
        help="share of rows with a planted fault (default 0)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """0 when written; 2 when the arguments do not fit together."""
    from .workbooks import write

    try:
        written = write(spec_of(arguments), arguments.out)
    except ValueError as error:
        print(f"xinqiao synth: {error}", file=sys.stderr)
        return 2
    print(f"{written.people} people, {written.visits} visits, {written.faults} planted faults")
    for path in written.files:
        print(path)
    return 0


def spec_of(arguments: argparse.Namespace) -> Spec:
    """The Spec for the given arguments; ValueError says what is missing."""
    preset, shifted, on = arguments.preset or "", arguments.shift_to, arguments.on
    anchor = None
    division = arguments.division or "990101"
    people = arguments.people
    if preset:
        division = arguments.division or PRESETS[preset].division
        people = PRESETS[preset].files
        on, anchor = preset_days(preset, shifted, on)
    elif shifted:
        raise ValueError("--shift-to needs --preset")
    elif on is None:
        raise ValueError("--on is missing")
    return Spec(
        people=people, seed=arguments.seed, on=on, division=division, years=arguments.years, preset=preset,
        anchor=anchor, dirty=arguments.dirty,
    )  # fmt: skip


def preset_days(preset: str, shifted: date | None, on: date | None) -> tuple[date, date]:
    """(the day life is seen, the day the published figures hold)."""
    if shifted:
        return shifted, date(shifted.year - 1, 12, 31)
    year_end = PRESETS[preset].year_end
    return on or year_end, year_end


def _day(text: str) -> date:
    try:
        return read_day(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-11-21") from None
