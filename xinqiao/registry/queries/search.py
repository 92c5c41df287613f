"""Search: by the beginning of a name, its pinyin or initials, a former name, a whole document number or its end, a phone.

Under row-level security only leakproof operators use an index: names and their readings are compared with `^@` (starts
with) on columns of the collation C, numbers by their keyed hashes. Whoever is found through another table is found there
first, so that the people themselves are read by key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, F, Func, Q, Value

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor

from ..fields import keyed_hash
from ..models import Guardian, Identifier, OtherNumber, Person, PersonName
from ..naming import Wanted, fold, read_typed
from ..rules import narrow, read_phone, same_document, tidy
from .people import Card, Hit, cards_of

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Found:
    """Answer of a search: `by` says as what the text was read (name, pinyin, number, last4, phone or nothing)."""

    cards: Sequence[Card] = field(default_factory=list)
    count: int = 0
    by: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A reading of the text: conditions on people, and the people found through other tables with what was found."""

    by: str
    where: Q | None = None
    through: dict[UUID, Hit] = field(default_factory=dict)
    wanted: Wanted = field(default_factory=Wanted)


def search(*, actor: Actor, today: date, text: str) -> Found:
    """People in the actor's scope whom the text names. Four statements at most.

    At most SHOWN are given, whole names first; `count` says how many there are.
    """
    require(actor, Permission.VIEW_RECORDS)
    asked = _read(tidy(text)[:40])
    if asked is None:
        return Found()
    where = asked.where
    if asked.through:
        where = Q(pk__in=list(asked.through)) | where if where is not None else Q(pk__in=list(asked.through))
    if where is None:
        return Found(by=asked.by)
    rows = Person.objects.filter(where, _within(actor))
    order: list[Any] = ["managing_code", "name", "id"]
    if asked.wanted:
        order.insert(0, _is("name_key", asked.wanted.name or asked.wanted.initials).desc())
    people = list(rows.select_related("standing").order_by(*order)[: SHOWN + 1])
    count = rows.count() if len(people) > SHOWN else len(people)
    people = people[:SHOWN]
    cards = cards_of(people, today, workers=False)
    shown = [_marked(card, one, asked) for card, one in zip(cards, people, strict=True)]
    return Found(shown, count, asked.by)


def _within(actor: Actor) -> Q:
    """What row-level security says anyway, in words that an index beginning with the place can use: out of a million
    people only the actor's are looked at. Rows shared on purpose lie elsewhere: whoever has such is not narrowed."""
    scope = actor.scope
    if scope.shared:
        return Q()
    listed = Q(managing_code__in=scope.codes) if scope.codes else Q()
    below = Q(managing_code__gte=scope.lo, managing_code__lt=scope.hi) if scope.lo else Q()
    return listed | below


def _read(typed: str) -> _Asked | None:
    """As what the text is read; None when it can be nothing that is searched."""
    number = same_document(typed)
    wanted = read_typed(typed)
    if wanted.name:
        where = _named(wanted)
        return _Asked("name", where, _aliases(where), wanted)
    if re.fullmatch(r"\d{3}[\dX]", number):
        return _Asked("last4", through=_by_number(Q(last4_hash=keyed_hash("last4", number)), "last4"))
    if re.fullmatch(r"[A-Z0-9]{15,18}", number) and re.search(r"\d", number):
        return _Asked("number", through=_by_number(Q(number_hash=keyed_hash("id", _long(number))), "number"))
    if (phone := read_phone(narrow(typed))) is not None:
        hashed = keyed_hash("phone", phone)
        guarded = Guardian.objects.filter(voided_at=None).filter(Q(phone_hash=hashed) | Q(phone2_hash=hashed))
        through = {pk: Hit("guardian", name) for pk, name in guarded.values_list("person_id", "name")[:SHOWN]}
        return _Asked("phone", Q(phone_hash=hashed), through)
    if re.fullmatch(r"[A-Z]{0,3}\d{5,14}", number):
        return _Asked("number", through=_by_number(Q(number_hash=keyed_hash("id", number)), "number"))
    if wanted:
        where = _named(wanted)
        return _Asked("pinyin", where, _aliases(where), wanted)
    return None


def _long(number: str) -> str:
    """A 15-digit number of the old kind as it is kept."""
    from ..rules import check_id_number

    return check_id_number(number).number if len(number) == 15 else number


def _by_number(wanted: Q, kind: str) -> dict[UUID, Hit]:
    """People by a document that names the file; by a whole number also through their other documents."""
    rows = Identifier.objects.filter(wanted, voided_at=None).values_list("person_id", Value(kind))
    if kind == "number":
        other = OtherNumber.objects.filter(wanted, voided_at=None)
        rows = rows.union(other.values_list("person_id", Value("other_number")), all=True)
    return {pk: Hit(how) for pk, how in rows[:SHOWN]}


def _named(wanted: Wanted) -> Q:
    """Conditions on a row that carries the keys of a name."""
    if wanted.name:
        return Q(starts_with("name_key", wanted.name))
    where = Q(starts_with("name_key", wanted.initials)) | Q(starts_with("initials", wanted.initials))
    for reading in wanted.pinyin:
        where |= Q(starts_with("pinyin", reading))
    for surname, stored, rest in wanted.surnames:
        where |= Q(starts_with("name_key", surname)) & Q(starts_with("pinyin", stored + rest))
    return where


def _aliases(where: Q) -> dict[UUID, Hit]:
    """People by a former name, a nickname or another way of writing it."""
    rows = PersonName.objects.filter(where, voided_at=None).values_list("person_id", "name")
    return {pk: Hit("alias", name) for pk, name in rows[:SHOWN]}


def starts_with(column: str, text: str) -> Func:
    """`column ^@ text`: a prefix that an index serves under row-level security."""
    return _compare(column, text, "^@")


def _is(column: str, text: str) -> Func:
    return _compare(column, text, "=")


def _compare(column: str, text: str, sign: str) -> Func:
    return Func(
        F(column),
        Value(text),
        template="(%(expressions)s)",
        arg_joiner=f" {sign} ",
        output_field=BooleanField(),
    )


def _marked(card: Card, person: Person, asked: _Asked) -> Card:
    """The card with what of it was matched."""
    hits = [asked.through[person.pk]] if person.pk in asked.through else []
    mark, wanted = 0, asked.wanted
    if wanted.name and person.name_key.startswith(wanted.name):
        mark, hits = _signs(person.name, len(wanted.name)), []
    elif wanted.initials:
        reading = next((one for one in wanted.pinyin if person.pinyin.startswith(one)), "")
        if person.name_key.startswith(wanted.initials):
            mark, hits = _signs(person.name, len(wanted.initials)), []
        elif reading:
            hits = [Hit("pinyin", person.pinyin, len(reading))]
        elif person.initials.startswith(wanted.initials):
            hits = [Hit("initials", person.initials, len(wanted.initials))]
        elif not hits:
            hits = [Hit("pinyin", person.pinyin)]
    if asked.by == "phone" and person.phone_hash is not None and not hits:
        hits = [Hit("phone")]
    return replace(card, mark=mark, hits=tuple(hits))


def _signs(name: str, folded: int) -> int:
    """How many signs of a name as written make up so many of the folded one."""
    for count in range(1, len(name) + 1):
        if len(fold(name[:count])) >= folded:
            return count
    return len(name)
