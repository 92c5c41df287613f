"""Writes the dated day tables `data/calendar/<year>.yaml` from the `chinesecalendar` package (2004–2026).

Run once, when that package knows a new year: `python -m xinqiao.policy.calendar_source 2027`. Files that exist are
left alone: a past year does not change. The product itself reads only the tables.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

FOLDER = Path(__file__).parent / "data" / "calendar"


def year_table(year: int) -> str:
    """The YAML text of one year: weekdays off and weekends worked."""
    import chinese_calendar

    off: list[date] = []
    working: list[date] = []
    day = date(year, 1, 1)
    while day.year == year:
        works = bool(chinese_calendar.is_workday(day))
        if day.weekday() < 5 and not works:
            off.append(day)
        if day.weekday() >= 5 and works:
            working.append(day)
        day += timedelta(days=1)
    return (
        f"title: {year} 年工作日历\n"
        "clause: CAL/days-off\n"
        "unit: 天\n"
        "kind: calendar_year\n"
        "values:\n"
        '  - area: "000000000000"\n'
        f"    from: {year}-01-01\n"
        f"    source: 国务院办公厅关于 {year} 年部分节假日安排的通知\n"
        "    value:\n"
        f"      year: {year}\n"
        f"      days_off: {_days(off)}\n"
        f"      working: {_days(working)}\n"
    )


def _days(days: list[date]) -> str:
    return "[" + ", ".join(f"'{day:%m-%d}'" for day in days) + "]"


def main(arguments: list[str]) -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for year in [int(text) for text in arguments] or list(range(2004, 2027)):
        path = FOLDER / f"{year}.yaml"
        if path.exists():
            continue
        path.write_text(year_table(year), encoding="utf-8")
        sys.stdout.write(f"wrote {path.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
