"""Bringing an exported list, saying what its columns mean, holding it against the register.

Differences live over comparisons: each is found again by who and what it is about, and goes through the states of `rules`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.followup.models import Standing, Visit
from xinqiao.interchange.actions.places import Villages
from xinqiao.interchange.actions.stage import limits
from xinqiao.interchange.excel.plain import read_plain
from xinqiao.interchange.progress import Progress
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import bounds, county_of
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.registry import bulk
from xinqiao.registry.fields import keyed_hash
from xinqiao.registry.models import Diagnosis, Identifier, Person

from ..choices import FIELDS, ComparisonState, ItemState, Kind, Step
from ..compare.columns import MEANINGS, guess, is_known, to_remember
from ..compare.match import Found, Here, Result, match
from ..compare.values import read_row
from ..models import Comparison, Difference, DifferenceStep, ExportRow, Setting
from ..rules import after_comparison

CHUNK = 2_000
EXAMPLES = 3
OPEN = (ComparisonState.MAPPING, ComparisonState.FAILED)


@transaction.atomic
def bring_export(*, actor: Actor, clock: Clock, data: bytes, as_of: date) -> Comparison:
    """Stage an exported list of the actor's county. Invalid with one problem when it is refused. The file is not kept."""
    require(actor, Permission.COMPARE_NATIONAL)
    if as_of > clock.today():
        raise Invalid([Problem("as_of", "future", _("导出日期不能晚于今天"), as_of.isoformat())])
    table = read_plain(data, is_known, limits())
    county = county_of(actor.place)
    setting = Setting.objects.filter(pk=county).first()
    now = clock.now()
    found = Comparison.objects.create(
        managing_code=county,
        created_at=now,
        created_by=actor.user_id,
        label=_("名单比对 %(when)s") % {"when": now.strftime("%Y-%m-%d %H:%M")},
        content_hash=keyed_hash("id", hashlib.sha256(data).hexdigest()),
        as_of=as_of,
        state_at=now,
        rows=len(table.rows),
        layout=json.dumps(
            {
                "sheet": table.name,
                "heading_row": table.heading_row,
                "headings": table.headings,
                "meanings": guess(table.headings, setting.columns if setting else {}),
                "examples": [cells for _number, cells in table.rows[:EXAMPLES]],
            },
            ensure_ascii=False,
        ),
    )
    for start in range(0, len(table.rows), CHUNK):
        bulk.insert(
            ExportRow(
                managing_code=county,
                comparison=found,
                number=number,
                payload=json.dumps(cells, ensure_ascii=False),
            )
            for number, cells in table.rows[start : start + CHUNK]
        )
    audit.record(
        actor=actor,
        clock=clock,
        action="compare_upload",
        object_type="comparison",
        object_id=found.pk,
        place=county,
        detail={"rows": len(table.rows)},
    )
    return found


@transaction.atomic
def choose_columns(*, actor: Actor, clock: Clock, comparison_id: UUID, meanings: Sequence[str]) -> Comparison:
    """Say what the columns mean, remember it for the county, and mark the comparison as under way.

    Invalid when a meaning stands twice, or when people could not be told apart.
    """
    require(actor, Permission.COMPARE_NATIONAL)
    found = _held(comparison_id, *OPEN)
    layout = json.loads(found.layout)
    headings = layout["headings"]
    chosen = [meaning if meaning in MEANINGS else "" for meaning in meanings]
    if len(chosen) != len(headings):
        raise Invalid([Problem("columns", "wrong_value", _("列数与文件不符，请重新上传"))])
    problems = []
    for index, meaning in enumerate(chosen):
        if meaning and meaning in chosen[:index]:
            problems.append(
                Problem(
                    f"column-{index + 1}",
                    "twice",
                    _("“%(what)s”选了不止一列，请只保留一列") % {"what": MEANINGS[meaning]},
                    headings[index],
                )
            )
    if "name" not in chosen:
        problems.append(Problem("column-1", "missing", _("请指出哪一列是“姓名”")))
    if "id_number" not in chosen and not {"sex", "birth_on"} <= set(chosen):
        problems.append(
            Problem("column-1", "missing", _("请指出“身份证号”列；没有时须有“性别”和“出生日期”两列"))
        )
    if problems:
        raise Invalid(problems)
    setting, _made = Setting.objects.get_or_create(pk=county_of(actor.place))
    setting.columns = {**setting.columns, **to_remember(headings, chosen)}
    setting.save(update_fields=["columns"])
    found.layout = json.dumps({**layout, "meanings": chosen}, ensure_ascii=False)
    found.state, found.state_at, found.failure = ComparisonState.COMPARING, clock.now(), ""
    found.save()
    return found


@transaction.atomic
def abandon_comparison(*, actor: Actor, clock: Clock, comparison_id: UUID) -> None:
    """Give up a comparison that is not through; what the file held is wiped."""
    require(actor, Permission.COMPARE_NATIONAL)
    found = _held(comparison_id, *OPEN)
    found.state, found.state_at = ComparisonState.ABANDONED, clock.now()
    found.layout = json.dumps({"headings": [], "meanings": [], "examples": []})
    found.save()
    found.export_rows.update(payload="")
    audit.record(
        actor=actor,
        clock=clock,
        action="compare_abandon",
        object_type="comparison",
        object_id=found.pk,
        place=found.managing_code,
    )


@transaction.atomic
def run_comparison(*, actor: Actor, clock: Clock, comparison_id: UUID) -> Comparison:
    """Compare, bring every difference up to date, and forget the file's rows. One transaction; statements grow with
    chunks of 2,000 rows. Run twice, the second is a Conflict."""
    require(actor, Permission.COMPARE_NATIONAL)
    found = _held(comparison_id, ComparisonState.COMPARING)
    layout = json.loads(found.layout)
    meanings = layout["meanings"]
    with Progress(found.pk, "compare", found.rows) as progress:
        villages = Villages.below(found.managing_code)
        rows = []
        for some in _chunks(found):
            for row in some:
                cells = dict(zip(meanings, json.loads(row.payload), strict=True))
                cells.pop("", None)
                rows.append(read_row(row.number, cells, villages, found.managing_code, clock.today()))
            progress.step(len(some))
        people, numbers, phones = _register(found.managing_code, found.as_of)
        result = match(
            rows,
            people,
            numbers,
            number_key=lambda text: keyed_hash("id", text),
            phone_same=lambda person_id, text: phones.get(person_id) in (None, keyed_hash("phone", text)),
            county=found.managing_code,
            compared=frozenset(meanings) | ({"place"} if "village" in meanings else frozenset()),
        )
        kept = _keep(found, result, actor, clock)
    found.counts = _counts(result) | kept
    found.state, found.state_at = ComparisonState.DONE, clock.now()
    found.layout = json.dumps({**layout, "examples": []}, ensure_ascii=False)
    found.save()
    found.export_rows.all().delete()
    audit.record(
        actor=actor,
        clock=clock,
        action="compare_lists",
        object_type="comparison",
        object_id=found.pk,
        place=found.managing_code,
        detail={"counts": found.counts},
    )
    return found


def _held(comparison_id: UUID, *states: str) -> Comparison:
    """The actor's comparison, locked; NotFound when not theirs, Conflict in another state."""
    found = Comparison.objects.select_for_update().filter(pk=comparison_id).first()
    if found is None:
        raise NotFound()
    if found.state not in states:
        raise Conflict(_("这次比对的状态已经改变，请刷新页面"), code="conflict.comparison_state")
    return found


def _chunks(found: Comparison) -> Any:
    last = 0
    while True:
        rows = list(found.export_rows.filter(number__gt=last).order_by("number")[:CHUNK])
        if not rows:
            return
        yield rows
        last = rows[-1].number


def _register(county: str, as_of: date) -> tuple[list[Here], dict[bytes, UUID], dict[UUID, bytes]]:
    """Everybody of the county with what stands on the list, as of the day of the export. Five statements."""
    lo, hi = bounds(county)
    below: dict[str, Any] = {"managing_code__gte": lo, "managing_code__lt": hi}
    visits = {
        row[0]: row[1:]
        for row in Visit.objects.filter(
            **below, visit_date__lte=as_of, voided_at=None, superseded=False, lost_reason="", death_date=None
        )
        .order_by("person_id", "-visit_date")
        .distinct("person_id")
        .values_list("person_id", "visit_date", "visit_class", "risk")
    }
    states = dict(Standing.objects.filter(**below).values_list("person_id", "state"))
    diagnoses = dict(
        Diagnosis.objects.filter(**below, voided_at=None)
        .order_by("happened_on", "recorded_at")
        .values_list("person_id", "category")
    )
    numbers = {
        bytes(number): person_id
        for number, person_id in Identifier.objects.filter(**below, voided_at=None).values_list(
            "number_hash", "person_id"
        )
    }
    people, phones = [], {}
    for pk, code, name, sex, birth_on, phone in Person.objects.filter(**below).values_list(
        "pk", "managing_code", "name", "sex", "birth_on", "phone_hash"
    ):
        on, visit_class, risk = visits.get(pk, (None, "", None))
        state = states.get(pk, "registered")
        people.append(
            Here(
                pk,
                code,
                {
                    "name": name.replace(" ", ""),
                    "sex": sex,
                    "birth_on": birth_on.isoformat(),
                    "state": state,
                    "visit_class": visit_class,
                    "risk": "" if risk is None else str(risk),
                    "last_visit_on": on.isoformat() if on else "",
                    "diagnosis": diagnoses.get(pk, ""),
                    "place": code,
                },
                state in ("registered", "lost"),
            )
        )
        if phone is not None:
            phones[pk] = bytes(phone)
    return people, numbers, phones


def _subject(county: str, one: Found) -> bytes:
    """The same in every comparison of the county, and saying nothing by itself."""
    return keyed_hash("id", f"difference {county} {one.kind} {one.field} {one.identity}") or b""


def _keep(found: Comparison, result: Result, actor: Actor, clock: Clock) -> dict[str, int]:
    """New differences written, known ones brought up to date, and how many of each."""
    now = clock.now()
    known = {
        bytes(one.subject): one
        for one in Difference.objects.select_for_update().filter(county_code=found.managing_code)
    }
    _fill_private(result.found)
    present = {_subject(found.managing_code, one): one for one in result.found}
    new: list[Difference] = []
    steps: list[DifferenceStep] = []
    seen: list[UUID] = []
    changed: list[Difference] = []
    counts = {"new": 0, "reopened": 0, "gone": 0, "carried": 0}
    for subject, one in present.items():
        item = known.get(subject)
        if item is None:
            made = Difference(
                managing_code=one.place,
                county_code=found.managing_code,
                subject=subject,
                person_id=one.person_id,
                kind=one.kind,
                field=one.field,
                who=json.dumps(dict(one.who), ensure_ascii=False),
                here=one.here,
                there=one.there,
                opened_at=now,
                seen_at=now,
                first_seen=found,
                last_seen=found,
            )
            new.append(made)
            steps.append(_step(made, Step.OPENED, now, actor))
            continue
        state, step = after_comparison(
            item.state, item.reason, found=True, same_values=(item.here, item.there) == (one.here, one.there)
        )
        counts["carried"] += state == ItemState.SETTLED
        if step == Step.SEEN and (item.here, item.there) == (one.here, one.there):
            seen.append(item.pk)
            continue
        if step == Step.REOPENED:
            item.reopened += 1
            item.reason, item.settled_by, item.settled_at = "", None, None
            item.opened_at = now
            counts["reopened"] += 1
            steps.append(_step(item, Step.REOPENED, now, actor))
        item.state, item.here, item.there = state, one.here, one.there
        item.who = json.dumps(dict(one.who), ensure_ascii=False)
        item.last_seen, item.seen_at, item.times = found, now, item.times + 1
        item.row_version += 1
        changed.append(item)
    for subject, item in known.items():
        if subject in present:
            continue
        state, step = after_comparison(item.state, item.reason, found=False, same_values=False)
        if step is not None:
            counts["gone"] += 1
            item.state = state
            item.row_version += 1
            changed.append(item)
            steps.append(_step(item, step, now, actor))
    counts["new"] = len(new)
    for start in range(0, len(new), CHUNK):
        bulk.insert(new[start : start + CHUNK])
    Difference.objects.filter(pk__in=seen).update(last_seen=found, seen_at=now, times=F("times") + 1)
    Difference.objects.bulk_update(
        changed,
        [
            "state", "here", "there", "who", "last_seen", "seen_at", "times", "reopened", "reason", "settled_by",
            "settled_at", "opened_at", "row_version",
        ],
        batch_size=200,
    )  # fmt: skip
    for start in range(0, len(steps), CHUNK):
        bulk.insert(steps[start : start + CHUNK])
    return counts


def _fill_private(found: list[Found]) -> None:
    """The numbers and telephones here of those that differ: read only for them. At most two statements."""
    for name, column, model in (("id_number", "number", Identifier), ("phone", "phone", Person)):
        wanted = [i for i, one in enumerate(found) if one.kind == Kind.DIFFERS and one.field == name]
        if not wanted:
            continue
        ids = {pk for i in wanted if (pk := found[i].person_id)}
        if model is Identifier:
            values: Mapping[Any, str] = dict(
                Identifier.objects.filter(person_id__in=ids, voided_at=None).values_list("person_id", column)
            )
        else:
            values = dict(Person.objects.filter(pk__in=ids).values_list("pk", column))
        for i in wanted:
            one = found[i]
            found[i] = Found(
                one.kind, one.field, one.identity, one.person_id, one.place,
                values.get(one.person_id, ""), one.there, one.who,
            )  # fmt: skip


def _step(item: Difference, kind: Step, now: Any, actor: Actor) -> DifferenceStep:
    return DifferenceStep(
        managing_code=item.managing_code, difference=item, at=now, by=actor.user_id, kind=kind.value
    )


def _counts(result: Result) -> dict[str, Any]:
    kinds: dict[str, int] = dict.fromkeys(Kind.values, 0)
    fields: dict[str, int] = dict.fromkeys(FIELDS, 0)
    for one in result.found:
        kinds[one.kind] += 1
        if one.kind == Kind.DIFFERS:
            fields[one.field] += 1
    return kinds | {
        "same": result.same,
        "by_number": result.by_number,
        "by_name": result.by_name,
        "lost_digits": result.lost_digits,
        "fields": {key: n for key, n in fields.items() if n},
    }
