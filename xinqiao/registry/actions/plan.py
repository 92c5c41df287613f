"""What registering a batch would do, before anything is written: who is new, who is known, what changed, what is wrong.

The number of statements does not depend on the size of the batch. The import preview and the write path share this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q

from xinqiao.accounts.models import User
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import ancestors
from xinqiao.kernel.errors import Problem
from xinqiao.kernel.words import sentence
from xinqiao.places import queries as places

from ..choices import printed
from ..fields import keyed_hash
from ..models import Identifier, Person
from ..rules import Entry, check_person
from .batch import COLUMNS, NewPerson, Outcome, Row, Source
from .known import Known, changed_keys, known_facts


@dataclass
class Plan:
    """Rows in the order given, and what is known about those who are there."""

    rows: list[Row]
    known: Known

    @property
    def problems(self) -> list[Problem]:
        """All problems; in a batch of several the field is `rows.N.key`, N counted from 0."""
        if len(self.rows) == 1:
            return self.rows[0].problems
        return [
            Problem(f"rows.{number}.{one.field}", one.code, one.message, one.value)
            for number, row in enumerate(self.rows)
            for one in row.problems
        ]

    def count(self, outcome: Outcome) -> int:
        return sum(1 for row in self.rows if row.outcome == outcome and not row.problems)


def plan_people(
    *,
    actor: Actor,
    clock: Clock,
    batch: Sequence[NewPerson],
    source: Source,
    lock: Callable[[Sequence[bytes]], None] | None = None,
) -> Plan:
    """Decide a batch without writing. Runs in the actor's scope; permission is the caller's business.

    `lock` is called, before anybody is looked up, with what two presses at once have in common: the hashes of document
    numbers, and the operation where there is none.
    """
    today = clock.today()
    rows = [_checked(one, today, source) for one in batch]
    if lock is not None:
        lock([row.number_hash or row.given.op_id.bytes for row in rows])
    _place(rows, actor, today)
    _recognise(rows, source, (actor, clock) if source == "import" else None)
    _workers(rows)
    known = known_facts(
        [row.person.pk for row in rows if row.person is not None], {key for row in rows for key in row.clean}
    )
    for row in rows:
        if row.person is not None and not row.problems:
            row.changed = changed_keys(row, row.person, known)
            row.outcome = "changed" if row.changed else "unchanged"
    return Plan(rows, known)


def plan_known(*, actor: Actor, clock: Clock, given: NewPerson, person: Person) -> Plan:
    """Decide what a typed record changes in a file that is known. Gaps are no problem, a number of somebody else is."""
    row = _checked(given, clock.today(), "import")
    row.person, row.by_op_id = person, True
    _place([row], actor, clock.today())
    row.managing_code = person.managing_code
    if row.number_hash is not None:
        others = Identifier.objects.filter(number_hash=row.number_hash, voided_at=None).exclude(person=person)
        own = Identifier.objects.filter(number_hash=row.number_hash, person=person, voided_at=None).exists()
        if not own and (
            others.exists() or (not row.problems and row.number_hash in _elsewhere([row.number_hash]))
        ):
            row.problems.append(
                Problem(
                    "id_number",
                    "id_other",
                    sentence("该证件号码已有另一份档案，请核对号码；确为同一人时，请县精防办合并档案。"),
                )
            )
    known = known_facts([person.pk], row.clean.keys())
    if not row.problems:
        row.changed = changed_keys(row, person, known)
        row.outcome = "changed" if row.changed else "unchanged"
    return Plan([row], known)


def _checked(given: NewPerson, today: date, source: Source) -> Row:
    entry: Entry = "partial" if given.partial else source
    clean, problems, flags = check_person(given.record, today=today, entry=entry, demo=settings.XINQIAO_DEMO)
    row = Row(given, clean, list(flags), list(problems))
    row.managing_code = given.managing_code or clean.get("live_code", "")
    if clean.get("id_number"):
        row.number_hash = keyed_hash("id", clean["id_number"])
    return row


def _place(rows: list[Row], actor: Actor, today: date) -> None:
    """Each village must be there, be the actor's, and be served by somebody."""
    codes = {row.managing_code for row in rows if row.managing_code}
    there = places.existing(codes, today) if codes else set()
    served = places.institutions_serving(there, today) if there else {}
    for row in rows:
        code = row.managing_code
        if not code:
            continue
        if code not in there or not actor.scope.covers(code):
            # Not there and not yours read the same.
            row.problems.append(
                Problem(
                    "live_code",
                    "not_found",
                    sentence("没有代码为 %(code)s 的村，或不在您的辖区。", code=code),
                    code,
                )
            )
        elif code not in served:
            row.problems.append(
                Problem(
                    "live_code",
                    "unserved",
                    sentence("还没有机构服务代码为 %(code)s 的村，请管理员先登记服务机构。", code=code),
                    code,
                )
            )
        row.serving = served.get(code)


def _recognise(rows: list[Row], source: Source, asker: tuple[Actor, Clock] | None) -> None:
    """Find the file that a row speaks of: by operation, by document number, or (without one) by name, sex and birth."""
    by_op = {
        person.op_id: person for person in Person.objects.filter(op_id__in=[row.given.op_id for row in rows])
    }
    hashes = [row.number_hash for row in rows if row.number_hash]
    by_hash: dict[bytes, list[Person]] = {}
    elsewhere: set[bytes] = set()
    if hashes:
        found = Identifier.objects.filter(number_hash__in=hashes, voided_at=None).select_related("person")
        for identifier in found:
            by_hash.setdefault(bytes(identifier.number_hash), []).append(identifier.person)
        elsewhere = _elsewhere(hashes, asker)
    nameless = _without_number(rows)
    seen: set[bytes] = set()
    bare: set[tuple[Any, ...]] = set()
    for row in rows:
        if (person := by_op.get(row.given.op_id)) is not None:
            row.person, row.by_op_id = person, True
            continue
        if row.number_hash is None:
            key = (row.clean.get("name"), row.clean.get("sex"), row.clean.get("birth_on"), row.managing_code)
            row.person = nameless.get(key) if source == "import" else None
            if key in bare:
                row.problems.append(
                    Problem(
                        "name",
                        "name_twice",
                        sentence("同一批中另有一行姓名、性别、出生日期和村都相同且没有证件号码。"),
                    )
                )
            bare.add(key)
            continue
        if row.given.different_because.strip():
            # Brought a second time, somebody recorded as a different person is that same person again.
            named = [one for one in by_hash.get(row.number_hash, []) if one.name == row.clean.get("name")]
            row.person = named[0] if named and source == "import" else None
            continue
        if row.number_hash in seen:
            row.problems.append(
                Problem(
                    "id_number", "id_twice", sentence("同一批中另有一行是相同的证件号码，请核对后保留一行。")
                )
            )
            continue
        seen.add(row.number_hash)
        _same_number(row, by_hash.get(row.number_hash, []), row.number_hash in elsewhere, source)


def _same_number(row: Row, found: list[Person], elsewhere: bool, source: Source) -> None:
    if not found:
        # Typed by hand, the answer is for a file that is otherwise whole: a form left half empty is no way of asking.
        if elsewhere and not (source == "form" and row.problems):
            row.problems.append(
                Problem(
                    "id_number",
                    "id_elsewhere",
                    sentence(
                        "该证件号码已在其他机构建档：确为同一人时，请联系原机构办理流转；确为不同的人，请写明原因后再登记。"
                    ),
                )
            )
        return
    named = [person for person in found if person.name == row.clean.get("name")]
    if source == "form":
        row.person = (named or found)[0]
        row.problems.append(
            Problem(
                "id_number",
                "id_registered",
                sentence(
                    "该证件号码在本辖区已有档案：请打开已有档案继续；确为不同的人（如双胞胎、借用证件），请写明原因后再登记。"
                ),
            )
        )
    elif named:
        row.person = named[0]
    else:
        row.problems.append(
            Problem(
                "name",
                "id_other_name",
                sentence(
                    "该证件号码在本辖区登记的是另一个姓名：请核对姓名和证件号码；确为不同的人，请写明原因后再登记。"
                ),
                str(row.clean.get("name", "")),
            )
        )


def _elsewhere(hashes: list[bytes], asker: tuple[Actor, Clock] | None = None) -> set[bytes]:
    """Which numbers belong to files outside the scope. The function of the owner tells that much and no more.

    With an asker (an import) the look stands in the read log of everybody it tells of; a form asks again by a look-up.
    """
    with connection.cursor() as cursor:
        if asker is None:
            cursor.execute("select * from registry_numbers_elsewhere(%s::bytea[])", [hashes])
        else:
            actor, clock = asker
            cursor.execute(
                "select * from registry_numbers_elsewhere(%s::bytea[], %s, %s, %s, %s)",
                [hashes, actor.user_id, actor.role.value, actor.place, clock.now()],
            )
        return {bytes(row[0]) for row in cursor.fetchall()}


def _without_number(rows: list[Row]) -> dict[tuple[Any, ...], Person]:
    bare = [
        row for row in rows if row.number_hash is None and row.clean.get("id_kind") == printed.NO_DOCUMENT
    ]
    if not bare:
        return {}
    people = Person.objects.filter(
        name__in={row.clean.get("name", "") for row in bare},
        managing_code__in={row.managing_code for row in bare},
        identifier_set=None,
    )
    return {(one.name, one.sex, one.birth_on, one.managing_code): one for one in people}


def _workers(rows: list[Row]) -> None:
    """The responsible worker: who is named, or the person in charge of the institution that serves the village."""
    named = {row.clean["worker"] for row in rows if row.clean.get("worker")}
    default_ids = {row.serving.worker_id for row in rows if row.serving and row.serving.worker_id}
    if not named and not default_ids:
        for row in rows:
            if row.person is None:
                row.flags.append("no_worker")
        return
    users = list(
        User.objects.filter(
            Q(pk__in=default_ids) | Q(username__in=named) | Q(display_name__in=named), is_active=True
        )
    )
    by_id = {user.pk: user for user in users}
    for row in rows:
        text = row.clean.get("worker", "")
        if text:
            chain = set(ancestors(row.managing_code)) if row.managing_code else set()
            fitting = [
                user for user in users if text in (user.username, user.display_name) and user.place in chain
            ]
            row.worker_name = text
            if len(fitting) == 1:
                row.worker, row.worker_name = fitting[0], ""
            else:
                row.flags.append("worker_unknown")
        elif row.serving and row.serving.worker_id in by_id:
            row.worker = by_id[row.serving.worker_id]
        elif row.person is None:
            row.flags.append("no_worker")


__all__ = ["COLUMNS", "NewPerson", "Outcome", "Plan", "Row", "Source", "plan_known", "plan_people"]
