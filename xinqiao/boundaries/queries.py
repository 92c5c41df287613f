"""Rehearsal with counts before a change of borders, the list of changes, and whom the county still has to assign.

Counted by the report role after the permission check: whoever changes borders sees numbers, never people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connections
from django.utils.translation import gettext as _

from xinqiao.accounts.models import User, VillageAssignment
from xinqiao.accounts.permissions import Permission, require
from xinqiao.accounts.scope import reporting
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds, county_of, level_of
from xinqiao.kernel.terms import Level
from xinqiao.places.choices import ChangeKind, ChangeState
from xinqiao.places.models import Division, DivisionChange, DivisionChangeRow, Institution, Population
from xinqiao.policy.models import LocalValue

from .actions.assigning import still_to_say
from .actions.places import rehearse_places
from .actions.planning import own_change, rows_of
from .rules import Became


@dataclass(frozen=True, slots=True)
class Counted:
    """One division old → new with what belongs to it."""

    row: Became
    people: int
    owed: int
    clocks: int
    institutions: int
    accounts: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a change touches. `blocks` forbid it, `notes` ask somebody to look at something."""

    change: DivisionChange
    rows: list[Counted]
    blocks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def each(self) -> dict[str, list[int]]:
        """The counts of every row, for the receipt."""
        return {
            _key(one.row): [one.people, one.owed, one.clocks, one.institutions, one.accounts]
            for one in self.rows
        }

    @property
    def totals(self) -> dict[str, int]:
        return {
            "divisions": sum(1 for one in self.rows if level_of(one.row.new_code) is Level.TOWNSHIP),
            "villages": sum(1 for one in self.rows if level_of(one.row.new_code) is Level.VILLAGE),
            "people": sum(one.people for one in self.rows),
            "owed": sum(one.owed for one in self.rows),
            "clocks": sum(one.clocks for one in self.rows),
            "institutions": sum(one.institutions for one in self.rows),
            "accounts": sum(one.accounts for one in self.rows),
        }


_COUNTS = {
    "people": "select managing_code, count(*) from registry_person where managing_code = any(%s) group by 1",
    "owed": "select managing_code, count(*) from followup_obligation where managing_code = any(%s) and outcome = 'open' group by 1",
    "clocks": "select managing_code, count(*) from clocks_clock where managing_code = any(%s) and outcome = 'open' group by 1",
}


def rehearse(*, actor: Actor, change_id: UUID, today: date) -> Rehearsal:
    """Counts for every row of a planned change, and what stands in its way. The statements do not grow with the people."""
    require(actor, Permission.CHANGE_BORDERS)
    return rehearsed(own_change(actor, change_id), today)


def rehearsed(change: DivisionChange, today: date) -> Rehearsal:
    """The same without the check of who asks, for the commit itself."""
    rows = rows_of(change)
    if change.state != ChangeState.PLANNED:
        kept = change.counts.get("each", {})
        none = [0, 0, 0, 0, 0]
        return Rehearsal(change, [_counted(row, kept.get(_key(row), none)) for row in rows])
    olds = [row.old_code for row in rows if row.old_code]
    counts: dict[str, dict[str, int]] = {}
    with reporting(), connections["report"].cursor() as cursor:
        for key, statement in _COUNTS.items():
            cursor.execute(statement, [olds])
            counts[key] = dict(cursor.fetchall())
    institutions = _tally(
        Institution.objects.filter(place__in=olds, valid_to=None).values_list("place", flat=True)
    )
    accounts = _tally(User.objects.filter(place__in=olds, is_active=True).values_list("place", flat=True))
    serving = VillageAssignment.objects.filter(division_code__in=olds, valid_to=None)
    for code in serving.exclude(user__place__in=olds).values_list("division_code", flat=True):
        accounts[code] = accounts.get(code, 0) + 1
    tables = [*(counts[key] for key in ("people", "owed", "clocks")), institutions, accounts]
    counted = [_counted(row, [table.get(row.old_code, 0) for table in tables]) for row in rows]
    return Rehearsal(change, counted, _blocks(change, rows, today), _notes(change, rows))


def _counted(row: Became, numbers: Sequence[int]) -> Counted:
    people, owed, clocks, institutions, accounts = numbers
    return Counted(row, people, owed, clocks, institutions, accounts)


def _key(row: Became) -> str:
    return f"{row.old_code}>{row.new_code}"


def _tally(codes: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for code in codes:
        found[code] = found.get(code, 0) + 1
    return found


def _blocks(change: DivisionChange, rows: Sequence[Became], today: date) -> list[str]:
    blocks = []
    codes = {code for row in rows for code in (row.old_code, row.new_code) if code}
    there = {row.code: row for row in Division.objects.filter(code__in=codes, valid_to=None)}
    for row in rows:
        if row.old_code and row.old_code not in there:
            blocks.append(_("“%(name)s”已不在区划表里，请重新拟定。") % {"name": row.old_name})
        elif row.old_code and there[row.old_code].valid_from >= change.effective_on:
            text = _("“%(name)s”自 %(day)s 起才有，施行日期应晚于这一天。")
            blocks.append(text % {"name": row.old_name, "day": there[row.old_code].valid_from})
        if row.new_code in there and row.new_code != row.old_code and not _goes_up_in(change, row):
            blocks.append(_("代码 %(code)s 已被使用，请重新拟定。") % {"code": row.new_code})
    townships = [row.old_code for row in rows if row.carries and level_of(row.old_code) is Level.TOWNSHIP]
    below = Division.objects.filter(parent_code__in=townships, valid_to=None).exclude(code__in=there)
    for name in below.order_by("code").values_list("name", flat=True):
        # Whoever lives there would be left behind in a township that is no more.
        blocks.append(_("“%(name)s”是拟定以后才有的，不在方案里，请重新拟定。") % {"name": name})
    if not blocks:
        served = rehearse_places(change, rows)
        for row in rows:
            if level_of(row.new_code) is not Level.VILLAGE or row.old_code == row.new_code:
                continue
            found = served.get(row.new_code)
            if found is None:
                blocks.append(_("调整后没有机构服务“%(name)s”，请选择接管的机构。") % {"name": row.new_name})
            elif found.worker_id is None:
                text = _("服务“%(name)s”的“%(institution)s”没有负责人，请先指定，或选择去新乡镇的账号。")
                blocks.append(text % {"name": row.new_name, "institution": found.counting.name})
    return list(dict.fromkeys(blocks))


def _goes_up_in(change: DivisionChange, row: Became) -> bool:
    """Merging goes into a place that is there; so does what a merge is undone by."""
    return (
        change.kind in (ChangeKind.MERGE, ChangeKind.VILLAGE_MERGE)
        and bool(row.old_code)
        and (level_of(row.old_code) is Level.TOWNSHIP or change.kind == ChangeKind.VILLAGE_MERGE)
    )


def _notes(change: DivisionChange, rows: Sequence[Became]) -> list[str]:
    olds = [row.old_code for row in rows if row.carries]
    notes = []
    if values := LocalValue.objects.filter(division_code__in=olds, withdrawn_at=None, valid_to=None).count():
        text = _("原区划有 %(n)s 条当地规则，不会自动带到新区划：请业务管理员逐条核对。")
        notes.append(text % {"n": values})
    if change.kind == ChangeKind.MOVE and (ended := _served_from_elsewhere(rows, olds)):
        text = _("%(n)s 个账号跨县兼管，划归后不再兼管对方：请另行安排。")
        notes.append(text % {"n": ended})
    if change.kind in (
        ChangeKind.MERGE,
        ChangeKind.SPLIT,
        ChangeKind.VILLAGE_MERGE,
        ChangeKind.VILLAGE_SPLIT,
    ):
        notes.append(_("新区划的常住人口请另行登记，登记前没有检出率。"))
    elif Population.objects.filter(division_code__in=olds).exists():
        notes.append(_("常住人口随区划带到新代码。"))
    if olds:
        notes.append(_("档案编号不变；此后新建的档案用新代码编号。"))
    if change.kind == ChangeKind.VILLAGE_SPLIT:
        notes.append(_("施行后由县精防办逐人定村，定村前仍计在原村。"))
    return notes


def _served_from_elsewhere(rows: Sequence[Became], olds: Sequence[str]) -> int:
    """Accounts that serve a township on the other side of the border which comes between."""
    counties = {county_of(row.old_code) for row in rows if row.carries}
    outside = User.objects.filter(further_places__overlap=list(olds), is_active=True).exclude(place__in=olds)
    inside = User.objects.filter(place__in=olds, is_active=True).exclude(
        further_places__contained_by=list(olds)
    )
    found = [*outside.values_list("place", flat=True), *inside.values_list("place", flat=True)]
    return sum(county_of(place) in counties for place in found)


def changes(*, actor: Actor) -> list[DivisionChange]:
    """Changes of the actor's area, the newest first."""
    require(actor, Permission.CHANGE_BORDERS)
    lo, hi = bounds(actor.place)
    return list(
        DivisionChange.objects.filter(place__gte=lo, place__lt=hi).order_by("-effective_on", "-made_at")[:200]
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person of a village that was split, and the villages to choose from."""

    id: UUID
    person_id: UUID
    name: str
    village: str
    choices: list[tuple[str, str]]


def number_waiting(actor: Actor) -> int:
    """How many people the county still has to assign: for its first page."""
    require(actor, Permission.CORRECT_RECORD)
    return still_to_say().count()


def waiting(*, actor: Actor, limit: int = 100) -> tuple[list[Waiting], int]:
    """People the county still has to assign, and how many there are. Under the actor's row-level security."""
    require(actor, Permission.CORRECT_RECORD)
    rows = still_to_say()
    total = rows.count()
    found = list(rows.select_related("person").order_by("managing_code", "person__name", "id")[:limit])
    named: dict[UUID, list[tuple[str, str]]] = {}
    for row in DivisionChangeRow.objects.filter(change__in={one.change_id for one in found}).order_by(
        "new_code"
    ):
        named.setdefault(row.change_id, []).append((row.new_code, row.new_name))
    return [
        Waiting(
            one.pk,
            one.person_id,
            one.person.name,
            dict(named[one.change_id]).get(one.managing_code, ""),
            named[one.change_id],
        )
        for one in found
    ], total


def said_of(change: DivisionChange) -> str:
    """What a change is about, in a few words: the first row that says it."""
    rows = rows_of(change)
    if not rows:
        return ""
    old = next((row.old_name for row in rows if row.old_name), "")
    new = next(
        (row.new_name for row in rows if not row.old_code or row.carries or row.old_name != row.new_name), ""
    )
    if change.kind == ChangeKind.SPLIT and level_of(rows[0].new_code) is Level.TOWNSHIP:
        return _("设立%(new)s") % {"new": rows[0].new_name}
    return f"{old} → {new}"
