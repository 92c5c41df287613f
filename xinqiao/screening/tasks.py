"""Work of screening beside the web server: forgetting, every night."""

from __future__ import annotations

from procrastinate.contrib.django import app

from xinqiao.kernel.clock import from_environment

from .actions import forget_closed


@app.periodic(cron="41 1 * * *")
@app.task(name="screening.forget", queue="upkeep")
def forget(timestamp: int) -> None:
    """Every night; `manage.py forget_clues` does the same where no worker runs."""
    forget_closed(clock=from_environment())
