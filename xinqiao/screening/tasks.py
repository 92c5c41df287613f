"""Work of screening beside the web server, every night: forgetting, and opening the clocks of new files."""

from __future__ import annotations

from procrastinate.contrib.django import app

from xinqiao.accounts.scope import as_system
from xinqiao.clocks.actions import settle
from xinqiao.kernel.clock import from_environment
from xinqiao.kernel.codes import NATION

from .actions import forget_closed
from .clocks import ENROLLED, recently_filed


@app.periodic(cron="41 1 * * *")
@app.task(name="screening.forget", queue="upkeep")
def forget(timestamp: int) -> None:
    """Every night; `manage.py forget_clues` does the same where no worker runs."""
    forget_closed(clock=from_environment())


@app.periodic(cron="20 3 * * *")
@app.task(name="screening.enrol", queue="upkeep")
def enrol(timestamp: int) -> None:
    """The first assessment that each new file owes."""
    clock = from_environment()
    with as_system(NATION):
        settle(clock=clock, kind=ENROLLED, subjects=recently_filed(clock.today()))
