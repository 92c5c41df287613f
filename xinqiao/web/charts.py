"""Pictures of figures, drawn on the server as SVG: they print, need no script and have their figures in a table beside.

Shares and heights are Decimals or floats between 0 and 1; None means "no base" and draws an empty frame. Every colour
comes from a class, every picture has a title and a description.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count

from markupsafe import Markup, escape

Share = Decimal | float | None

_numbers = count(1)


def _frame(kind: str, width: int, height: int, title: str, text: str, body: str) -> Markup:
    number = next(_numbers) % 1_000_000
    ids = f"c{number}t", f"c{number}d"
    return Markup(  # noqa: S704 — every word from outside is escaped here or by the caller below
        f'<svg class="chart chart-{kind}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-labelledby="{ids[0]} {ids[1]}" focusable="false">'
        f'<title id="{ids[0]}">{escape(title)}</title><desc id="{ids[1]}">{escape(text)}</desc>{body}</svg>'
    )


def _clamped(share: Share) -> float | None:
    return None if share is None else min(max(float(share), 0.0), 1.0)


def step(share: Share, low: float = 0.0, high: float = 1.0) -> int:
    """Which of the five shades (1 lightest … 5 darkest) a share gets between `low` and `high`; 0 without a base."""
    value = _clamped(share)
    if value is None:
        return 0
    spread = (value - low) / (high - low) if high > low else 1.0
    return min(max(int(spread * 5) + 1, 1), 5)


def bar(share: Share, title: str, text: str = "", target: Share = None, width: int = 120) -> Markup:
    """A single horizontal bar of one rate, with a tick at the target."""
    value, aim = _clamped(share), _clamped(target)
    body = f'<rect class="track" x="0.5" y="2.5" width="{width - 1}" height="7" rx="2"/>'
    if value is not None:
        body += f'<rect class="fill" x="0" y="2" width="{value * width:.1f}" height="8" rx="2"/>'
    if aim is not None:
        body += f'<path class="target" d="M{min(aim * width, width - 1):.1f} 0V12"/>'
    return _frame("bar", width, 12, title, text, body)


def bars(rows: Sequence[tuple[str, str, Share]], title: str, text: str = "", width: int = 560) -> Markup:
    """Several bars under each other: (label, figure in words, share of the longest)."""
    line, left, right = 28, 132, 96
    room = width - left - right
    body = ""
    for number, (label, figure, share) in enumerate(rows):
        top = number * line
        long = (_clamped(share) or 0.0) * room
        body += (
            f'<text class="label" x="{left - 12}" y="{top + 19}" text-anchor="end">{escape(label)}</text>'
            f'<rect class="track" x="{left}.5" y="{top + 8}.5" width="{room - 1}" height="13" rx="2"/>'
            f'<rect class="fill" x="{left}" y="{top + 8}" width="{long:.1f}" height="14" rx="2"/>'
            f'<text class="figure" x="{left + room + 12}" y="{top + 19}">{escape(figure)}</text>'
        )
    return _frame("bars", width, max(len(rows), 1) * line, title, text, body)


def sparkline(
    values: Sequence[Share], title: str, text: str = "", width: int = 96, height: int = 24
) -> Markup:
    """A small trend; gaps where a value is None, the last point marked. The scale runs from the least to the most."""
    known = [float(v) for v in values if v is not None]
    if not known:
        return _frame(
            "spark", width, height, title, text, f'<path class="axis" d="M0 {height - 1}H{width}"/>'
        )
    least, most = min(known), max(known)
    pad = 3.0
    apart = (width - 2 * pad) / max(len(values) - 1, 1)

    def point(number: int, value: Share) -> tuple[float, float]:
        part = 0.5 if most == least else (float(value or 0) - least) / (most - least)
        return pad + number * apart, height - pad - part * (height - 2 * pad)

    path, pen_down, last = "", False, (0.0, 0.0)
    for number, value in enumerate(values):
        if value is None:
            pen_down = False
            continue
        last = point(number, value)
        path += f"{'L' if pen_down else 'M'}{last[0]:.1f} {last[1]:.1f}"
        pen_down = True
    body = (
        f'<path class="axis" d="M0 {height - 0.5}H{width}"/><path class="line" d="{path}"/>'
        f'<circle class="last" cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="2.5"/>'
    )
    return _frame("spark", width, height, title, text, body)


def line(
    values: Sequence[Share],
    days: Sequence[date],
    title: str,
    text: str = "",
    target: Share = None,
    width: int = 720,
    height: int = 200,
) -> Markup:
    """A trend with axes: shares over days, the least and most written at the left, the target as a dashed line, gaps kept.

    The scale ends at whole tens of percent around what is shown, so that a small change is not drawn as a large one.
    """
    known = [float(v) for v in (*values, target) if v is not None]
    low = max(int(min(known, default=0.0) * 10), 0) / 10
    high = min(int(max(known, default=1.0) * 10) + 1, 10) / 10
    high = max(high, low + 0.1)
    left, right, top, bottom = 48, 12, 12, 24
    apart = (width - left - right) / max(len(values) - 1, 1)

    def y(share: float) -> float:
        return top + (high - min(max(share, low), high)) / (high - low) * (height - top - bottom)

    body = ""
    for number in range(3):
        at = low + (high - low) * number / 2
        body += (
            f'<path class="axis" d="M{left} {y(at):.1f}H{width - right}"/>'
            f'<text class="label" x="{left - 8}" y="{y(at) + 4:.1f}" text-anchor="end">{at * 100:.0f}%</text>'
        )
    if target is not None:
        body += f'<path class="target" stroke-dasharray="4 3" d="M{left} {y(float(target)):.1f}H{width - right}"/>'
    path, pen_down = "", False
    for number, (value, day) in enumerate(zip(values, days, strict=True)):
        x = left + number * apart
        last = len(values) - 1
        if number in (0, last) or (number % max(len(values) // 6, 1) == 0 and last - number > 1):
            anchor = "start" if number == 0 else "end" if number == len(values) - 1 else "middle"
            body += f'<text class="label" x="{x:.1f}" y="{height - 6}" text-anchor="{anchor}">{day.year}-{day.month:02}</text>'
        if value is None:
            pen_down = False
            continue
        path += f"{'L' if pen_down else 'M'}{x:.1f} {y(float(value)):.1f}"
        pen_down = True
        body += f'<circle class="last" cx="{x:.1f}" cy="{y(float(value)):.1f}" r="2.5"/>'
    return _frame("line", width, height, title, text, body + f'<path class="line" d="{path}"/>')


def tiles(
    rows: Sequence[tuple[str, str, Share]],
    title: str,
    text: str = "",
    columns: int = 4,
    low: float = 0.0,
    high: float = 1.0,
) -> Markup:
    """Places as equal tiles, shaded in five steps between `low` and `high`: (label, figure in words, share).

    The figure is written on the tile, so that a black-and-white print says the same.
    """
    wide, tall, gap = 148, 68, 8
    body = ""
    for number, (label, figure, share) in enumerate(rows):
        x, y = (number % columns) * (wide + gap), (number // columns) * (tall + gap)
        body += (
            f'<g class="tile tile-{step(share, low, high)}"><rect x="{x + 0.5}" y="{y + 0.5}" width="{wide - 1}" '
            f'height="{tall - 1}" rx="4"/><text class="label" x="{x + 12}" y="{y + 26}">{escape(label)}</text>'
            f'<text class="figure" x="{x + 12}" y="{y + 50}">{escape(figure)}</text></g>'
        )
    lines = -(-len(rows) // columns) or 1
    return _frame("tiles", columns * (wide + gap) - gap, lines * (tall + gap) - gap, title, text, body)
