"""Answers to the offer of service in the demo: refused, withdrawn, told by law, not asked yet, and two corrections that wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from xinqiao.accounts.scope import acting
from xinqiao.consents.actions import NewReport, tell_care_group
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock, FixedClock
from xinqiao.registry.actions import (
    Answer,
    NewCorrection,
    Notice,
    Withdrawal,
    record_consent,
    record_notice,
    request_correction,
    void_fact,
    withdraw_consent,
)
from xinqiao.registry.models import Consent, LifeEvent, Person

#: The township whose worker has an account of the demo.
TOWNSHIP = "ligang1"
WITHDRAWN, TOLD, UNASKED = 2, 2, 2


def ask_for_consent(actors: Mapping[str, Actor], clock: Clock) -> None:
    """Through the acts of the township and the county, on the days on which they happened: all in this year, so that the
    figures of the last one stay what they are."""
    worker, county = actors[TOWNSHIP], actors["xian"]
    with acting(county):
        refused = _who_said("0")
        _asked_again(refused[UNASKED:], county, clock)
        _not_asked_yet(refused[:UNASKED], county, clock)
    with acting(worker):
        agreed = _who_said("1")
        for number, person in enumerate(agreed[:WITHDRAWN]):
            day = clock.today() - timedelta(days=12 + 40 * number)
            given = Withdrawal(day, "1", reason="6" if number else "5")
            withdraw_consent(actor=worker, clock=FixedClock(day), person_id=person, withdrawal=given)
        for number, person in enumerate(agreed[WITHDRAWN : WITHDRAWN + TOLD]):
            day = clock.today() - timedelta(days=60 + number)
            record_notice(
                actor=worker, clock=FixedClock(day), person_id=person, notice=Notice(day, "院内医师")
            )
    _waiting(worker, clock)


def _who_said(decision: str) -> list[UUID]:
    """People in the register whose only answer is this one, the newest files first: the same in every demo. None who is
    unstable: nobody is staged into danger."""
    rows = Consent.objects.filter(basis="consent", voided_at=None, person__standing__state="registered")
    rows = rows.exclude(person__standing__visit_class="1").order_by("-person__file_no")
    said: dict[UUID, list[str]] = {}
    for person, answer in rows.values_list("person_id", "decision"):
        said.setdefault(person, []).append(answer)
    return [person for person, answers in said.items() if answers == [decision]]


def _asked_again(people: Sequence[UUID], county: Actor, clock: Clock) -> None:
    """Told to the group, and asked once more this year; the last one is due now."""
    for number, person in enumerate(people[:-1]):
        day = clock.today() - timedelta(days=20 + 15 * (number % 18))
        then = FixedClock(day)
        tell_care_group(actor=county, clock=then, new=NewReport(person, day, "村帮扶小组"))
        given = Answer("0", "1", day, reason=("3", "2", "1", "8")[number % 4])
        record_consent(actor=county, clock=then, person_id=person, answer=given)


def _not_asked_yet(people: Sequence[UUID], county: Actor, clock: Clock) -> None:
    """Entered as refused without anybody having asked; the county voids it, and somebody has to ask."""
    for row in Consent.objects.filter(person_id__in=people, voided_at=None):
        void_fact(actor=county, clock=clock, kind="consent", fact_id=row.pk, reason="录入时尚未征询")


def _waiting(worker: Actor, clock: Clock) -> None:
    """A death that was another person's, and a negative re-diagnosis: asked for, not decided."""
    with acting(worker):
        dead = LifeEvent.objects.filter(kind="died", voided_at=None).order_by("-happened_on").first()
        if dead is not None:
            new = NewCorrection(dead.person_id, "undo_death", "同名的另一人去世，经村委会核实本人在世")
            request_correction(actor=worker, clock=clock, new=new)
        other = (
            Person.objects.filter(standing__state="registered", standing__visit_class="3")
            .order_by("file_no")
            .first()
        )
        if other is not None:
            on = clock.today() - timedelta(days=9)
            new = NewCorrection(other.pk, "exclude", "市精神卫生中心复核，排除原诊断", on)
            request_correction(actor=worker, clock=clock, new=new)
