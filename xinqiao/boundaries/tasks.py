"""Planned changes of borders, on their day. Times are UTC: 16:01 is one minute past midnight in Shanghai."""

from __future__ import annotations

from procrastinate.contrib.django import app

from xinqiao.kernel.clock import from_environment

from . import actions


@app.periodic(cron="1 16 * * *")
@app.task(name="boundaries.due", queue="figures", queueing_lock="boundaries.due")
def due(timestamp: int = 0) -> None:
    """Carry out what falls due today; what cannot be carried out stays planned, with an error in the log."""
    for _made in actions.carry_out_due(clock=from_environment()):
        pass
