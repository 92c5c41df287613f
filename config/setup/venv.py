"""`python3 -m config.setup.venv`: the virtual environment `.venv` from the hash-pinned lock. Standard library only.

pip installs uv by hash, uv installs the rest (seconds instead of a minute); where uv cannot (another index in pip's
own configuration, no wheel of uv), pip installs the same lock.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from config.setup.folders import ROOT, SetupProblem, ending

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = ROOT / "requirements"
STAMP = VENV / ".xinqiao"

Command = list[str | Path]


def wanted() -> str:
    """Changes when a lock, the package's own description or the interpreter does."""
    digest = hashlib.sha256(sys.version.encode())
    for path in (LOCKS / "uv.lock", LOCKS / "build.lock", LOCKS / "dev.lock", ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    # The editable install points at this folder; a moved checkout needs a new one.
    digest.update(str(ROOT).encode())
    return digest.hexdigest()


def ready() -> bool:
    return STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted() and PYTHON.exists()


def make() -> None:
    """Make or renew `.venv`; SetupProblem says in one sentence what is missing on this machine."""
    if sys.version_info < (3, 11):  # noqa: UP036 -- this runs under whatever python3 the machine has
        raise SetupProblem(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    if not _works():
        # pip comes out of ensurepip, which Debian keeps in a package of its own.
        if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
            raise SetupProblem(
                "Python's venv module is missing; install it (Debian: `apt-get install python3-venv`)."
            )
        shutil.rmtree(VENV, ignore_errors=True)
        if _run([sys.executable, "-m", "venv", VENV]) != 0:
            raise SetupProblem(f"A virtual environment could not be made in {VENV}.")
    pip: Command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    uv = VENV / "bin" / "uv"
    if _run([*pip, "--require-hashes", "-r", LOCKS / "uv.lock"]) != 0:
        print("uv could not be installed; pip goes on alone.", file=sys.stderr)
    with_uv: Command = [uv, "pip", "install", "--quiet", "--python", PYTHON]
    # setuptools only writes the link to this checkout; it must not be fetched again in a build room of its own.
    steps: list[Command] = [
        ["--require-hashes", "-r", LOCKS / "build.lock", "-r", LOCKS / "dev.lock"],
        ["--no-deps", "--no-build-isolation", "--editable", ROOT],
    ]
    for rest in steps:
        if uv.exists() and _run([*with_uv, *rest]) == 0:
            continue
        if _run([*pip, *rest]) != 0:
            raise SetupProblem(
                "The Python packages could not be installed; the lines above say which and why."
            )
    STAMP.write_text(wanted(), encoding="ascii")


def _works() -> bool:
    return PYTHON.exists() and _run([PYTHON, "-c", "import pip"], quiet=True) == 0


def _run(command: Command, *, quiet: bool = False) -> int:
    output = subprocess.DEVNULL if quiet else None
    environment = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PYTHONHOME"}}
    return subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=environment, stdout=output, stderr=output, check=False
    ).returncode


def main() -> int:
    """Make it when it is not ready."""
    if not ready():
        print("Python packages …", flush=True)
        make()
    return 0


if __name__ == "__main__":
    sys.exit(ending(main))
