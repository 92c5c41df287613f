"""`manage.py refold [PLACE]`: build anew what follows from people's facts: classes that count, what is due, how each stands.

Changes no fact and may be repeated. Needed once after an upgrade that keeps something new beside each person.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from xinqiao.followup.actions import refold_place
from xinqiao.kernel.clock import from_environment
from xinqiao.kernel.codes import NATION, full_code


class Command(BaseCommand):
    help = "重算各人的分类、应访日和名单所需的状况；不改任何事实，可重复运行"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("place", nargs="?", default="", help="区划代码；不写为全部")

    def handle(self, *args: Any, place: str = "", **options: Any) -> None:
        """County by county, each in a transaction of its own."""
        done = sum(refold_place(full_code(place) if place else NATION, clock=from_environment()))
        self.stdout.write(f"{done} 人已重算")
