"""Work of screening beside the web server, every night: forgetting."""

from __future__ import annotations

from procrastinate.contrib.django import app

from xinqiao.kernel.clock import from_environment
from xinqiao.registry.actions import forget_inquiries

from .actions import forget_closed


@app.periodic(cron="41 1 * * *")
@app.task(name="screening.forget", queue="upkeep")
def forget(timestamp: int) -> None:
    """Every night; `manage.py forget_clues` does the same where no worker runs."""
    clock = from_environment()
    forget_closed(clock=clock)
    forget_inquiries(clock=clock)
