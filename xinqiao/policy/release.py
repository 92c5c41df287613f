"""The lock of released rows: `python -m xinqiao.policy.release` adds lines for rows that are new.

A released row is never edited. When one truly must be restated, `--restate "reason"` adds a second line for it: the
lock only grows, so the change and its reason stay visible.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .loader import DATA, Released, released

LOCK = DATA / "released.lock"


def current(rules: Released | None = None) -> dict[str, str]:
    """Row key ("thing area date") → fingerprint, of every released row."""
    source = rules or released()
    return {row.key: row.fingerprint() for name in source.names() for row in source.thing(name).rows}


def locked(path: Path = LOCK) -> dict[str, str]:
    """Row key → fingerprint of its newest line."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith("#"):
            key, fingerprint = line.split("  # ")[0].rsplit(" ", 1)
            found[key] = fingerprint
    return found


def differences(now: dict[str, str], then: dict[str, str]) -> list[str]:
    """What stands between the rows and the lock, one sentence each."""
    found = [f"{key}: released, but gone" for key in then if key not in now]
    found += [f"{key}: released row was changed" for key in now if key in then and now[key] != then[key]]
    return found + [f"{key}: new, not in the lock" for key in now if key not in then]


def main(arguments: list[str]) -> int:
    reason = arguments[1].strip() if len(arguments) == 2 and arguments[0] == "--restate" else ""
    now, then = current(), locked()
    changed = [key for key in now if key in then and now[key] != then[key]]
    if [key for key in then if key not in now] or (changed and not reason):
        sys.stderr.write("\n".join(differences(now, then)) + "\n")
        return 1
    with LOCK.open("a", encoding="utf-8") as lock:
        for key in now:
            if key not in then:
                lock.write(f"{key} {now[key]}\n")
            elif key in changed:
                lock.write(f"{key} {now[key]}  # {reason}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
