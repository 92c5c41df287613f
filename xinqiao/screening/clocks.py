"""Which clocks the events of screening open and close (see `xinqiao.clocks.sources`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission
from xinqiao.clocks.actions import settle, settle_begun
from xinqiao.clocks.models import Clock as Deadline
from xinqiao.clocks.sources import Named, Source, Span, register
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import ancestors
from xinqiao.kernel.periods import end_of_quarter
from xinqiao.policy import current
from xinqiao.registry.choices import LifeEventKind
from xinqiao.registry.models import Consent, Diagnosis, LifeEvent, Person
from xinqiao.registry.rules.cycle import ENDS, state_on
from xinqiao.registry.rules.service import turns
from xinqiao.registry.wordings import service_follows

from .choices import DANGER_ITEMS, ActKind, CloseReason, Outcome, Purpose, Result, ReviewState
from .models import Clue, ClueAct, Rediagnosis, SweepVillage

CLUE, REVIEW, SWEEP, ENROLLED = "clue", "rediagnosis", "sweep", "enrolled"


def clue_spans(subjects: Sequence[UUID] | None) -> Iterable[Span]:
    """Danger to diagnosis (D30), first judgement (D31), looking again (D32), confirmed to filed (D8). Three statements."""
    rows = Clue.objects.all() if subjects is None else Clue.objects.filter(pk__in=subjects)
    found = list(rows)
    looks: dict[UUID, list[Rediagnosis]] = {}
    for one in Rediagnosis.objects.filter(clue__in=[row.pk for row in found]).order_by(
        "asked_on", "recorded_at", "id"
    ):
        if one.clue_id is not None and one.state != ReviewState.WITHDRAWN:
            looks.setdefault(one.clue_id, []).append(one)
    told: dict[UUID, list[date]] = {}
    later = ClueAct.objects.filter(clue__in=[row.pk for row in found if row.urgent], kind=ActKind.DANGER)
    for key, day in later.order_by("happened_on").values_list("clue_id", "happened_on"):
        told.setdefault(key, []).append(day)
    for clue in found:
        reviews = looks.get(clue.pk, [])
        ended = min((day for day in (clue.closed_on, clue.filed_on) if day), default=None)
        mistake = clue.close_reason == CloseReason.MISTAKE
        days = [clue.brought_on, *(day for one in reviews for day in (one.sent_on, one.diagnosed_on))]
        seen = [] if mistake else [day for day in (*days, ended) if day]
        yield from _dangers(clue, told.get(clue.pk, []), seen, void=mistake)
        # Whoever asks a psychiatrist has judged that it is needed.
        judged = [clue.first_judged_on or clue.judged_on, *(one.asked_on for one in reviews)]
        first = None if mistake else min((day for day in (*judged, *seen) if day), default=None)
        yield _of(clue, "D31", clue.found_on, first, void=mistake)
        if clue.confirmed_on is not None:
            refused = clue.closed_on is not None and clue.filed_on is None
            yield _of(clue, "D8", clue.confirmed_on, clue.filed_on or clue.closed_on, void=refused)
        yield from _observed(clue, reviews, ended)


def _dangers(clue: Clue, told: Sequence[date], ends: Sequence[date], *, void: bool) -> Iterable[Span]:
    """One clock from the day danger is known until the person is at a psychiatrist's, or the clue ends; told again after that,
    one more."""
    known = [clue.found_on] if clue.danger_told or DANGER_ITEMS & set(clue.items) else []
    until: date | None = None
    for n, day in enumerate(sorted([*known, *told])):
        if n and (until is None or day <= until):
            continue
        until = min((one for one in ends if one >= day), default=None)
        yield _of(clue, "D30", day, until, period=day.isoformat() if n else "", void=void)


def _observed(clue: Clue, reviews: Sequence[Rediagnosis], ended: date | None) -> Iterable[Span]:
    # A question that was given back unanswered was no look.
    looked = [one for one in reviews if one.state != ReviewState.RETURNED]
    for n, one in enumerate(looked):
        if one.look_on is None or one.state != ReviewState.ANSWERED:
            continue
        following = looked[n + 1].asked_on if n + 1 < len(looked) else ended
        until = None if following is None else max(following, one.look_on)
        yield _of(clue, "D32", one.look_on, until, period=one.look_on.isoformat())


def _of(
    clue: Clue, code: str, start: date, end: date | None, *, period: str = "", void: bool = False
) -> Span:
    return Span(
        code=code, subject=clue.pk, started_on=start, place=clue.managing_code, period=period,
        person_id=clue.person_id, ended_on=end, void=void,
    )  # fmt: skip


def review_spans(subjects: Sequence[UUID] | None) -> Iterable[Span]:
    """Asked to answered (D36, for hospitals that work here), the request of a second diagnosis (D21), a diagnosis
    disproved until the register is put right (D9). Three statements."""
    rows = Rediagnosis.objects.all() if subjects is None else Rediagnosis.objects.filter(pk__in=subjects)
    found = list(rows)
    corrected = _corrected([one for one in found if one.person_id and negates(one)])
    for one in found:
        withdrawn = one.state == ReviewState.WITHDRAWN
        if one.hospital_id is not None:
            answered = localdate(one.answered_at) if one.answered_at else None
            yield Span(
                code="D36", subject=one.pk, started_on=one.asked_on, place=one.managing_code,
                person_id=one.person_id, shared=tuple(one.shared_codes), ended_on=answered, void=withdrawn,
            )  # fmt: skip
        if one.purpose == Purpose.AGAIN and one.concluded_on is not None:
            yield Span(
                code="D21", subject=one.pk, started_on=one.concluded_on, place=one.managing_code,
                person_id=one.person_id, ended_on=None if withdrawn else one.asked_on, void=withdrawn,
            )  # fmt: skip
        if one.person_id is not None and one.diagnosed_on is not None and negates(one):
            yield Span(
                code="D9", subject=one.pk, started_on=one.diagnosed_on, place=one.managing_code,
                person_id=one.person_id, ended_on=one.corrected_on or corrected.get(one.pk), void=withdrawn,
            )  # fmt: skip


def negates(one: Rediagnosis) -> bool:
    """Whether the answer says that the diagnosis on the register does not hold."""
    wrong = one.result == Result.EXCLUDE or one.outcome == Outcome.CORRECT
    return one.state == ReviewState.ANSWERED and wrong


def corrected_since(one: Rediagnosis) -> date | None:
    """The day on which the register was put right after a disproving answer; None when it was not."""
    if one.person_id is None:
        return None
    return _corrected([one]).get(one.pk)


def _corrected(disproved: Sequence[Rediagnosis]) -> dict[UUID, date]:
    """Answer → the first day on which an exclusion, or a diagnosis of its own day or later, was written. Two statements."""
    people = {one.person_id for one in disproved}
    if not people:
        return {}
    excluded = LifeEvent.objects.filter(person__in=people, kind=LifeEventKind.EXCLUDED, voided_at=None)
    changed = Diagnosis.objects.filter(person__in=people, voided_at=None)
    written = [
        row
        for rows in (excluded, changed)
        for row in rows.values_list("person_id", "happened_on", "recorded_at")
    ]
    found: dict[UUID, date] = {}
    for one in disproved:
        if one.diagnosed_on is None:
            continue
        days = [
            max(localdate(at), one.diagnosed_on)
            for person, on, at in written
            if person == one.person_id and on >= one.diagnosed_on
        ]
        if days:
            found[one.pk] = min(days)
    return found


def sweep_spans(subjects: Sequence[UUID] | None) -> Iterable[Span]:
    """Each village until the end of the quarter (D33). One statement."""
    rows = SweepVillage.objects.select_related("sweep")
    for one in rows if subjects is None else rows.filter(pk__in=subjects):
        sweep = one.sweep
        first = date(sweep.year, 3 * sweep.quarter - 2, 1)
        # Called off only while the quarter runs: closing afterwards does not take a village out of the figures.
        late = sweep.closed_on if sweep.closed_on and sweep.closed_on > end_of_quarter(first) else None
        yield Span(
            code="D33", subject=one.pk, started_on=first, place=one.managing_code,
            period=f"{sweep.year}Q{sweep.quarter}", ended_on=one.done_on or late,
            void=one.done_on is None and sweep.closed_on is not None and late is None,
        )  # fmt: skip


def enrolled_spans(subjects: Sequence[UUID] | None) -> Iterable[Span]:
    """A new file until its first full assessment (D34). Only files opened by form where the rule holds; a whole imported
    register owes nothing. Three statements."""
    people = newly_filed(subjects)
    ids = [one.pk for one in people]
    assessed = Rediagnosis.objects.filter(person__in=ids, purpose=Purpose.FIRST, state=ReviewState.ANSWERED)
    done: dict[UUID, date] = {}
    for person, day in assessed.values_list("person_id", "diagnosed_on"):
        if person is not None and day is not None:
            done[person] = min(day, done.get(person, day))
    yield from owed_by_new_files("D34", people, done)


def owed_by_new_files(code: str, people: Sequence[Person], done: Mapping[UUID, date]) -> Iterator[Span]:
    """From filing until it was done, or until the file ended or the person said no first. Two statements."""
    waiting = [one for one in people if one.pk not in done]
    left, refused = left_since([one.pk for one in waiting]), refused_since(waiting)
    for one in people:
        day = done.get(one.pk)
        ended = day or min((on for on in (left.get(one.pk), refused.get(one.pk)) if on), default=None)
        yield Span(
            code=code, subject=one.pk, started_on=one.filed_on, place=one.managing_code, person_id=one.pk,
            ended_on=ended and max(ended, one.filed_on), void=day is None and ended is not None,
        )  # fmt: skip


def on_file_opened(actor: Actor | None, clock: Clock, person_ids: Sequence[UUID]) -> None:
    """The registry's listener: what a new file owes is in the inbox from its first day."""
    settle(clock=clock, kind=ENROLLED, subjects=person_ids)


def on_facts_changed(actor: Actor | None, clock: Clock, person_ids: Sequence[UUID]) -> None:
    """The registry's listener: who died, was excluded or said no owes nothing any more, who moved owes it elsewhere."""
    settle_begun(clock=clock, kind=ENROLLED, subjects=person_ids)
    # A diagnosis changed, or an exclusion approved or taken back, may put right what an answer disproved.
    disproved = Deadline.objects.filter(kind=REVIEW, code="D9", person__in=person_ids)
    settle(clock=clock, kind=REVIEW, subjects=list(disproved.values_list("subject", flat=True)))


def newly_filed(subjects: Sequence[UUID] | None) -> list[Person]:
    """Files opened by form after the day from which the place asks for a first assessment and a joint visit."""
    rows = Person.objects.filter(source="form")
    if subjects is not None:
        rows = rows.filter(pk__in=subjects)
    policies = current()
    return [
        one
        for one in rows.only("id", "filed_on", "managing_code", "source")
        if policies.at("screening/enrolment", on=one.filed_on, ancestors=ancestors(one.managing_code)).value
        == "owed"
    ]


def left_since(ids: Sequence[UUID]) -> dict[UUID, date]:
    """Who is not on the register any more, and since when: nothing of this kind is owed. Somebody who moved out of one
    place and into another still owes it there. One statement."""
    events: dict[UUID, list[LifeEvent]] = {}
    for event in LifeEvent.objects.filter(person_id__in=ids, voided_at=None) if ids else ():
        events.setdefault(event.person_id, []).append(event)
    found: dict[UUID, date] = {}
    for person_id, known in events.items():
        if any(one.kind in ENDS for one in known):
            now = state_on(known, date.max)
            if not now.on_register and now.since is not None:
                found[person_id] = now.since
    return found


def refused_since(people: Sequence[Person]) -> dict[UUID, date]:
    """Who does not want the service, and since when: an assessment or a visit for two is not pressed upon anybody, and is owed
    again as soon as the person agrees. What danger asks for hangs on no answer and is no clock of these. One statement."""
    answers: dict[UUID, list[Consent]] = {}
    for answer in Consent.objects.filter(person__in=people, voided_at=None) if people else ():
        answers.setdefault(answer.person_id, []).append(answer)
    found: dict[UUID, date] = {}
    for one in people:
        follows = partial(service_follows, village=one.managing_code)
        for day, visits in reversed(turns(answers.get(one.pk, ()), follows)):
            if visits:
                break
            found[one.pk] = day
    return found


def clue_names(subjects: Sequence[UUID]) -> dict[UUID, str]:
    """Whom a clue is about, for whoever sees the clue; its number where nobody knows the name."""
    rows = Clue.objects.filter(pk__in=subjects).values_list("pk", "name", "clue_no")
    return {pk: name or _("身份不明（%(no)s）") % {"no": no} for pk, name, no in rows}


def review_names(subjects: Sequence[UUID]) -> dict[UUID, str]:
    """Whom a question is about, for the hospital that was asked, which sees no clue and no file."""
    rows = Rediagnosis.objects.filter(pk__in=subjects).values_list("pk", "name", "person_id", "clue_id")
    return {pk: Named(name or _("身份不明"), person or clue) for pk, name, person, clue in rows}


def sweep_names(subjects: Sequence[UUID]) -> dict[UUID, str]:
    """Which quarter's sweep; the village stands beside."""
    rows = SweepVillage.objects.filter(pk__in=subjects).values_list("pk", "sweep__year", "sweep__quarter")
    return {pk: _("%(year)s 年第 %(quarter)s 季度") % {"year": y, "quarter": q} for pk, y, q in rows}


def register_sources() -> None:
    """Called when Django starts."""
    of_clue = frozenset({"D30", "D31", "D32", "D8"})
    register(Source(CLUE, of_clue, clue_spans, _page("screening:clue"), clue_names))
    of_review, readers = (
        frozenset({"D36", "D21", "D9"}),
        frozenset({Permission.DIAGNOSE, Permission.REVIEW_CLUE}),
    )
    register(Source(REVIEW, of_review, review_spans, _page("screening:review"), review_names, readers))
    village = _page("screening:village")
    register(Source(SWEEP, frozenset({"D33"}), sweep_spans, village, sweep_names, of_people=False))
    register(
        Source(
            ENROLLED, frozenset({"D34"}), enrolled_spans, _page("screening:person-review"),
            opens=frozenset({Permission.REVIEW_CLUE}),
        )
    )  # fmt: skip


def _page(name: str) -> Callable[[UUID], str]:
    return lambda subject: reverse(name, args=[subject])
