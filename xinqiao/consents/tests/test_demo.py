"""The demo's part: every list of answers has somebody on it, and what counted last year still counts."""

from __future__ import annotations

from datetime import date

from config.demo.consents import ask_for_consent
from tests.factories.county import NORTH_1, County
from tests.factories.records import person_record
from xinqiao.accounts.scope import acting
from xinqiao.clocks.models import Clock
from xinqiao.consents.models import CareReport
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_people
from xinqiao.registry.models import Consent
from xinqiao.registry.rules.service import Standing, service_on


def test_every_kind_of_answer_is_there_and_last_year_is_left_alone(county: County, clock: FixedClock) -> None:
    actors = {"ligang1": county.actors["township"], "xian": county.actors["county"]}
    batch = [
        NewPerson(
            uuid7(),
            person_record(
                f"演示{'甲乙丙丁戊己庚辛壬'[number]}", NORTH_1, filed_on=date(2024, 3, 1), serial=40 + number,
                consent="0" if number < 4 else "1",
            ),
        )
        for number in range(9)
    ]  # fmt: skip
    with acting(actors["xian"]):
        register_people(actor=actors["xian"], clock=clock, batch=batch, source="import")

    def counted(day: date) -> int:
        answers: dict[object, list[Consent]] = {}
        for one in Consent.objects.filter(voided_at=None):
            answers.setdefault(one.person_id, []).append(one)
        return sum(1 for given in answers.values() if service_on(given, day).lawful)

    before = counted(date(2025, 12, 31))
    ask_for_consent(actors, clock)
    assert counted(date(2025, 12, 31)) == before == 5
    answers: dict[object, list[Consent]] = {}
    for one in Consent.objects.filter(voided_at=None):
        answers.setdefault(one.person_id, []).append(one)
    standings = [service_on(given, clock.today()) for given in answers.values()]
    assert {one.standing for one in standings} == {Standing.FULL, Standing.LIMITED, Standing.STATUTORY}
    assert {one.answer for one in standings} >= {"agreed", "refused", "withdrawn"}
    assert len(answers) == 7  # nobody has asked the other two yet
    assert CareReport.objects.count() == 1
    assert Clock.objects.filter(kind="consents", outcome="open").exists()
