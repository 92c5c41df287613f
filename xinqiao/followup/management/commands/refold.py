"""`manage.py refold [PLACE]`: build anew what follows from people's facts: classes that count, what is due, how each stands.

Changes no fact and may be repeated. Needed once after an upgrade that keeps something new beside each person.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from xinqiao.accounts.scope import as_system
from xinqiao.followup.actions import refold
from xinqiao.kernel.clock import from_environment
from xinqiao.kernel.codes import full_code
from xinqiao.places.models import Division
from xinqiao.registry.models import Person


class Command(BaseCommand):
    help = "重算各人的分类、应访日和名单所需的状况；不改任何事实，可重复运行"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("place", nargs="?", default="", help="区划代码；不写为全部")

    def handle(self, *args: Any, place: str = "", **options: Any) -> None:
        """County by county, each in a transaction of its own."""
        clock = from_environment()
        done = 0
        for code in [full_code(place)] if place else _counties():
            with as_system(code):
                ids = list(Person.objects.order_by("pk").values_list("pk", flat=True))
                refold(ids, clock=clock)
            done += len(ids)
        self.stdout.write(f"{done} 人已重算")


def _counties() -> list[str]:
    codes = Division.objects.values_list("code", flat=True)
    return sorted({full_code(code[:6]) for code in codes if code[4:6] != "00"})
