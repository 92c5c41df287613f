"""`make docs`: writes every generated page and data file anew; tests fail when one of them is not as it should be."""

from __future__ import annotations

import subprocess
import sys

#: Modules that write a committed file, each with its arguments, in the order in which they need each other.
GENERATORS: tuple[tuple[str, ...], ...] = (
    ("xinqiao.followup.rules.bundle",),
    ("xinqiao.followup.rules.vectors", "xinqiao/policy/tests/vectors.json"),
    ("xinqiao.policy.clause_page",),
    ("xinqiao.indicators.figures_page",),
    ("xinqiao.accounts.roles_page",),
    ("xinqiao.registry.cycle_page",),
    ("xinqiao.clocks.clocks_page",),
)


def main() -> int:
    """Run each generator; 1 when one failed."""
    failed = 0
    for module, *arguments in GENERATORS:
        print(module, flush=True)  # noqa: T201 -- this is a command
        failed |= subprocess.run([sys.executable, "-m", module, *arguments], check=False).returncode
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
