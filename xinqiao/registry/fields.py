"""Encrypted model fields and the keyed hashes that let them be searched."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Binary

from xinqiao.kernel.secrets import Keyring


def keyring() -> Keyring:
    """The deployment's keys as they are now."""
    kept = settings.XINQIAO_KEYRING
    ring: Keyring = kept if isinstance(kept, Keyring) else kept.now()
    return ring


def keyed_hash(kind: str, text: str) -> bytes | None:
    """Hash of a normalised value for searching, or None for the empty value."""
    return keyring().hash(kind, text) if text else None


class EncryptedText(models.Field):
    """Text in Python, AES-256-GCM in the column. The empty string is stored as an empty value, without a key."""

    empty_values = (None, "")

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        return None if value is None else Binary(self.sealed(value))

    @staticmethod
    def sealed(text: str) -> bytes:
        """What the column holds for a text; nothing for the empty one."""
        return keyring().seal(text) if text else b""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        if value is None:
            return None
        raw = bytes(value)
        return keyring().open(raw) if raw else ""

    def value_to_string(self, obj: models.Model) -> str:
        raise NotImplementedError("encrypted values are not serialised")


class EncryptedBytes(EncryptedText):
    """The same for what is no text: bytes in Python."""

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        return None if value is None else Binary(keyring().seal_bytes(value) if value else b"")

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:  # type: ignore[override]
        if value is None:
            return None
        raw = bytes(value)
        return keyring().open_bytes(raw) if raw else b""
