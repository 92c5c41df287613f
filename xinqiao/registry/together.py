"""Reading rows of several tables about one person in one statement.

A person's page wants a dozen small lists. Asked for one after another, building and planning a dozen queries costs many
times what reading the rows does; one UNION ALL of whole rows as JSON costs little more than one of them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from .fields import EncryptedText

Reader = Callable[[Any], Any]


def read_together(
    tables: Sequence[type[models.Model]], person_id: UUID, *, order: Sequence[tuple[str, ...]]
) -> list[list[Any]]:
    """For each of `tables` its rows about the person, as instances of the model, newest first by the attributes in
    `order`. Row-level security decides what is there. One statement.
    """
    found: list[list[Any]] = [[] for _table in tables]
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(table._meta.db_table for table in tables)), [person_id] * len(tables))
        for number, text in cursor.fetchall():
            row = json.loads(text) if isinstance(text, str) else text
            table = tables[number]
            columns, attributes, readers = _shape(table)
            values = [
                reader(row[column]) if row[column] is not None else None
                for column, reader in zip(columns, readers, strict=True)
            ]
            found[number].append(table.from_db(connection.alias, attributes, values))
    for rows, by in zip(found, order, strict=True):
        rows.sort(key=lambda row, by=by: tuple(_first(getattr(row, name)) for name in by), reverse=True)  # type: ignore[misc]
    return found


def _first(value: Any) -> tuple[bool, Any]:
    """Sorts nothing before everything."""
    return (value is not None, value)


@cache
def _statement(tables: tuple[str, ...]) -> str:
    parts = [
        f"select {number}, to_jsonb(t)::text from {table} t where t.person_id = %s"  # noqa: S608 -- our tables
        for number, table in enumerate(tables)
    ]
    return " union all ".join(parts)


@cache
def _shape(table: type[models.Model]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Reader, ...]]:
    fields = table._meta.concrete_fields
    return (
        tuple(field.column or "" for field in fields),
        tuple(field.attname for field in fields),
        tuple(_reader(field) for field in fields),
    )


def _reader(field: models.Field[Any, Any]) -> Reader:
    if isinstance(field, models.ForeignKey):
        return _reader(field.target_field)
    if isinstance(field, EncryptedText):
        return lambda value: field.from_db_value(bytes.fromhex(value[2:]), None, connection)
    if isinstance(field, models.UUIDField):
        return UUID
    if isinstance(field, models.DateTimeField):
        return dt.datetime.fromisoformat
    if isinstance(field, models.DateField):
        return dt.date.fromisoformat
    if isinstance(field, models.BinaryField):
        return lambda value: bytes.fromhex(value[2:])
    if isinstance(field, models.DecimalField):
        return lambda value: Decimal(str(value))
    if isinstance(field, ArrayField):
        inner = _reader(field.base_field)
        return lambda value: [None if one is None else inner(one) for one in value]
    return lambda value: value
