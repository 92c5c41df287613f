"""A sealed file: everything after its first line is AES-256-GCM under a key drawn from a passphrase.

    {"xinqiao": 1, "salt": …, "n": …, "check": …}\\n
    then frames: 4 bytes length, then the sealed text of up to one mebibyte; the last frame is marked as such

Frames are numbered in what is authenticated, so that none can be left out, doubled or put elsewhere, and a file that ends early
is known by the missing last one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.setup.folders import SetupProblem

FRAME = 1 << 20
#: scrypt's cost: about 64 MiB and a quarter of a second.
COST = 1 << 16
_CHECK = b"xinqiao-backup-check"


def seal(
    out: BinaryIO, parts: Iterator[bytes], passphrase: str, *, tell: Callable[[int], None] | None = None
) -> None:
    """Write `parts` one after another, sealed."""
    salt = os.urandom(16)
    key = _key(passphrase, salt, COST)
    check = AESGCM(key).encrypt(_nonce(2**64 - 1), _CHECK, b"check")
    head = {"xinqiao": 1, "salt": _text(salt), "n": COST, "check": _text(check)}
    out.write(json.dumps(head).encode() + b"\n")
    cipher, number, waiting, done = AESGCM(key), 0, b"", 0
    for part in parts:
        waiting += part
        while len(waiting) > FRAME:
            _frame(out, cipher, number, waiting[:FRAME], last=False)
            waiting, number, done = waiting[FRAME:], number + 1, done + FRAME
            if tell is not None:
                tell(done)
    _frame(out, cipher, number, waiting, last=True)


def opened(source: BinaryIO, passphrase: str) -> Iterator[bytes]:
    """What was sealed, frame by frame. SetupProblem says whether the passphrase is wrong or the file is damaged."""
    line = source.readline(4096)
    try:
        head = json.loads(line)
        salt, cost, check = _bytes(head["salt"]), int(head["n"]), _bytes(head["check"])
        if head["xinqiao"] != 1 or not 2**14 <= cost <= 2**20 or cost & (cost - 1):
            raise ValueError
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise SetupProblem("这不是心桥的备份文件，或文件开头已损坏。") from None
    key = _key(passphrase, salt, cost)
    try:
        AESGCM(key).decrypt(_nonce(2**64 - 1), check, b"check")
    except InvalidTag:
        raise SetupProblem("口令不对（或文件开头已损坏），没有恢复任何内容。") from None
    cipher, number = AESGCM(key), 0
    while True:
        head4 = source.read(4)
        if len(head4) < 4:
            raise SetupProblem("备份文件不完整：后半部分缺失，没有恢复任何内容。")
        length = struct.unpack(">I", head4)[0]
        sealed = source.read(length) if length <= FRAME + 64 else b""
        if len(sealed) != length:
            raise SetupProblem("备份文件不完整：后半部分缺失或已损坏，没有恢复任何内容。")
        for last in (False, True):
            try:
                plain = cipher.decrypt(_nonce(number), sealed, _about(number, last))
                break
            except InvalidTag:
                continue
        else:
            raise SetupProblem("备份文件已损坏，没有恢复任何内容。")
        yield plain
        if last:
            if source.read(1):
                raise SetupProblem("备份文件结尾多出内容，没有恢复任何内容。")
            return
        number += 1


def _frame(out: BinaryIO, cipher: AESGCM, number: int, plain: bytes, *, last: bool) -> None:
    sealed = cipher.encrypt(_nonce(number), plain, _about(number, last))
    out.write(struct.pack(">I", len(sealed)) + sealed)


def _about(number: int, last: bool) -> bytes:
    return f"{number}{'.' if last else ''}".encode()


def _nonce(number: int) -> bytes:
    # A key is used for one file only, so counting is enough.
    return number.to_bytes(12, "big")


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=cost, r=8, p=1, maxmem=256 * cost * 8, dklen=32)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(value: str) -> bytes:
    return base64.b64decode(value, validate=True)
