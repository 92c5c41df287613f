"""`manage.py forget_clues`: remove the identifying data of clues closed long enough ago, and of questions nobody read."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from xinqiao.kernel.clock import from_environment
from xinqiao.registry.actions import forget_inquiries
from xinqiao.screening.actions import forget_closed


class Command(BaseCommand):
    help = "Remove the identifying data of clues closed long enough ago (rule screening/retention)."

    def handle(self, *args: Any, **options: Any) -> None:
        clock = from_environment()
        self.stdout.write(f"{forget_closed(clock=clock)} clues forgotten.")
        self.stdout.write(f"{forget_inquiries(clock=clock)} questions forgotten.")
