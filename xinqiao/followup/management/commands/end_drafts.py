"""`manage.py end_drafts`: end the drafts nobody came back to in time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from xinqiao.accounts.scope import nobody
from xinqiao.followup.actions.drafts import end_drafts
from xinqiao.kernel.clock import from_environment


class Command(BaseCommand):
    help = "End the drafts nobody came back to in time (XINQIAO_DRAFT_HOURS)."

    def handle(self, *args: Any, **options: Any) -> None:
        with nobody():
            number = end_drafts(clock=from_environment())
        self.stdout.write(f"{number} drafts ended.")
