"""Work beside the web server: counts for the day that begins, what changed meanwhile, and the nightly recount.

Times are UTC: 16:05 is five past midnight in Shanghai. Figures do not depend on it (`keeping.py`).
"""

from __future__ import annotations

from procrastinate.contrib.django import app

from xinqiao.kernel.clock import from_environment

from . import balancing, keeping


@app.periodic(cron="5 16 * * *")
@app.task(name="indicators.keep", queue="figures", queueing_lock="indicators.keep")
def keep(timestamp: int = 0) -> None:
    """Count today and the month ends for every county."""
    for _one in keeping.keep(clock=from_environment()):
        pass


@app.periodic(cron="*/10 * * * *")
@app.task(name="indicators.follow", queue="figures", queueing_lock="indicators.follow")
def follow(timestamp: int = 0) -> None:
    """Count again the villages whose facts changed, for the days that are kept most."""
    for _one in keeping.keep(clock=from_environment(), months=1):
        pass


@app.periodic(cron="35 16 * * *")
@app.task(name="indicators.recount", queue="figures", queueing_lock="indicators.recount")
def recount(timestamp: int = 0) -> None:
    """Hold a sample of the kept counts against the plain engine; a difference is an error in the log and on the page."""
    keeping.recount(clock=from_environment(), sample=50)


@app.periodic(cron="50 16 * * *")
@app.task(name="indicators.balance", queue="figures", queueing_lock="indicators.balance")
def balance(timestamp: int = 0) -> None:
    """Whether comings and goings explain the register of every county; what does not is an error in the log and the run log."""
    for _one in balancing.check(clock=from_environment()):
        pass
