"""Writes `docs/reference/figures.md` from the declarations: `python -m xinqiao.indicators.figures_page`.

A test compares the committed page.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from .declarations import LATE, OWNERS, PERIODS, Measure, Variant, catalogue
from .examples import example_of

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "docs" / "reference" / "figures.md"

_INTRODUCTION = """# Figures

Written by `python -m xinqiao.indicators.figures_page`; do not edit by hand.

Every figure of the pages and of `xinqiao figures` is declared once, in `xinqiao/indicators/catalogue/`. The same
declaration is read by a plain Python engine and by one SQL statement; tests hold the two equal.

Words used below:

- **T** is the report date. Facts count by the day they happened, up to T, as they are known now; what was voided does not.
- A **visit** counts unless it is voided, amended by another, or returned in review. It is **complete** when it reached
  somebody and has a risk level, or says the person is in hospital.
- Of several visits on one day the one of the highest form code speaks (clinic, home, telephone).
- Risk and class are the **counted** ones: what waits for a second person counts as the graver.
- **In hospital** is the newest word: an admission or discharge, or the answer of a visit.
- **Lost** lasts until found or moved in, on that day or later, or reached by a visit on a later day.
- Month gaps are differences of month numbers: 5 January to 30 April is 3, 31 January to 1 May is 4. The chain begins with
  the last complete visit before the year; for somebody never visited before, with the month of filing; it ends with T.
- Residents: the newest year not after T's.
- Rates: whole numbers divided once, two decimals, halves up; without a base the figure reads "—".

Not declared yet, because their facts are not recorded yet: screening and report timeliness, surveys, coverage of groups
and institutions.

## How they are counted fast

Counts are kept by village and day and completed from the facts at reading (decision 0016). `xinqiao figures-keep [--division
CODE] [--months N] [--anew]` counts ahead; `xinqiao figures-recount [--sample N]` holds a sample against the plain engine
(exit code 3 on a difference). Both run in the worker every night.

## For readers outside the health side

Counts by township only. Numbers from 1 to the threshold of `policy/data/indicators/disclosure.yaml` are left out, and further
numbers until nobody who knows all totals can compute one of them or narrow it to fewer values than the threshold. It does not
protect against comparing two dates: hand out one date a year, or the same dates to everybody.

## On the command line

`xinqiao figures --division CODE [--on YYYY-MM-DD] [--children] [--all-variants] [--json]`: figures of a division (2, 4,
6, 9 or 12 digits), by default today and in the leading variants. JSON gives `as_of`, `division`, `name`, `measures`,
`findings` and, with `--children`, `children`; a measure has `key`, `label`, `numerator`, `denominator`, `value` (a rate as
text), `unit`, `variant`, `variant_label`, `leading`, `period`, `source`. Exit code 0 well, 1 no database, 2 wrong usage.
"""


def page() -> str:
    """The whole page as Markdown."""
    declared = catalogue()
    lines = [_INTRODUCTION]
    for group in declared.groups:
        lines += [f"## {group.label} · {group.english}", ""]
        for measure in declared.measures.values():
            if measure.group == group.key:
                lines += _measure(measure)
    lines += ["## Who is counted", "", "| set | definition | 中文 | English |", "|---|---|---|---|"]
    for one in declared.sets.values():
        who = f"`{one.who.text}`" if one.who else one.outside
        adds = f"sum of `{one.column}` over " if one.column else ""
        lines.append(f"| `{one.key}` | {adds}{who} | {one.words} | {one.english} |")
    lines += ["", "## What is checked", ""]
    lines += [f"- `{part}` is never more than `{whole}`" for part, whole in declared.subsets]
    lines += [f"- {' + '.join(f'`{p}`' for p in parts)} = `{whole}`" for whole, parts in declared.sums]
    lines += [
        f"- unlikely outside {b.low}–{b.high} {b.unit}: {b.label} (`{b.numerator}` / `{b.denominator}`)"
        for b in declared.bounds
    ]
    return "\n".join(lines) + "\n"


def _measure(measure: Measure) -> list[str]:
    period, owner, late = PERIODS[measure.period][1], OWNERS[measure.owner][1], LATE[measure.late][1]
    rounding = f" Decimals: {measure.rounding}." if measure.is_rate else ""
    return [
        f"### {measure.label} · {measure.english} (`{measure.key}`)",
        "",
        f"Unit {measure.unit}; {period}. Source: {measure.source}. Counted {owner}. Late data: {late}.{rounding}",
        "",
        "| variant | 口径 | English | numerator | denominator | leads |",
        "|---|---|---|---|---|---|",
        *(
            f"| `{v.key}` | {v.label} | {v.english} | `{v.numerator}` | {f'`{v.denominator}`' if v.denominator else ''} "
            f"| {_leads(v)} |"
            for v in measure.variants
        ),
        "",
        f"Example: {_example(measure)}",
        "",
    ]


def _example(measure: Measure) -> str:
    one = example_of(measure)
    if one.denominator is None:
        return f"{one.value} {measure.unit}"
    return f"{one.numerator} / {one.denominator} = {one.value} {measure.unit}"


def _leads(variant: Variant) -> str:
    if not variant.leads:
        return "no"
    since = "" if variant.default_from == date.min else f"from {variant.default_from}"
    until = "" if variant.default_to == date.max else f"before {variant.default_to}"
    return " ".join(part for part in (since, until) if part) or "always"


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(page(), encoding="utf-8")
