"""Field encryption (AES-256-GCM) and keyed hashes. Keys come from the caller's configuration, never from here.

A ciphertext is `1 byte format | 1 byte length of the key id | key id | 12 bytes nonce | ciphertext and tag`: the key id
inside lets rotation run beside normal work. Hashes of a whole ID number, its last four characters and a phone number use
separate keys, so that one index says nothing about another.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = 1
HASH_KINDS = frozenset({"id", "last4", "phone"})


class SecretsUnreadable(Exception):
    """A stored value cannot be opened with any key at hand."""


@dataclass(frozen=True)
class Keyring:
    """`keys`: key id → 32 bytes; `current` encrypts; `hash_keys`: one key per kind of hash. `next_hash_keys`
    are those that a rotation under way goes over to."""

    keys: dict[str, bytes]
    current: str
    hash_keys: dict[str, bytes]
    next_hash_keys: dict[str, bytes] | None = None

    def seal(self, text: str) -> bytes:
        """Encrypt with the current key."""
        return self.seal_bytes(text.encode())

    def seal_bytes(self, data: bytes) -> bytes:
        """The same for what is no text: a scan."""
        nonce = os.urandom(12)
        key_id = self.current.encode()
        head = bytes((FORMAT, len(key_id))) + key_id
        return head + nonce + _cipher(self.keys[self.current]).encrypt(nonce, data, head)

    def open(self, sealed: bytes) -> str:
        """Decrypt with the key named inside; SecretsUnreadable when it is not at hand or the value was changed."""
        try:
            return self.open_bytes(sealed).decode()
        except UnicodeDecodeError as error:
            raise SecretsUnreadable("not a text") from error

    def open_bytes(self, sealed: bytes) -> bytes:
        """The same for what is no text."""
        size = 2 + sealed[1] if len(sealed) > 2 and sealed[0] == FORMAT else 0
        head, nonce, body = sealed[:size], sealed[size : size + 12], sealed[size + 12 :]
        key = self.keys.get(head[2:].decode("ascii", "replace")) if size else None
        if key is None:
            raise SecretsUnreadable("unknown key id or format")
        try:
            return _cipher(key).decrypt(nonce, body, head)
        except (InvalidTag, ValueError) as error:
            raise SecretsUnreadable("wrong key or damaged value") from error

    def hash(self, kind: str, text: str) -> bytes:
        """16 bytes; `text` must already be normalised by the caller."""
        if kind not in HASH_KINDS:
            raise ValueError(f"unknown kind of hash: {kind!r}")
        return _hash(self.hash_keys[kind], text)

    def next_hash(self, kind: str, text: str) -> bytes:
        """The same under the keys that a rotation goes over to."""
        if self.next_hash_keys is None:
            raise ValueError("no rotation of hash keys is under way")
        return _hash(self.next_hash_keys[kind], text)


def key_id_of(sealed: bytes) -> str:
    """Which key a stored value names; "" for an empty value or another format."""
    if len(sealed) < 2 or sealed[0] != FORMAT:
        return ""
    return sealed[2 : 2 + sealed[1]].decode("ascii", "replace")


def _hash(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), hashlib.sha256)[:16]


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)
