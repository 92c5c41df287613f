"""Tells accounts who still answers for people, so that nobody leaves them behind."""

from __future__ import annotations

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "xinqiao.staff"
    label = "staff"

    def ready(self) -> None:
        from xinqiao.accounts.leaving import watch_accounts, watch_institutions

        from .queries.burdens import burdens_of_accounts, burdens_of_institutions

        watch_accounts(burdens_of_accounts)
        watch_institutions(burdens_of_institutions)
