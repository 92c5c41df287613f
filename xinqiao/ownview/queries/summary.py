"""The summary for the person: sections of plain words, read off the record. It shows clear numbers: they are the reader's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit.words import LOOKS, purpose_words
from xinqiao.followup.models import Visit
from xinqiao.followup.queries import visits_of
from xinqiao.followup.rules import FIELDS
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.terms import ROLE_LABELS, Role
from xinqiao.registry.choices import LifeEventKind, SupportKind, printed
from xinqiao.registry.models import Person
from xinqiao.registry.queries import PersonPage, page_of_person, reads_of, record_of
from xinqiao.registry.shown import Shown, address_words, onset_words
from xinqiao.treatment.queries import exams_of

from ..choices import Asker, Section
from ..models import CorrectionRequest
from ..rules import SHOWN

MOST_VISITS, MOST_READS = 200, 500
#: Of the life of the file what concerns the person; being looked for is about others' words.
_TOLD = (LifeEventKind.FILED, LifeEventKind.MOVED_IN, LifeEventKind.MOVED_OUT, LifeEventKind.ADMITTED, LifeEventKind.DISCHARGED)  # fmt: skip
_HEAD = ("visit_date", "form", "visit_class", "doctor", "due_on", "planned_on")
_DRUGS = ("drugs", "drug_advice")
#: Answers that say nothing to a reader.
_NOTHING = ("", "否", "此项不适用")


@dataclass
class Summary:
    """Sections in their order: (title, pairs of label and words, table heads, table rows). `seen` are the sections shown."""

    name: str
    file_no: str
    sections: list[dict[str, Any]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)


def summary_of(*, actor: Actor, clock: Clock, person: Person, held_back: Iterable[str] = ()) -> Summary:
    """The whole summary but the sections held back. About twenty statements, whatever the length of the record."""
    require(actor, Permission.GIVE_ACCESS)
    page = page_of_person(actor=actor, today=clock.today(), person=person)
    visits = [
        visit
        for visit in visits_of(actor=actor, person_id=person.pk, limit=MOST_VISITS)
        if visit.voided_at is None and not visit.superseded
    ]
    makers: Mapping[Section, Callable[[], dict[str, Any]]] = {
        Section.IDENTITY: lambda: _identity(page),
        Section.CONTACTS: lambda: _contacts(page),
        Section.CONSENT: lambda: _consent(page),
        Section.DIAGNOSIS: lambda: _diagnosis(page),
        Section.LIFE: lambda: _life(page),
        Section.VISITS: lambda: _visits(visits),
        Section.DRUGS: lambda: _drugs(visits),
        Section.EXAMS: lambda: _exams(actor, person),
        Section.SUPPORT: lambda: _support(actor, person),
        Section.READERS: lambda: _readers(actor, person),
    }
    left_out = set(held_back)
    made = Summary(person.name, person.file_no)
    for section, make in makers.items():
        if section in left_out:
            continue
        body = make()
        notes = _opinions(person, section)
        made.sections.append(
            {"title": str(section.label), "pairs": [], "heads": [], "rows": [], "notes": notes} | body
        )
        made.seen.append(section)
    return made


def _opinions(person: Person, section: str) -> list[str]:
    """What the person said of this section and was not followed in: it stands beside the record. What a guardian said is somebody
    else's words and is kept with the file only."""
    rows = CorrectionRequest.objects.filter(
        person=person, about=section, answer__in=["kept", "partly"], asker=Asker.PATIENT
    )
    return [f"本人意见（{one.asked_on.isoformat()}）：{one.says}" for one in rows.order_by("asked_on")]


def _words(codes: Sequence[printed.Code], value: str) -> str:
    return next((one.label for one in codes if one.code == value), value)


def _identity(page: PersonPage) -> dict[str, Any]:
    person, shown = page.person, Shown(True)
    number = page.identifier
    return {
        "pairs": [
            ["姓名", person.name],
            ["性别", _words(printed.SEX, person.sex)],
            ["出生日期", person.birth_on.isoformat()],
            ["证件号码", number.number if number else person.no_id_reason],
            ["本人电话", person.phone],
            ["现住址", address_words(page.address("live"), shown)],
            ["户籍地址", address_words(page.address("hukou"), shown)],
            ["档案编号", person.file_no],
            ["建档日期", person.filed_on.isoformat()],
        ]
    }


def _contacts(page: PersonPage) -> dict[str, Any]:
    rows = [
        ["监护人", one.name, _words(printed.RELATION, one.relation), one.phone]
        for one in page.present_guardians
    ]
    for duty in page.responsible:
        worker = duty.worker
        name = worker.display_name if worker else duty.worker_name
        rows.append(
            ["负责的机构和人员", f"{duty.institution.name} {name}", "", worker.phone if worker else ""]
        )
    return {"heads": ["", "姓名或机构", "关系", "电话"], "rows": rows}


def _consent(page: PersonPage) -> dict[str, Any]:
    rows = []
    for one in reversed([c for c in page.consents if c.voided_at is None]):
        if one.basis == "consent":
            answer = "同意参加管理" if one.decision == "1" else "不同意参加管理"
        else:
            answer = "依法报告，已告知"
        rows.append([one.happened_on.isoformat(), answer, one.signer_name or one.notifier])
    return {"heads": ["日期", "内容", "签字人或告知人"], "rows": rows}


def _diagnosis(page: PersonPage) -> dict[str, Any]:
    rows = [
        [one.happened_on.isoformat(), _words(printed.CATEGORY, one.category), one.hospital]
        for one in page.diagnoses
        if one.voided_at is None
    ]
    return {
        "pairs": [["初次发病时间", onset_words(page.person)]],
        "heads": ["确诊日期", "诊断", "医院"],
        "rows": rows,
    }


def _life(page: PersonPage) -> dict[str, Any]:
    rows = [
        [one.happened_on.isoformat(), str(LifeEventKind(one.kind).label)]
        for one in page.events
        if one.voided_at is None and one.kind in _TOLD
    ]
    return {"heads": ["日期", "变动"], "rows": rows}


def _said(key: str, value: Any) -> str:
    asked = FIELDS[key]
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(asked.label_of(str(one)) for one in value)
    return asked.label_of(str(value)) if asked.codes else str(value)


def _visits(visits: Sequence[Visit]) -> dict[str, Any]:
    rows = []
    for visit in visits:
        told = [
            f"{FIELDS[key].label}：{words}"
            for key in SHOWN
            if key not in (*_HEAD, *_DRUGS)
            and (words := _said(key, getattr(visit, key, None))) not in _NOTHING
        ]
        following = visit.planned_on or visit.due_on
        rows.append(
            [
                visit.visit_date.isoformat(), _said("form", visit.form), _said("visit_class", visit.visit_class),
                "；".join(told), visit.doctor, following.isoformat() if following else "",
            ]
        )  # fmt: skip
    return {"heads": ["日期", "方式", "分类", "记录", "医生", "下次"], "rows": rows, "wide": 3}


def _drugs(visits: Sequence[Visit]) -> dict[str, Any]:
    rows = []
    for visit in visits:
        for label, drugs in (("正在用", visit.drugs), ("用药指导", visit.drug_advice)):
            rows += [
                [visit.visit_date.isoformat(), label, str(drug.get("drug", "")), _dose(drug)]
                for drug in drugs or []
            ]
    return {"heads": ["随访日期", "", "药名", "用法"], "rows": rows}


def _dose(drug: Mapping[str, Any]) -> str:
    unit = str(drug.get("unit") or "mg")
    if drug.get("every"):
        every = {"day": "天", "week": "周", "month": "月"}.get(str(drug.get("every_unit") or ""), "周")
        return f"每 {drug['every']} {every} 1 次，每次 {drug.get('dose', '')} {unit}"
    parts = [(word, drug.get(key)) for key, word in (("morning", "早"), ("noon", "中"), ("night", "晚"))]
    return "，".join(f"{word} {amount} {unit}" for word, amount in parts if amount not in (None, "", 0))


def _exams(actor: Actor, person: Person) -> dict[str, Any]:
    exams = exams_of(actor=actor, person_id=person.pk)
    rows = [[one.happened_on.isoformat(), "已体检"] for one in exams.taken if one.voided_at is None]
    rows += [[one.happened_on.isoformat(), "未接受体检"] for one in exams.refused if one.voided_at is None]
    return {"heads": ["日期", "情况"], "rows": sorted(rows, reverse=True)}


def _support(actor: Actor, person: Person) -> dict[str, Any]:
    record = record_of(actor=actor, person=person, kinds=("support", "certificate"), health=False)
    rows = [
        [one.valid_from.isoformat(), str(SupportKind(one.kind).label), one.detail]
        for one in record.now("support")
        if one.answer == "1"
    ]
    rows += [[one.valid_from.isoformat(), "残疾人证", f"{one.level} 级"] for one in record.now("certificate")]
    return {"heads": ["自", "项目", "说明"], "rows": rows}


def _readers(actor: Actor, person: Person) -> dict[str, Any]:
    """Institution, post, date and purpose; no names of those who work there."""
    rows = []
    for look in reads_of(actor=actor, person_id=person.pk, most=MOST_READS).looks:
        post = ROLE_LABELS.get(Role(look.role), look.role) if look.role in set(Role) else look.role
        purpose = purpose_words(look.purpose) or "—"
        rows.append(
            [look.at.date().isoformat(), look.place, post, str(LOOKS.get(look.kind, look.kind)), purpose]
        )
    return {"heads": ["日期", "机构", "岗位", "方式", "目的"], "rows": rows}
