"""在册人数变动核对表: opening + came − went = closing for a place and the places below it, in one month.

Opening and closing are what the figure 在册 says on the two days; what came and went is read off the dated facts
(`engines/flows.py`). Both sides know nothing of each other, so a row that does not add up names a real fault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.accounts.scope import reporting
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.periods import add_months, end_of_month
from xinqiao.places.queries import names_of

from ..declarations import catalogue
from ..engines import WHOLE, Area, flows_sql, sql, tallies
from ..engines.flows import BETWEEN, FlowKind, Step
from ..state import Frame
from .tables import area_and_below, digits_of, place_for

#: Columns in order: key → adds (+1) or takes away (−1). Places of the deployment stand apart from the world outside.
SIGNS: dict[str, int] = {
    "new": 1,
    "came": 1,
    "moved_in": 1,
    "back": 1,
    "border_in": 1,
    "moved_out": -1,
    "left": -1,
    "died": -1,
    "excluded": -1,
    "border_out": -1,
}
_IN = {FlowKind.MOVED: "moved_in", FlowKind.BORDER: "border_in"}
_OUT = {FlowKind.MOVED: "moved_out", FlowKind.BORDER: "border_out"}
#: People on one page behind a number.
PAGE = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One place: opening, closing and the columns of `SIGNS`. `own` marks people at none of the places below."""

    code: str
    name: str
    opening: int
    closing: int
    columns: Mapping[str, int]
    own: bool = False

    @property
    def expected(self) -> int:
        return self.opening + sum(SIGNS[key] * number for key, number in self.columns.items())

    @property
    def difference(self) -> int:
        """Closing as counted less closing as explained; 0 is well."""
        return self.closing - self.expected


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not add up, as a sentence; `code` is the place it is about."""

    kind: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Balance:
    """A place and the places below it in one month: days later than `after` up to `to`."""

    month: date
    after: date
    to: date
    whole: Row
    children: list[Row]
    faults: list[Fault] = field(default_factory=list)
    late: int = 0

    @property
    def holds(self) -> bool:
        return not self.faults


def month_of(month: date, today: date) -> tuple[date, date]:
    """The day before a month and its last day (today in the month that is running)."""
    first = month.replace(day=1)
    return first - timedelta(days=1), min(end_of_month(first), today)


def balance(*, actor: Actor, code: str, month: date, today: date) -> Balance:
    """The table for somebody who may see the figures of the place. Six statements, whatever the months and places."""
    place_for(actor, code)
    return balanced(*area_and_below(actor, code), code, month, today)


def balanced(area: Area, below: Sequence[tuple[str, str]], code: str, month: date, today: date) -> Balance:
    """The same without any check of who asks: for the command and the nightly run."""
    after, to = month_of(month, today)
    cuts = sorted({digits_of(one) for one, _name in below})
    declared = catalogue()
    frames = [Frame.at(day, passed_only=declared.passed_only(day)) for day in (after, to)]
    stocks = tallies.series(area, frames, cuts, keys=["reg"])
    with reporting():
        found = flows_sql.flows(area, after, to)
    names = dict(below)
    title = names_of([code]).get(code, code) if code else _("本人负责的村")

    def row(one: str, name: str, digits: int, own: bool = False) -> Row:
        cell = WHOLE if digits == 0 else (digits, one)
        opening, closing = (stocks[day].get(cell, {"reg": 0})["reg"] for day in (after, to))
        inside = _Inside(area) if digits == 0 else _Inside(stem=one[:digits], digits=digits)
        return Row(one, name, opening, closing, _columns(found, inside), own)

    whole = row(code, title, 0)
    children = [row(one, name, digits_of(one)) for one, name in sorted(below)]
    # People at the place itself, or at a place that is no more, still belong to the whole.
    for cut, one in sorted(_cells(stocks, found, area, cuts)):
        if one not in names and (len(cuts) == 1 or one == code):
            here = _("未分到下级") if one == code else names_of([one]).get(one, one)
            children.append(row(one, here, cut, own=one == code))
    children = [
        one
        for one in children
        if one.code in names or one.opening or one.closing or any(one.columns.values())
    ]
    made = Balance(after + timedelta(days=1), after, to, whole, children, late=sum(one.late for one in found))
    made.faults.extend(_faults(made, found, area, frames))
    return made


@dataclass(frozen=True, slots=True)
class _Inside:
    """Whether a code lies in a row's place."""

    area: Area | None = None
    stem: str = ""
    digits: int = 0

    def __call__(self, code: str | None) -> bool:
        if code is None:
            return False
        return self.area.holds(code) if self.area else code[: self.digits] == self.stem


def _cells(
    stocks: Mapping[date, Mapping[tuple[int, str], object]],
    found: Sequence[flows_sql.Flow],
    area: Area,
    cuts: Sequence[int],
) -> set[tuple[int, str]]:
    cells = {cell for cells in stocks.values() for cell in cells if cell != WHOLE}
    ends = {code for one in found for code in (one.origin, one.target) if code and area.holds(code)}
    return cells | {(cut, code[:cut].ljust(12, "0")) for cut in cuts for code in ends}


def _columns(found: Sequence[flows_sql.Flow], inside: _Inside) -> dict[str, int]:
    columns = dict.fromkeys(SIGNS, 0)
    for one in found:
        left, entered = inside(one.origin), inside(one.target)
        if one.kind in BETWEEN:
            if left != entered:
                columns[(_IN if entered else _OUT)[one.kind]] += one.number
        elif left or entered:
            columns[str(one.kind)] += one.number
    return columns


def _faults(
    made: Balance, found: Sequence[flows_sql.Flow], area: Area, frames: Sequence[Frame]
) -> list[Fault]:
    """What does not add up, each with the reason where one is found."""
    faults: list[Fault] = []
    open_out = sum(f.number for f in found if f.kind in BETWEEN and f.target is None)
    open_in = sum(f.number for f in found if f.kind in BETWEEN and f.origin is None)
    if open_out:
        text = _("有 %(n)s 人离开了统计归属机构，当天没有接续的机构（转出无转入）")
        faults.append(Fault("open_out", made.whole.code, text % {"n": open_out}))
    if open_in:
        text = _("有 %(n)s 人有了新的统计归属机构，原机构不在当天结束（转入无转出）")
        faults.append(Fault("open_in", made.whole.code, text % {"n": open_in}))
    wrong = [row for row in (made.whole, *made.children) if row.difference]
    if wrong:
        stale = _kept_are_stale(made, area, frames)
        for row in wrong:
            text = _("%(name)s：按变动推算期末应为 %(expected)s 人，统计为 %(closing)s 人，相差 %(n)s 人")
            words = text % {
                "name": row.name,
                "expected": row.expected,
                "closing": row.closing,
                "n": f"{row.difference:+d}",
            }
            if stale:
                words += _("。原因：留存的数与记录不符，请运行 xinqiao figures-keep --anew 重数")
            elif open_out or open_in:
                words += _("。原因：统计归属的起止日期不相接")
            faults.append(Fault("stale" if stale else "sum", row.code, words))
    if made.children:
        faults += _sums(made)
    return faults


def _sums(made: Balance) -> list[Fault]:
    """The places below add up to the whole; of moves only what crosses the whole's own border."""
    sums = {key: sum(row.columns[key] for row in made.children) for key in SIGNS}
    pairs = {
        key: (sums[key], made.whole.columns[key])
        for key in SIGNS
        if key not in (*_IN.values(), *_OUT.values())
    }
    pairs["opening"] = sum(row.opening for row in made.children), made.whole.opening
    pairs["closing"] = sum(row.closing for row in made.children), made.whole.closing
    for kind in ("moved", "border"):
        net = sums[f"{kind}_in"] - sums[f"{kind}_out"]
        pairs[kind] = net, made.whole.columns[f"{kind}_in"] - made.whole.columns[f"{kind}_out"]
    text = _("下级合计与本级不一致：%(column)s 合计 %(sum)s，本级 %(whole)s")
    return [
        Fault("children", made.whole.code, text % {"column": label(key), "sum": one, "whole": other})
        for key, (one, other) in pairs.items()
        if one != other
    ]


def _kept_are_stale(made: Balance, area: Area, frames: Sequence[Frame]) -> bool:
    """Whether the kept counts differ from a count of the facts. Only asked when something does not add up."""
    with reporting():
        counted = [sql.count(area, frame)[WHOLE]["reg"] for frame in frames]
    return counted != [made.whole.opening, made.whole.closing]


def label(key: str) -> str:
    """A column's heading."""
    return {
        "opening": _("期初在册"),
        "new": _("新建档"),
        "came": _("外地迁入"),
        "moved_in": _("流转转入"),
        "back": _("迁回恢复"),
        "border_in": _("区划划入"),
        "moved_out": _("流转转出"),
        "left": _("迁往外地"),
        "died": _("死亡"),
        "excluded": _("诊断排除"),
        "border_out": _("区划划出"),
        "closing": _("期末在册"),
        "difference": _("核对"),
        "moved": _("流转净数"),
        "border": _("区划净数"),
    }[key]


@dataclass(frozen=True, slots=True)
class Moved:
    """One person behind a number of the table."""

    id: UUID
    name: str
    village: str
    day: date
    kind: FlowKind
    origin: str
    target: str


@dataclass(frozen=True, slots=True)
class MovedPeople:
    """Those behind one number: `counted` as the table says, `rows` whom the actor may see now."""

    rows: list[Moved]
    counted: int
    more: bool

    @property
    def gone(self) -> int:
        return 0 if self.more else max(self.counted - len(self.rows), 0)


def behind_balance(*, actor: Actor, code: str, month: date, today: date, column: str) -> MovedPeople:
    """The people behind one number of the row of a place, read under the actor's own row-level security."""
    require(actor, Permission.OPEN_FIGURE)
    place_for(actor, code)
    if column not in SIGNS:
        raise NotFound()
    area, _below = area_and_below(actor, code)
    after, to = month_of(month, today)
    inside = _Inside(area)
    with reporting():
        counted = sum(1 for one in flows_sql.steps(area, after, to) if _is_in(one, column, inside))
    steps = [one for one in flows_sql.steps(area, after, to, using="default") if _is_in(one, column, inside)]
    shown = steps[:PAGE]
    people = flows_sql.names_of_people([one.person_id for one in shown])
    places = names_of({c for one in shown for c in (one.origin, one.target, people[one.person_id][1]) if c})
    rows = [
        Moved(
            one.person_id, people[one.person_id][0], places.get(people[one.person_id][1], ""), one.day, one.kind,
            places.get(one.origin or "", one.origin or ""), places.get(one.target or "", one.target or ""),
        )
        for one in shown
    ]  # fmt: skip
    return MovedPeople(rows, counted, len(steps) > PAGE)


def _is_in(step: Step, column: str, inside: _Inside) -> bool:
    left, entered = inside(step.origin), inside(step.target)
    if step.kind in BETWEEN:
        return left != entered and (_IN if entered else _OUT)[step.kind] == column
    return (left or entered) and str(step.kind) == column


def months_back(today: date, number: int = 24) -> list[date]:
    """First days of this month and the ones before, newest first."""
    return [add_months(today.replace(day=1), -n) for n in range(number)]
