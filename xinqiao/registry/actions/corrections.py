"""What of a file's life changes only with a second person: a death or an exclusion taken back, and an exclusion recorded.

One asks, with the reason and if there is one the paper; another, who may approve at the county, decides. Until then nothing
changes; afterwards both stay readable. Clauses: R13/correct, OWN/second-person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence

from ..choices import CorrectionKind, LifeEventKind
from ..listeners import facts_changed
from ..models import Attachment, LifeCorrection, LifeEvent, Person
from ..rules.cycle import GUARDED, STATES, fits, state_before
from .life import NewLifeEvent, new_event, problems_of_day

APPROVED, REFUSED = "approved", "refused"
MOST_WORDS = 200
_UNDOES = {undo: kind for kind, undo in GUARDED.items()}


@dataclass(frozen=True, slots=True)
class NewCorrection:
    """What should change. `kind` of `CorrectionKind`; `happened_on` for an exclusion the day of the negative re-diagnosis;
    `event_id` which death or exclusion is wrong (None: the one that holds); `scan_id` a paper of this person's file."""

    person_id: UUID
    kind: str
    reason: str
    happened_on: date | None = None
    event_id: UUID | None = None
    scan_id: UUID | None = None


def request_correction(*, actor: Actor, clock: Clock, new: NewCorrection) -> LifeCorrection:
    """Ask for a correction; the same one asked again while it waits is answered with the one that waits."""
    require(actor, Permission.REGISTER_PERSON)
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(pk=new.person_id).first()
        if person is None:
            raise NotFound(code="not_found.person")
        waiting = LifeCorrection.objects.filter(
            person=person, kind=new.kind, decision="", voided_at=None
        ).first()
        if waiting is not None:
            return waiting
        event = _check(new, person, clock.today())
        made = LifeCorrection.objects.create(
            person=person, managing_code=person.managing_code, shared_codes=person.shared_codes, kind=new.kind,
            event=event, happened_on=new.happened_on if event is None else None, reason=new.reason.strip(),
            scan_id=new.scan_id, recorded_at=clock.now(), recorded_by=actor.user_id,
        )  # fmt: skip
        _audit("request_correction", made, actor, clock)
    return made


def decide_correction(
    *, actor: Actor, clock: Clock, correction_id: UUID, approve: bool, note: str = ""
) -> LifeCorrection:
    """Approve (then it takes effect) or refuse with a reason. Deciding the same again changes nothing.

    Invalid for one's own request; Conflict when somebody decided otherwise, or the file has changed since.
    """
    require(actor, Permission.APPROVE_CORRECTION)
    wanted = APPROVED if approve else REFUSED
    with transaction.atomic():
        row = LifeCorrection.objects.select_for_update().filter(pk=correction_id, voided_at=None).first()
        if row is None:
            raise NotFound(code="not_found.correction")
        if row.decision == wanted:
            return row
        if row.decision:
            raise Conflict(sentence("这件更正已由别人作出决定，请打开查看。"), code="conflict.decided")
        problems = []
        if row.recorded_by == actor.user_id:
            problems.append(Problem("", "own", sentence("自己提出的更正须由另一人核准。")))
        if len(note.strip()) > MOST_WORDS or not (approve or note.strip()):
            problems.append(Problem("note", "missing", sentence("不核准时要写明原因，最多 200 个字。")))
        if problems:
            raise Invalid(problems)
        row.decision, row.decision_note = wanted, note.strip()
        row.decided_by, row.decided_at = actor.user_id, clock.now()
        if approve:
            _carry_out(row, actor, clock)
        row.save(update_fields=["event", "decision", "decision_note", "decided_by", "decided_at"])
        _audit("approve_correction" if approve else "refuse_correction", row, actor, clock)
        if approve:
            facts_changed(actor, clock, [row.person_id])
    return row


def take_back_correction(*, actor: Actor, clock: Clock, correction_id: UUID) -> None:
    """Whoever asked takes it back before it is decided."""
    require(actor, Permission.REGISTER_PERSON)
    with transaction.atomic():
        row = LifeCorrection.objects.select_for_update().filter(pk=correction_id).first()
        if row is None or row.recorded_by != actor.user_id:
            raise NotFound(code="not_found.correction")
        if row.voided_at is not None:
            return
        if row.decision:
            raise Conflict(sentence("这件更正已有决定，不能撤回。"), code="conflict.decided")
        row.voided_at, row.voided_by, row.voided_reason = clock.now(), actor.user_id, "taken back"
        row.save(update_fields=["voided_at", "voided_by", "voided_reason"])
        _audit("take_back_correction", row, actor, clock)


def _check(new: NewCorrection, person: Person, today: date) -> LifeEvent | None:
    problems: list[Problem] = []
    if new.kind not in CorrectionKind.values:
        raise Invalid([Problem("kind", "missing", sentence("没有选择要更正什么。"), new.kind[:20])])
    if not new.reason.strip() or len(new.reason.strip()) > MOST_WORDS:
        problems.append(Problem("reason", "missing", sentence("要写明更正的原因和依据，最多 200 个字。")))
    if new.scan_id is not None:
        scans = Attachment.objects.filter(pk=new.scan_id, person=person, voided_at=None)
        if not scans.exists():
            problems.append(Problem("scan", "not_found", sentence("这份档案里没有所选的文书，请重新选择。")))
    events = list(LifeEvent.objects.filter(person=person, voided_at=None))
    event = None
    if new.kind == CorrectionKind.EXCLUDE:
        problems += _wrong_day(new.happened_on, events, person, today)
    else:
        kind = _UNDOES[new.kind]
        held = [one for one in events if one.kind == kind and new.event_id in (None, one.pk)]
        event = max(held, key=lambda one: (one.happened_on, one.pk), default=None)
        if event is None:
            words = sentence("档案里没有登记“%(step)s”，不需要更正。", step=LifeEventKind(kind).label)
            problems.append(Problem("kind", "nothing", words, new.kind))
    if problems:
        raise Invalid(problems)
    return event


def _wrong_day(on: date | None, events: list[LifeEvent], person: Person, today: date) -> list[Problem]:
    if on is None:
        return [Problem("happened_on", "missing", sentence("复核诊断的日期没有填写，或不是有效日期。"))]
    problems = problems_of_day(on, person, today)
    if not problems and not fits(events, LifeEventKind.EXCLUDED, on):
        met = state_before(events, LifeEventKind.EXCLUDED, on).state
        words = sentence(
            "%(day)s 的状态是“%(state)s”，不能登记诊断排除。", day=on.isoformat(), state=STATES[met]
        )
        problems.append(Problem("happened_on", "impossible", words, on.isoformat()))
    return problems


def _carry_out(row: LifeCorrection, actor: Actor, clock: Clock) -> None:
    person = Person.objects.select_for_update().get(pk=row.person_id)
    if row.kind == CorrectionKind.EXCLUDE:
        events = list(LifeEvent.objects.filter(person=person, voided_at=None))
        on = row.happened_on
        if on is None or not fits(events, LifeEventKind.EXCLUDED, on):
            raise Conflict(
                sentence("提出以后档案又有变动，不能再登记诊断排除，请退回核对。"), code="conflict.changed"
            )
        row.event = new_event(person, NewLifeEvent(person.pk, LifeEventKind.EXCLUDED, on), actor, clock)
        row.event.save(force_insert=True)
    else:
        # every row that says the same: two visits may both have told of it
        gone = LifeEvent.objects.filter(person=person, kind=_UNDOES[row.kind], voided_at=None)
        changed = gone.update(voided_at=clock.now(), voided_by=actor.user_id, voided_reason=row.reason)
        if not changed:
            raise Conflict(sentence("要更正的记录已经作废，请打开档案核对。"), code="conflict.changed")
    Person.objects.filter(pk=person.pk).update(row_version=F("row_version") + 1)


def _audit(action: str, row: LifeCorrection, actor: Actor, clock: Clock) -> None:
    audit.record(
        actor=actor, clock=clock, action=action, object_type="correction", object_id=row.pk, place=row.managing_code,
        detail={"person": str(row.person_id), "kind": row.kind},
    )  # fmt: skip
