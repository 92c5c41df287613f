"""`python -m config.setup.browser`: chromium and Chinese fonts for the browser journeys.

Debian's own packages, installed when this is root and apt works; otherwise one sentence says what to install. Nothing
here downloads a browser of its own. Standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from config.setup.folders import SetupProblem

PACKAGES = ("chromium", "fonts-noto-cjk")
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def chromium() -> str:
    """Path of a browser; SetupProblem says what to install when there is none. Tests fail with that sentence."""
    given = os.environ.get("XINQIAO_CHROMIUM", "").strip()
    candidates = [given] if given else [f"/usr/bin/{NAMES[0]}", *NAMES]
    for name in candidates:
        found = shutil.which(name)
        if found:
            return found
    raise SetupProblem(
        "Browser tests need chromium: install it (Debian: `apt-get install chromium fonts-noto-cjk`)"
        " or name a browser in XINQIAO_CHROMIUM."
    )


def chinese_fonts() -> None:
    """SetupProblem when no font of this machine can draw Chinese."""
    lister = shutil.which("fc-list")
    fonts = ""
    if lister:
        fonts = subprocess.run([lister, ":lang=zh-cn"], capture_output=True, text=True, check=False).stdout
    if not fonts.strip():
        raise SetupProblem(
            "Browser tests need Chinese fonts: install them (Debian: `apt-get install fonts-noto-cjk`)."
        )


def missing() -> list[str]:
    """Sentences about what is not there."""
    said = []
    for ask in (chromium, chinese_fonts):
        try:
            ask()
        except SetupProblem as problem:
            said.append(str(problem))
    return said


def install() -> None:
    """By apt, as root only. A failure is no error here: `missing()` then says what to do by hand."""
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or not apt:
        return
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    patience = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3", "-qq"]
    print(f"{' and '.join(PACKAGES)} …", flush=True)
    for step in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(
            [apt, *patience, *step],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            print(f"apt-get {step[0]} failed: {last}", file=sys.stderr)


def main() -> int:
    if missing():
        install()
    for sentence in missing():
        print(sentence, file=sys.stderr)
    # The tests that need it fail with the same sentence; everything else can still be tested.
    return 0


if __name__ == "__main__":
    sys.exit(main())
