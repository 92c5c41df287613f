"""`python -m config.setup.lock`: writes the locks in `requirements/` anew. They name no index and no machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from config.setup.folders import ROOT

UV = Path(sys.executable).parent / "uv"
OPTIONS = ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--universal"]
OPTIONS += ["--python-version", "3.11", "--quiet", "--upgrade"]
LOCKS = {
    "base": ["pyproject.toml"],
    "dev": ["pyproject.toml", "--extra", "dev"],
    "uv": ["requirements/uv.in"],
    "build": ["requirements/build.in"],
    "postgres": ["requirements/postgres.in"],
}


def main() -> int:
    for name, source in LOCKS.items():
        command = [str(UV), "pip", "compile", *source, *OPTIONS, "-o", f"requirements/{name}.lock"]
        code = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
