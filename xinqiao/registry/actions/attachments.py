"""Keeping a scan of a paper, marking one as void, and opening one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from xinqiao.kernel.words import sentence

from ..bulk import once_only
from ..choices import PaperKind
from ..models import Attachment, Consent, Person
from ..rules.scans import read_scan

#: What one person's file may hold: far more than any file has, less than what fills a disk unnoticed.
MOST_OF_A_PERSON = 400


@dataclass(frozen=True, slots=True)
class NewScan:
    """One paper: `kind` of PaperKind, `happened_on` its date, `data` the file as it came; what it belongs to, if anything."""

    op_id: UUID
    kind: str
    happened_on: date
    data: bytes
    note: str = ""
    visit_id: UUID | None = None
    consent_id: UUID | None = None


def visits_of(person_id: UUID) -> list[tuple[UUID, str]]:
    """(visit, date) to which a scan of this person may belong."""
    known: Callable[[UUID], list[tuple[UUID, str]]] = import_string(settings.XINQIAO_VISITS_OF)
    return known(person_id)


def attach_scan(*, actor: Actor, clock: Clock, person_id: UUID, scan: NewScan) -> UUID:
    """Check, draw anew and keep one scan; returns its id. Repeated with the same operation: the same answer.

    Whoever records visits may add one. Raises NotFound for a person out of scope, Invalid with sentences.
    """
    require(actor, Permission.RECORD_VISIT)
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound(code="not_found.person")
    known = Attachment.objects.filter(op_id=scan.op_id).only("id", "person_id").first()
    if known is not None:
        if known.person_id != person.pk:
            raise Conflict(
                sentence("同一次操作已经保存过另外的内容，请重新打开表单"), code="conflict.op_reused"
            )
        return known.pk
    problems = _problems(scan, person, clock.today())
    if problems:
        raise Invalid(problems)
    kept = read_scan(scan.data, most_bytes=settings.XINQIAO_ATTACHMENT_BYTES)
    with transaction.atomic():
        with once_only():
            row = Attachment.objects.create(
                person=person, managing_code=person.managing_code, shared_codes=person.shared_codes,
                op_id=scan.op_id, kind=scan.kind, happened_on=scan.happened_on, note=scan.note.strip(),
                visit_id=scan.visit_id, consent_id=scan.consent_id, content_type=kept.content_type,
                size=len(kept.body), pages=kept.pages, body=kept.body, preview=kept.preview,
                recorded_at=clock.now(), recorded_by=actor.user_id,
            )  # fmt: skip
        audit.record(
            actor=actor, clock=clock, action="attach_scan", object_type="attachment", object_id=row.pk,
            place=person.managing_code, op_id=scan.op_id,
            detail={"person": str(person.pk), "paper": scan.kind, "bytes": row.size, "pages": row.pages},
        )  # fmt: skip
    return row.pk


def _problems(scan: NewScan, person: Person, today: date) -> list[Problem]:
    problems = []
    if scan.kind not in PaperKind.values:
        problems.append(Problem("kind", "unknown", sentence("请选择文书类别。"), scan.kind))
    if scan.happened_on > today:
        problems.append(
            Problem("happened_on", "future", sentence("文书日期不能晚于今天。"), scan.happened_on.isoformat())
        )
    elif scan.happened_on < person.birth_on:
        problems.append(
            Problem(
                "happened_on",
                "before_birth",
                sentence("文书日期早于出生日期。"),
                scan.happened_on.isoformat(),
            )
        )
    if len(scan.note.strip()) > 60:
        problems.append(Problem("note", "too_long", sentence("说明最多 60 个字。")))
    if scan.visit_id is not None and scan.visit_id not in dict(visits_of(person.pk)):
        problems.append(Problem("belongs", "not_found", sentence("这份档案里没有所选的随访，请重新选择。")))
    if scan.consent_id is not None and not Consent.objects.filter(pk=scan.consent_id, person=person).exists():
        problems.append(
            Problem("belongs", "not_found", sentence("这份档案里没有所选的知情同意，请重新选择。"))
        )
    if Attachment.objects.filter(person=person, voided_at=None).count() >= MOST_OF_A_PERSON:
        problems.append(
            Problem(
                "file",
                "too_many",
                sentence(
                    "一份档案最多保存 %(most_of_a_person)s 件文书，请先作废不需要的。",
                    most_of_a_person=MOST_OF_A_PERSON,
                ),
            )
        )
    return problems


def may_void(actor: Actor, attachment: Attachment) -> bool:
    """Whoever brought it, and who amends what others recorded."""
    return attachment.recorded_by == actor.user_id or may(actor, Permission.AMEND_VISIT)


def void_attachment(*, actor: Actor, clock: Clock, attachment_id: UUID, reason: str) -> UUID:
    """Mark a scan as void with a reason; it stays, and is opened by nobody but who corrects records. Returns the person."""
    require(actor, Permission.RECORD_VISIT)
    with transaction.atomic():
        row = Attachment.objects.select_for_update().filter(pk=attachment_id).first()
        if row is None:
            raise NotFound(code="not_found.attachment")
        if not may_void(actor, row):
            raise NotAllowed(code="not_allowed.void_attachment")
        if not reason.strip() or len(reason) > 200:
            raise Invalid([Problem("reason", "missing", sentence("作废要写明原因，最多 200 个字。"))])
        if row.voided_at is None:
            Attachment.objects.filter(pk=row.pk, voided_at=None).update(
                voided_at=clock.now(), voided_by=actor.user_id, voided_reason=reason.strip()
            )
            audit.record(
                actor=actor, clock=clock, action="void_attachment", object_type="attachment", object_id=row.pk,
                place=row.managing_code, detail={"person": str(row.person_id)},
            )  # fmt: skip
    return row.person_id


def open_attachment(
    *, actor: Actor, clock: Clock, attachment_id: UUID, how: Literal["scan", "download"]
) -> Attachment:
    """The scan with its content; the look is written into the person's read log. NotFound for a stranger, and for a void one
    unless the actor corrects records."""
    require(actor, Permission.VIEW_RECORDS)
    row: Attachment | None = Attachment.whole.filter(pk=attachment_id).first()
    if row is None or (row.voided_at is not None and not may(actor, Permission.CORRECT_RECORD)):
        raise NotFound(code="not_found.attachment")
    audit.read(actor=actor, clock=clock, kind=how, person_ids=[row.person_id], purpose="care")
    return row
