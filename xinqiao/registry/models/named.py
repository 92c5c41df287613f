"""A row that is found by a name: the name, and beside it what the search compares."""

from __future__ import annotations

from typing import Any

from django.db import models

from ..naming import keys_of

KEYS = ("name_key", "pinyin", "initials")


class Named(models.Model):
    """`name_key`, `pinyin` and `initials` follow from `name` by `naming.keys_of`. Whoever writes rows without `save` (bulk
    inserts and updates) calls `fill_name_keys` first; `bulk.insert` does."""

    name_key = models.CharField(max_length=120, blank=True, db_collation="C")
    pinyin = models.CharField(max_length=120, blank=True, db_collation="C")
    initials = models.CharField(max_length=60, blank=True, db_collation="C")

    class Meta:
        abstract = True

    def fill_name_keys(self) -> None:
        """Set the three keys from the name."""
        keys = keys_of(self.__dict__["name"])
        self.name_key, self.pinyin, self.initials = keys.name, keys.pinyin, keys.initials

    def save(self, *args: Any, **options: Any) -> None:
        self.fill_name_keys()
        wanted = options.get("update_fields")
        if wanted is not None and "name" in wanted:
            options["update_fields"] = {*wanted, *KEYS}
        super().save(*args, **options)


def name_indexes(table: str, first: str = "") -> list[models.Index]:
    """One index a key: a beginning is looked for by `^@`, which an index of the collation C serves under row-level
    security. With a place before it (`first`) a county's people are read out of a million by the index alone."""
    before = [first] if first else []
    name = f"{table}_place" if first else table
    return [models.Index(fields=[*before, key], name=f"{name}_{key}") for key in KEYS]
