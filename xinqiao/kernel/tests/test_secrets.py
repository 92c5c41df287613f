"""Field encryption and keyed hashes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.kernel.secrets import HASH_KINDS, Keyring, SecretsUnreadable

HASHES = {kind: bytes([n]) * 32 for n, kind in enumerate(sorted(HASH_KINDS), start=1)}
RING = Keyring({"k1": b"a" * 32, "k2": b"b" * 32}, "k2", HASHES)


@given(st.text(max_size=200))
def test_what_was_sealed_opens_to_the_same_text(text: str) -> None:
    assert RING.open(RING.seal(text)) == text


def test_two_seals_of_one_text_differ() -> None:
    assert RING.seal("x") != RING.seal("x")


def test_an_older_key_still_opens_its_values() -> None:
    old = Keyring({"k1": b"a" * 32}, "k1", HASHES).seal("甲")
    assert RING.open(old) == "甲"


@pytest.mark.parametrize("position", [0, 1, 2, 5, -1])
def test_a_changed_byte_is_noticed(position: int) -> None:
    sealed = bytearray(RING.seal("990101198507081231"))
    sealed[position] ^= 1
    with pytest.raises(SecretsUnreadable):
        RING.open(bytes(sealed))


@pytest.mark.parametrize("junk", [b"", b"\x01", b"\x01\x02k2", b"\x09" * 40])
def test_junk_is_refused(junk: bytes) -> None:
    with pytest.raises(SecretsUnreadable):
        RING.open(junk)


def test_the_kinds_of_hash_do_not_meet() -> None:
    assert len({RING.hash(kind, "1234") for kind in HASH_KINDS}) == len(HASH_KINDS)
    with pytest.raises(ValueError, match="unknown kind"):
        RING.hash("name", "张")
