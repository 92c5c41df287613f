"""Hand-overs under way in the demo: coming in, going out, returned, two hops, crossing counties, on paper, listed twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from xinqiao.accounts.scope import acting
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock, FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.models import Person
from xinqiao.transfers.actions import (
    Acceptance,
    NewTransfer,
    accept_transfer,
    list_twice,
    pass_on_transfer,
    record_call,
    return_transfer,
    send_transfer,
)
from xinqiao.transfers.models import Transfer

from .ground import COUNTY, JINGUI, LIGANG, OTHER_COUNTY, OTHER_TOWNSHIP, PANCHANG


def hand_people_over(actors: Mapping[str, Actor], clock: Clock) -> None:
    """Each list and each end of a hand-over has something in it."""
    with acting(actors["xian"]):
        ligang, jingui = _calm(LIGANG), _calm(JINGUI)
    with acting(actors["linxian"]):
        east = _calm(OTHER_TOWNSHIP)
    desk = _Desk(actors, clock)
    # Coming in: to 立岗镇, one of them late.
    desk.send("jingui", jingui[0], LIGANG, "1", days=9, address="立岗镇街道，租住")
    desk.send("jingui", jingui[1], LIGANG, "3", days=1)
    # Going out: waiting, with a call meanwhile; returned; accepted.
    waiting = desk.send("ligang1", ligang[0], JINGUI, "2", days=8, address="金贵镇务工，随女儿住")
    desk.call("ligang1", waiting, days=3)
    back = desk.send("ligang1", ligang[1], JINGUI, "1", days=12)
    desk.send_back("jingui", back, days=8)
    gone = desk.send("ligang1", ligang[2], PANCHANG, "1", days=20, address="潘昶村3组")
    desk.accept("jingui", gone, PANCHANG, days=17)
    # Two hops, and across the county's border in both directions.
    far = desk.send("ligang1", ligang[3], JINGUI, "2", days=6)
    desk.pass_on("jingui", far, OTHER_COUNTY, days=4)
    if east:
        near = desk.send("linzhen", east[0], COUNTY, "1", days=5, address="贺兰县立岗镇，投靠亲属")
        desk.pass_on("xian", near, LIGANG, days=2)
    desk.send("ligang1", ligang[4], "", "1", days=10, outside="陕西省榆林市，纸质流转单已寄出")
    # Registered there, living here.
    with acting(actors["ligang1"]):
        list_twice(
            actor=actors["ligang1"], clock=clock, person_id=ligang[5], hukou_code=PANCHANG, op_id=uuid7()
        )
    with acting(actors["jingui"]):
        list_twice(actor=actors["jingui"], clock=clock, person_id=jingui[2], hukou_code=LIGANG, op_id=uuid7())


class _Desk:
    """The same acts on days gone by."""

    def __init__(self, actors: Mapping[str, Actor], clock: Clock) -> None:
        self.actors, self.clock = actors, clock

    def _on(self, days: int) -> FixedClock:
        return FixedClock(self.clock.today() - timedelta(days=days))

    def send(
        self,
        key: str,
        person: UUID,
        to_code: str,
        reason: str,
        *,
        days: int,
        address: str = "",
        outside: str = "",
    ) -> Transfer:
        new = NewTransfer(uuid7(), person, reason, to_code, address, outside)
        with acting(self.actors[key]):
            return send_transfer(actor=self.actors[key], clock=self._on(days), new=new)

    def call(self, key: str, row: Transfer, *, days: int) -> None:
        clock = self._on(days)
        with acting(self.actors[key]):
            record_call(
                actor=self.actors[key], clock=clock, transfer_id=row.pk, on=clock.today(), reached=True,
                note="本人接听，按时服药",
            )  # fmt: skip

    def send_back(self, key: str, row: Transfer, *, days: int) -> None:
        with acting(self.actors[key]):
            return_transfer(
                actor=self.actors[key],
                clock=self._on(days),
                transfer_id=row.pk,
                reason="2",
                note="门牌不对，请核实后再发",
            )

    def accept(self, key: str, row: Transfer, village: str, *, days: int) -> None:
        with acting(self.actors[key]):
            accept_transfer(actor=self.actors[key], clock=self._on(days), new=Acceptance(row.pk, village))

    def pass_on(self, key: str, row: Transfer, to_code: str, *, days: int) -> None:
        with acting(self.actors[key]):
            pass_on_transfer(
                actor=self.actors[key], clock=self._on(days), transfer_id=row.pk, to_code=to_code
            )


def _calm(township: str) -> list[UUID]:
    """People of a township about whom nothing else is shown on the desk: stable, at home, registered last."""
    rows = Person.objects.filter(
        managing_code__startswith=township[:9], standing__state="registered", standing__in_hospital=False,
        standing__visit_class="3", standing__refused=False,
    )  # fmt: skip
    return list(rows.order_by("-filed_on", "id").values_list("pk", flat=True)[:6])
