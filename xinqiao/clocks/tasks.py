"""Work of clocks beside the web server: every night all of them are computed anew from the events."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from xinqiao.kernel.codes import NATION

from .actions import settle_all

#: Rules that due days and chains of clocks follow from.
CLOCK_RULES = ("registry/deadlines", "registry/escalation")
log = logging.getLogger("xinqiao.clocks")


@app.periodic(cron="40 3 * * *")
@app.task(name="clocks.settle_all", queue="upkeep")
def settle_every_night(timestamp: int) -> None:
    """After a rule or a calendar changed, due days follow here. Otherwise nothing differs; what does is logged, by ids."""
    number = 0
    for one in settle_all(NATION, write_down=True):
        number += 1
        if number <= 20:
            log.warning("clock was not as its events say: %s %s %s", one.kind, one.code, one.subject)
    if number:
        log.warning("%s clocks were computed anew", number)


@app.task(name="clocks.settle_area", queue="upkeep")
def settle_area(*, area: str) -> None:
    """A rule or the calendar changed at this place: its clocks follow."""
    for _done in settle_all(area, write_down=True):
        pass
