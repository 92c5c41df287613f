"""From lines that somebody pasted or typed (names, file numbers, document numbers, a slip's QR code) to people.

Looks only at what the actor may see, so a stranger's person and nobody's give the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Right

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds
from xinqiao.kernel.ids import read_uuid
from xinqiao.places import queries as places
from xinqiao.registry.fields import keyed_hash
from xinqiao.registry.models import Identifier, Person
from xinqiao.registry.rules import check_id_number, narrow, same_document, tidy

SHORT_NO = 8
MOST_LINES = 1000
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff][\u3400-\u9fff\U00020000-\U0003ffff·•.]{0,29}")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


@dataclass(slots=True)
class Match:
    """One line and who it may be: nobody (not there or not yours), one, or several to choose from."""

    line: str
    people: list[Person] = field(default_factory=list)


@dataclass(slots=True)
class _Read:
    """What a line was read as, the surest first."""

    ids: list[UUID] = field(default_factory=list)
    numbers: list[bytes] = field(default_factory=list)
    file_nos: list[str] = field(default_factory=list)
    short_nos: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def match_lines(*, actor: Actor, lines: Iterable[str]) -> list[Match]:
    """One Match per line, in order; empty lines are left out. Six statements at most, however many lines."""
    require(actor, Permission.VIEW_RECORDS)
    given = [line.strip() for line in lines if line.strip()][:MOST_LINES]
    read = [_read(line) for line in given]
    numbers = {number for one in read for number in one.numbers}
    hits: dict[bytes, list[UUID]] = {}
    if numbers:
        rows = Identifier.objects.filter(number_hash__in=list(numbers), voided_at=None)
        for hashed, person_id in rows.values_list("number_hash", "person_id"):
            hits.setdefault(bytes(hashed), []).append(person_id)
    names = {name for one in read for name in one.names}
    wanted = Q(
        pk__in={pk for found in hits.values() for pk in found} | {pk for one in read for pk in one.ids}
    )
    wanted |= Q(file_no__in={no for one in read for no in one.file_nos})
    people = {person.pk: person for person in Person.objects.filter(wanted).select_related("standing")}
    if names:
        named = Person.objects.filter(name__in=names).select_related("standing")
        people |= {person.pk: person for person in named}
    shorts = {no for one in read for no in one.short_nos}
    if shorts:
        short = Person.objects.annotate(short_no=Right("file_no", SHORT_NO)).filter(short_no__in=shorts)
        people |= {person.pk: person for person in short.select_related("standing")}
    where = places.short_names({person.managing_code for person in people.values()})
    return [Match(line, _choose(one, people, hits, where)) for line, one in zip(given, read, strict=True)]


def _read(line: str) -> _Read:
    found = _Read()
    if (seen := _UUID.search(line)) and (pk := read_uuid(seen[0])):
        found.ids.append(pk)
        return found
    for cell in re.split(r"[\t,，;；|]+| {2,}", line):
        text = tidy(cell)
        plain = same_document(text)
        if not text:
            continue
        if re.fullmatch(r"\d{15}|\d{17}[\dX]", plain):
            number = check_id_number(plain).number if len(plain) == 15 else plain
            if hashed := keyed_hash("id", number):
                found.numbers.append(hashed)
        elif re.fullmatch(r"\d{17}", plain):
            found.file_nos.append(plain)
        elif re.fullmatch(rf"\d{{{SHORT_NO}}}", narrow(plain)):
            found.short_nos.append(narrow(plain))
        else:
            # a name, perhaps with blanks inside; or a whole line pasted with single blanks: "1 张三 柳树村 9901…"
            found.names.append(re.sub(r"\s", "", text))
            for token in text.split():
                digits = same_document(token)
                if re.fullmatch(r"\d{17}[\dX]", digits) and (hashed := keyed_hash("id", digits)):
                    found.numbers.append(hashed)
                elif _NAME.fullmatch(token):
                    found.names.append(token)
                    found.words.append(token)
    return found


def _choose(
    read: _Read, people: dict[UUID, Person], hits: dict[bytes, list[UUID]], where: dict[str, str]
) -> list[Person]:
    """The surest reading that finds anybody; several of one name narrowed by a village that stands in the line."""
    for ids in (
        read.ids,
        [pk for number in read.numbers for pk in hits.get(number, [])],
        [pk for pk, person in people.items() if person.file_no and person.file_no in read.file_nos],
        [pk for pk, person in people.items() if person.file_no[-SHORT_NO:] in read.short_nos],
    ):
        found = [people[pk] for pk in dict.fromkeys(ids) if pk in people]
        if found:
            return found
    if read.numbers or read.ids or read.file_nos:
        # a number that is nobody's is not settled by a name
        return []
    named = sorted(
        (p for p in people.values() if p.name in read.names), key=lambda p: (p.managing_code, p.file_no)
    )
    places_named = [word for word in read.words if any(word in place for place in where.values())]
    narrowed = [p for p in named if any(word in where.get(p.managing_code, "") for word in places_named)]
    return narrowed or named


def people_due(*, actor: Actor, place: str, until: date) -> list[Person]:
    """Registered people of a place whose visit stands on the list up to a day, by village and name. One statement."""
    require(actor, Permission.VIEW_RECORDS)
    return list(_living(place).filter(standing__due_on__lte=until))


def people_of(*, actor: Actor, place: str) -> list[Person]:
    """All registered people of a place, by village and name. One statement."""
    require(actor, Permission.VIEW_RECORDS)
    return list(_living(place))


def _living(place: str) -> QuerySet[Person]:
    lo, hi = bounds(place)
    rows = Person.objects.filter(
        managing_code__gte=lo, managing_code__lt=hi, standing__state__in=("registered", "lost")
    )
    return rows.select_related("standing").order_by("managing_code", "name", "id")
