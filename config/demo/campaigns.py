"""Special actions: care visits that are half done, and a sweep of a township's villages that has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from xinqiao.accounts.scope import acting
from xinqiao.campaigns.actions import NewCampaign, NewLine, close_campaign, record_line, start_campaign
from xinqiao.campaigns.choices import USUAL
from xinqiao.campaigns.models import Target
from xinqiao.followup.models import Standing
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock, FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.places.queries import villages_below
from xinqiao.staff.rules import quarter_of

COUNTY, HEAD, DOCTOR = "xian", "ligang1", "minle"
PEOPLE = 36


def act_together(actors: Mapping[str, Actor], clock: Clock) -> None:
    """One action of the county under way, one of a township ended."""
    _care(actors, clock)
    _sweep(actors[HEAD], clock)


def steps_of(kind: str) -> list[dict[str, str]]:
    return [dict(zip(("key", "ask", "yes", "no"), one, strict=True)) for one in USUAL[kind]]


def _care(actors: Mapping[str, Actor], clock: Clock) -> None:
    county, today = actors[COUNTY], clock.today()
    begun = FixedClock(today - timedelta(days=12))
    with acting(county):
        people = _people(actors)
        campaign = start_campaign(
            actor=county, clock=begun,
            new=NewCampaign(
                uuid7(), f"{today.year + (today.month > 10)} 年元旦春节前关爱走访", "care", "people", begun.today(),
                today + timedelta(days=18), "名单：未服药、监护薄弱者", people, steps=steps_of("care"),
                document="县精防办关于做好节日期间关爱走访的通知", counts="face",
            ),
        )  # fmt: skip
    for name, share in ((HEAD, 2), (DOCTOR, 2), (COUNTY, 3)):
        with acting(actors[name]):
            lines = Target.objects.filter(campaign=campaign, outcome="open").order_by("pk")
            for number, line in enumerate(lines[: (lines.count() + 1) // share]):
                _do(actors[name], clock, line.pk, number)


def _people(actors: Mapping[str, Actor]) -> Sequence[UUID]:
    """Some in the demo doctor's villages, some of the township, some of the county."""
    home = Standing.objects.filter(state="registered", in_hospital=False).order_by("person_id")
    own = home.filter(managing_code__in=actors[DOCTOR].villages)[:6]
    head = actors[HEAD].scope
    near = home.filter(managing_code__gte=head.lo, managing_code__lt=head.hi, adherence__in=["2", "3"])[:12]
    far = home.filter(guardianship__in=["0", "2"])[:PEOPLE]
    found = [row.person_id for rows in (own, near, far) for row in rows]
    return list(dict.fromkeys(found))[:PEOPLE]


def _do(actor: Actor, clock: Clock, target_id: UUID, number: int) -> None:
    day = clock.today() - timedelta(days=number % 5)
    good = {"drugs": "1", "home": "1", "contact": "1"}
    if number % 7 == 3:
        new = NewLine(uuid7(), target_id, day, reason="away", note="村委会说外出务工，月底回来")
    elif number % 5 == 1:
        new = NewLine(uuid7(), target_id, day, good | {"drugs": "0"}, note="药剩三天，已约明天送药上门")
    else:
        new = NewLine(uuid7(), target_id, day, good)
    record_line(actor=actor, clock=clock, new=new)


def _sweep(actor: Actor, clock: Clock) -> None:
    quarter = quarter_of(clock.today()).before
    first, last = FixedClock(quarter.first), FixedClock(quarter.after - timedelta(days=12))
    with acting(actor):
        villages = [one.code for one in villages_below(actor.place)]
        campaign = start_campaign(
            actor=actor, clock=first,
            new=NewCampaign(
                uuid7(), f"{quarter.year} 年第 {quarter.number} 季度摸排", "sweep", "villages", first.today(),
                quarter.after - timedelta(days=1), "全部村（社区）", villages=villages, steps=steps_of("sweep"),
            ),
        )  # fmt: skip
        lines = (
            Target.objects.filter(campaign=campaign).order_by("managing_code").values_list("pk", flat=True)
        )
        for number, line in enumerate(lines):
            answers = {"committee": "1", "list": "0" if number == 2 else "1"}
            note = "两人搬到镇区，已转告乡镇" if number == 2 else ""
            if number == 5:
                new = NewLine(uuid7(), line, last.today(), reason="other", note="村委会换届，下季度补")
            else:
                new = NewLine(uuid7(), line, last.today(), answers, note=note)
            record_line(actor=actor, clock=last, new=new)
        words = "全部村都走到，一个村下季度补。搬到镇区的两人已办流转。"
        close_campaign(actor=actor, clock=last, campaign_id=campaign.pk, conclusion=words)
