"""What the printed papers say about several people at once: heads of blank forms, the day's list, slips, the register of
losses and deaths. A constant number of statements however many people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce, Least

from xinqiao.accounts.permissions import Permission, require
from xinqiao.followup.actions.visits import record_of
from xinqiao.followup.models import Visit
from xinqiao.followup.rules import CLASSES, FIELDS
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.words import sentence
from xinqiao.places import queries as places
from xinqiao.registry.choices import printed
from xinqiao.registry.models import Address, Guardian, Identifier, LifeEvent, Person
from xinqiao.registry.queries import page_of_person
from xinqiao.registry.rules import age_on
from xinqiao.registry.shown import Shown

from ..documents import person as person_forms
from ..documents import visit as visit_forms

MOST_PEOPLE = 300
HIGH_RISK = 3


@dataclass(slots=True)
class Head:
    """One person as the head of a paper names it."""

    person: Person
    place: str
    phone: str
    own_phone: str
    document: str
    address: str
    last_on: date | None
    last_class: str
    due_on: date | None

    @property
    def two_together(self) -> bool:
        standing = getattr(self.person, "standing", None)
        if standing is None:
            return False
        return (standing.visit_class == "1" and not standing.in_hospital) or (standing.risk or 0) >= HIGH_RISK


def people_for(*, actor: Actor, place: str, until: date | None) -> list[Person]:
    """Registered people of a place, those due up to a day when one is given. Invalid when they are too many for one print."""
    require(actor, Permission.VIEW_RECORDS)
    lo, hi = bounds(place)
    rows = Person.objects.filter(
        managing_code__gte=lo, managing_code__lt=hi, standing__state__in=("registered", "lost")
    )
    if until is not None:
        agreed = Least(F("standing__due_on"), Coalesce(F("standing__planned_on"), F("standing__due_on")))
        rows = rows.annotate(act_on=agreed).filter(act_on__lte=until)
    found = list(rows.select_related("standing").order_by("managing_code", "name", "id")[: MOST_PEOPLE + 1])
    if len(found) > MOST_PEOPLE:
        raise Invalid(
            [
                Problem(
                    "place",
                    "too_many",
                    sentence("一次最多打印 %(most_people)s 人，请选一个村", most_people=MOST_PEOPLE),
                    place,
                )
            ]
        )
    return found


def heads_of(*, actor: Actor, people: Sequence[Person], shown: Shown) -> list[Head]:
    """Heads in the order of the way: village by village, within one by house number. Five statements."""
    require(actor, Permission.VIEW_RECORDS)
    ids = [person.pk for person in people]
    present: dict[str, Any] = {"person_id__in": ids, "voided_at": None, "valid_to": None}
    guardians = {one.person_id: one for one in Guardian.objects.filter(**present).order_by("-valid_from")}
    numbers = {one.person_id: one for one in Identifier.objects.filter(**present).order_by("valid_from")}
    homes = {
        one.person_id: one for one in Address.objects.filter(**present, kind="live").order_by("valid_from")
    }
    names = places.short_names({person.managing_code for person in people})
    made = []
    for person in sorted(people, key=lambda one: (*person_forms.route_key(one, homes.get(one.pk)), one.name)):
        standing = getattr(person, "standing", None)
        guardian, number, home = guardians.get(person.pk), numbers.get(person.pk), homes.get(person.pk)
        made.append(
            Head(
                person=person,
                place=names.get(person.managing_code, ""),
                phone=shown.phone(guardian.phone) if guardian else "",
                own_phone=shown.phone(person.phone),
                document=shown.number(number.number) if number else "",
                address=shown.detail(home.detail) if home else "",
                last_on=standing.last_visit_on if standing else None,
                last_class=str(CLASSES.get(standing.visit_class, "")) if standing else "",
                due_on=standing.due_on if standing else None,
            )
        )
    return made


def blank_forms(heads: Sequence[Head], codes: dict[UUID, str]) -> list[dict[str, Any]]:
    """A blank F08 per person with its head; `codes`: the QR code of each person's record form."""
    return [
        visit_forms.visit_form(
            {
                "name": head.person.name,
                "file_no": head.person.file_no,
                "lines": [
                    ("村", head.place),
                    ("监护人电话", head.phone),
                    ("上次随访", " ".join(filter(None, [_iso(head.last_on), head.last_class])) or "首次随访"),
                    ("应访日", _iso(head.due_on)),
                ],
                "qr": codes.get(head.person.pk, ""),
            }
        )
        for head in heads
    ]


def slips(heads: Sequence[Head], codes: dict[UUID, str]) -> list[dict[str, Any]]:
    """Slips: who, where, when due; nothing about the illness."""
    return [
        {
            "name": head.person.name,
            "number": head.person.file_no[-8:],
            "place": head.place,
            "id": head.document,
            "phone": head.phone,
            "due": _iso(head.due_on),
            "qr": codes[head.person.pk],
        }
        for head in heads
    ]


def day_list(heads: Sequence[Head], *, title: str, sub: str) -> dict[str, Any]:
    """The list to take along, in the order of the way."""
    rows = []
    for number, head in enumerate(heads, 1):
        standing = getattr(head.person, "standing", None)
        flags = ["两人同行"] if head.two_together else []
        if standing is not None and standing.adherence in ("2", "3"):
            flags.append("问服药")
        if standing is not None and standing.attempts_since:
            flags.append(f"未遇 {standing.attempts_since} 次")
        if standing is not None and standing.in_hospital:
            flags.append("住院中")
        if head.last_on is None:
            flags.append("首次")
        rows.append(
            [
                str(number), head.place, head.person.name, head.person.file_no[-8:], head.address,
                " ".join(filter(None, [head.phone, head.own_phone])), _iso(head.due_on), _iso(head.last_on), "、".join(flags), "", "",
            ]
        )  # fmt: skip
    return {
        "title": title,
        "sub": sub,
        "heads": ["序", "村", "姓名", "编号", "住址", "电话", "应访日", "上次", "注意", "随访日期", "结果"],
        "widths": [9, 30, 18, 20, 0, 30, 21, 21, 27, 22, 22],
        "aligns": ["c", "l", "l", "c", "l", "l", "c", "c", "l", "l", "l"],
        "rows": rows,
        "signed": ["随访人", "同行人", "日期"],
    }


def ending_register(*, actor: Actor, place: str, year: int, shown: Shown) -> dict[str, Any]:
    """The register of losses and deaths of a place in a year (L1 as a list), by date."""
    require(actor, Permission.VIEW_RECORDS)
    lo, hi = bounds(place)
    events = list(
        LifeEvent.objects.filter(
            managing_code__gte=lo,
            managing_code__lt=hi,
            kind__in=("lost", "died"),
            voided_at=None,
            happened_on__range=(date(year, 1, 1), date(year, 12, 31)),
        )
        .select_related("person")
        .order_by("happened_on", "id")[:MOST_PEOPLE]
    )
    visits = {v.pk: v for v in Visit.objects.filter(pk__in={e.visit_id for e in events if e.visit_id})}
    heads = {h.person.pk: h for h in heads_of(actor=actor, people=[e.person for e in events], shown=shown)}
    rows = []
    for number, event in enumerate(events, 1):
        head, told = heads[event.person_id], visits.get(event.visit_id) if event.visit_id else None
        dead = event.kind == "died"
        key = "death_cause" if dead else "lost_reason"
        code = (getattr(told, key) if told else "") or event.reason
        reason = FIELDS[key].label_of(code) if code else ""
        note = (told.death_note if dead else told.lost_note) if told else ""
        rows.append(
            [
                str(number), head.place, head.person.name, printed.label_of(printed.SEX, head.person.sex),
                str(age_on(head.person.birth_on, event.happened_on)), head.document, "死亡" if dead else "失访",
                _iso(event.happened_on), " ".join(filter(None, [code, reason, note])), _iso(event.recorded_at.date()),
                told.doctor if told else "",
            ]
        )  # fmt: skip
    return {
        "title": "严重精神障碍患者失访、死亡登记册",
        "sub": f"{places.short_name(place)}　{year} 年",
        "heads": ["序", "村", "姓名", "性别", "年龄", "证件号码", "类别", "日期", "原因", "登记日期", "医生"],
        "widths": [9, 32, 18, 11, 11, 38, 12, 22, 0, 22, 20],
        "aligns": ["c", "l", "l", "c", "c", "c", "c", "c", "l", "c", "l"],
        "rows": rows,
        "signed": ["填表人", "审核人", "日期（单位盖章）"],
        "people": [str(event.person_id) for event in events],
    }


def recorded_form(
    *, person: Person, visit: Visit, versions: Sequence[Visit], people: dict[UUID, str], place: str
) -> dict[str, Any]:
    """A visit as its form looks in print. `versions`: all versions, newest first; what the last one changed is marked."""
    record = record_of(visit)
    record["visit_class"] = visit.visit_class
    by_id = {one.pk: one for one in versions}
    older: list[Visit] = []
    at = visit
    while at.amends_id and at.amends_id in by_id:
        at = by_id[at.amends_id]
        older.append(at)
    changed: list[str] = []
    notes: list[str] = []
    if older:
        before = record_of(older[0])
        changed = [key for key in FIELDS if key != "due_on" and before.get(key) != record.get(key)]
        was = "；".join(
            f"{FIELDS[key].label}原为“{_words(key, before.get(key))}”"
            for key in changed
            if key != "visit_class"
        )
        notes.append(
            f"※ 为更正过的项目。本表为第 {len(older) + 1} 版，{_local(visit)}由{people.get(visit.recorded_by, '') if visit.recorded_by else ''}更正。{was}"
        )
    if visit.class_source == "imported":
        notes.append("分类为导入的原始记录，未复算。")
    elif visit.class_source == "chosen":
        notes.append(
            f"分类由医生选定（建议：{CLASSES.get(visit.proposed_class, '')}）。理由：{visit.class_note}"
        )
    if visit.superseded:
        notes.append("本表已有更正的新版。")
    went = people.get(visit.visited_by, "") if visit.visited_by else ""
    typed = people.get(visit.recorded_by, "") if visit.recorded_by else ""
    if typed:
        notes.append(
            f"录入：{typed}　{_local(visit)}" + (f"　随访：{went}" if went and went != typed else "")
        )
    head = {"name": person.name, "file_no": person.file_no, "lines": [("村", place)], "qr": ""}
    return visit_forms.visit_form(head, record, changed=changed, notes=notes, due_on=visit.due_on)


def _words(key: str, value: Any) -> str:
    from xinqiao.followup.forms import in_words

    return in_words(key, value) if value not in (None, "", [], {}) else "未填"


def _local(visit: Visit) -> str:
    from django.utils.timezone import localtime

    return localtime(visit.recorded_at).strftime("%Y-%m-%d %H:%M")


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""


def horizon(today: date, reach: str) -> tuple[date, str]:
    """Until which day, and in words: `day`, `week` or `month`."""
    if reach == "day":
        return today, "今日应访"
    if reach == "month":
        return (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1), "本月应访"
    return today + timedelta(days=7), "本周应访"


__all__ = [
    "Head",
    "blank_forms",
    "day_list",
    "ending_register",
    "heads_of",
    "horizon",
    "page_of_person",
    "people_for",
    "recorded_form",
    "slips",
]
