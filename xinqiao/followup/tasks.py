"""Work of follow-up beside the web server: ending the drafts nobody came back to, folding people anew under a changed rule."""

from __future__ import annotations

from procrastinate.contrib.django import app

from xinqiao.accounts.scope import nobody
from xinqiao.kernel.clock import from_environment

from .actions import refold_place
from .actions.drafts import end_drafts


@app.periodic(cron="17 * * * *")
@app.task(name="followup.end_drafts", queue="upkeep")
def end_old_drafts(timestamp: int) -> None:
    """Every hour; `manage.py end_drafts` does the same where no worker runs."""
    with nobody():
        end_drafts(clock=from_environment())


@app.task(name="followup.refold_area", queue="upkeep")
def refold_area(*, area: str) -> None:
    """A rule changed at this place: what follows from people's facts is built anew, county by county."""
    for _done in refold_place(area, clock=from_environment()):
        pass
