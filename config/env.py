"""What the environment says: the mode, the day, the secrets. Environment first, then `var/`.

Modes: `demo` (made by `make demo`, keeps its secrets in `var/`), `test` (fixed secrets, private cluster) and
`production` (everything is given; a missing secret is a refusal). Standard library only.
"""

from __future__ import annotations

import base64
import fcntl
import os
import secrets as random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.setup.folders import SetupProblem, read_json, var, write_private_json
from xinqiao.kernel.secrets import Keyring

HASH_KINDS = ("id", "last4", "phone")


@dataclass(frozen=True)
class Secrets:
    """Django's key, the field keys by key id (32 bytes each) and which one is written with, the hash keys by kind,
    and those that a change of keys under way goes over to."""

    secret_key: str
    field_keys: dict[str, bytes]
    current_field_key: str
    hash_keys: dict[str, bytes]
    next_hash_keys: dict[str, bytes] | None = None

    def __repr__(self) -> str:
        return "Secrets(…)"


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value not in {"0", "1", "true", "false", "yes", "no"}:
        raise SetupProblem(f"{name} is {value!r}; it must be 1 or 0.")
    return value in {"1", "true", "yes"}


def listed(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in text(name).split(",") if part.strip()] or list(default)


def is_test() -> bool:
    """pytest, or a process that says so; a type checker reads the settings too and must not need a secret."""
    if "XINQIAO_TEST" in os.environ:
        return flag("XINQIAO_TEST")
    return "pytest" in sys.modules or "mypy" in sys.modules


def demo_file() -> Path:
    return var() / "demo.json"


def mode() -> str:
    """`demo`, `test` or `production`; a checkout that holds a demo answers demo unless told otherwise."""
    if is_test():
        return "test"
    said = text("XINQIAO_MODE")
    if said:
        if said not in {"demo", "test", "production"}:
            raise SetupProblem(f"XINQIAO_MODE is {said!r}; it must be demo, test or production.")
        return said
    return "demo" if demo_file().exists() else "production"


def today_setting() -> str:
    """The demo's day as ISO date, or "" for the machine's own clock."""
    said = text("XINQIAO_TODAY")
    if said or mode() != "demo":
        return said
    return str((read_json(demo_file()) or {}).get("today", ""))


def prepare() -> None:
    """Hand the demo's kept day to whoever reads XINQIAO_TODAY (the kernel knows nothing of `var/`)."""
    day = today_setting()
    if day:
        os.environ.setdefault("XINQIAO_TODAY", day)


def secrets() -> Secrets:
    """The keys of this deployment.

    From XINQIAO_SECRET_KEY, XINQIAO_FIELD_KEYS (`id:base64,id:base64`, the first one writes) and XINQIAO_HASH_KEYS
    (`id:base64,last4:base64,phone:base64`, XINQIAO_NEXT_HASH_KEYS likewise while keys are changed); else from
    `var/secrets.json`, which demo mode makes at first start.
    Raises SetupProblem naming what is missing.
    """
    if mode() == "test":
        return _parse(_test_values())
    path = secrets_file()
    kept: dict[str, Any] = read_json(path) or {}
    if not kept and mode() == "demo":
        kept = _make(path)
    values = {
        "secret_key": text("XINQIAO_SECRET_KEY") or kept.get("secret_key", ""),
        "field_keys": text("XINQIAO_FIELD_KEYS") or kept.get("field_keys", ""),
        "hash_keys": text("XINQIAO_HASH_KEYS") or kept.get("hash_keys", ""),
    }
    missing = [f"XINQIAO_{name.upper()}" for name, value in values.items() if not value]
    values["next_hash_keys"] = text("XINQIAO_NEXT_HASH_KEYS") or kept.get("next_hash_keys", "")
    if missing:
        raise SetupProblem(
            f"Not set: {', '.join(missing)}; give them in the environment or in {path}"
            " (`make demo` makes its own, for made-up people only)."
        )
    return _parse(values)


def secrets_file() -> Path:
    """Where the keys lie that are not given in the environment."""
    return Path(text("XINQIAO_SECRETS_FILE") or var() / "secrets.json")


class LiveKeyring:
    """The deployment's keys as they are now. A change in the secrets file is seen at the next use, so that every process goes
    over to new keys at once; keys from the environment stay until the process is started again."""

    def __init__(self, given: Secrets) -> None:
        self._path = None if is_test() or text("XINQIAO_FIELD_KEYS") else secrets_file()
        self._seen = self._stamp()
        self._ring = _ring(given)

    def now(self) -> Keyring:
        """The keys; reading the file's time costs about a microsecond."""
        if self._path is not None and (stamp := self._stamp()) != self._seen:
            self._ring, self._seen = _ring(secrets()), stamp
        return self._ring

    def _stamp(self) -> tuple[int, int]:
        try:
            known = self._path.stat() if self._path is not None else None
        except FileNotFoundError:
            known = None
        return (known.st_mtime_ns, known.st_ino) if known is not None else (0, 0)

    @property
    def current(self) -> str:
        """The id of the key that writes."""
        return self.now().current


def _ring(known: Secrets) -> Keyring:
    return Keyring(known.field_keys, known.current_field_key, known.hash_keys, known.next_hash_keys)


def _make(path: Path) -> dict[str, Any]:
    lock = os.open(var() / "secrets.lock", os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(lock, "w") as held:
        # Two processes starting together must not encrypt with two keys.
        fcntl.flock(held, fcntl.LOCK_EX)
        kept = read_json(path)
        if kept:
            return kept
        values = {
            "secret_key": random.token_urlsafe(50),
            "field_keys": "k1:" + base64.b64encode(random.token_bytes(32)).decode(),
            "hash_keys": ",".join(
                f"{k}:" + base64.b64encode(random.token_bytes(32)).decode() for k in HASH_KINDS
            ),
        }
        write_private_json(path, values)
        return values


def test_environment() -> dict[str, str]:
    """The test secrets as environment variables: a server started by a test must open what the test has sealed."""
    return {f"XINQIAO_{name.upper()}": str(value) for name, value in _test_values().items()}


def _test_values() -> dict[str, Any]:
    def fixed(byte: int) -> str:
        return base64.b64encode(bytes([byte]) * 32).decode()

    return {
        "secret_key": "for-tests-only-" + "x" * 40,
        "field_keys": f"t1:{fixed(1)}",
        "hash_keys": ",".join(f"{kind}:{fixed(10 + n)}" for n, kind in enumerate(HASH_KINDS)),
    }


def _parse(values: dict[str, Any]) -> Secrets:
    field_keys = _keys("XINQIAO_FIELD_KEYS", str(values["field_keys"]))
    hash_keys = _keys("XINQIAO_HASH_KEYS", str(values["hash_keys"]))
    absent = [kind for kind in HASH_KINDS if kind not in hash_keys]
    if absent:
        raise SetupProblem(f"XINQIAO_HASH_KEYS lacks {', '.join(absent)}.")
    coming = str(values.get("next_hash_keys") or "")
    next_keys = _keys("XINQIAO_NEXT_HASH_KEYS", coming) if coming else None
    if next_keys is not None and set(next_keys) != set(HASH_KINDS):
        raise SetupProblem(f"XINQIAO_NEXT_HASH_KEYS must hold {', '.join(HASH_KINDS)}.")
    return Secrets(str(values["secret_key"]), field_keys, next(iter(field_keys)), hash_keys, next_keys)


def _keys(name: str, value: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for part in value.split(","):
        key_id, colon, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not (key_id and colon and len(key) == 32):
            raise SetupProblem(f"{name} must be `id:base64` of 32 bytes each, with commas between.")
        keys[key_id] = key
    return keys
