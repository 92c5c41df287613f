"""`manage.py demo_seed`: made-up people into an empty demo database; does nothing when they are there."""

from __future__ import annotations

import datetime
import os
import time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from config import demo, env
from config.setup.folders import read_json, write_private_json
from xinqiao.kernel.clock import from_environment


class Command(BaseCommand):
    help = "Fill an empty demo database with a made-up county."

    def handle(self, *args: Any, **options: Any) -> None:
        if env.mode() == "production":
            raise CommandError("This is not a demo (XINQIAO_MODE); no made-up people were written.")
        if demo.is_seeded():
            self.stdout.write("The demo's people are there already.")
            return
        began = time.monotonic()
        demo.seed(_clock(), say=self.stdout.write)
        with connections["owner"].cursor() as cursor:
            # The first pages must not wait for the server to notice that the tables are full.
            cursor.execute("analyze")
        self.stdout.write(f"{time.monotonic() - began:.1f} s")


def _clock() -> Any:
    """The demo's day; when nobody fixed one, today, and it is kept so that lists stay as they are."""
    env.prepare()
    if not os.environ.get("XINQIAO_TODAY"):
        today = datetime.datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()
        if env.mode() == "demo":
            write_private_json(env.demo_file(), {**(read_json(env.demo_file()) or {}), "today": today})
        os.environ["XINQIAO_TODAY"] = today
    return from_environment()
