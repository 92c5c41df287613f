"""Where things lie. Standard library only: this runs before anything is installed."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("XINQIAO_VAR") or ROOT / "var").resolve()


class SetupProblem(Exception):
    """Something the set-up cannot do; the text is one sentence that says what would help."""


def not_yours(problem: PermissionError) -> str:
    """One sentence about a file that another user of this machine made here."""
    return (
        f"{problem.filename} belongs to another user; go on as that user, or let them run `make clean` first."
    )


def ending(work: Callable[[], int]) -> int:
    """The exit code of a command's work; what the set-up cannot do is one sentence on the error stream and a 1."""
    try:
        return work()
    except SetupProblem as problem:
        print(problem, file=sys.stderr)
    except PermissionError as problem:
        print(not_yours(problem), file=sys.stderr)
    return 1


def var() -> Path:
    """The folder of everything made on this machine; others may pass through it but not list it."""
    VAR.mkdir(mode=0o711, parents=True, exist_ok=True)
    return VAR


def short_hash(path: Path) -> str:
    """Ten hex digits that tell this checkout from another on the same machine."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]


def read_json(path: Path) -> dict[str, Any] | None:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except PermissionError:
        # Another user's private file is the same as none: this user has no key to that database.
        return None
    return value if isinstance(value, dict) else None


def write_private_json(path: Path, value: dict[str, Any]) -> None:
    """Write for this user's eyes only (0600), whole or not at all."""
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
    part.replace(path)
