"""Python and the browser answer alike: Node runs the vectors that Python wrote (`tests/setup/test_docs.py` keeps them fresh)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent


def test_node_answers_every_vector_alike() -> None:
    node = shutil.which("node")
    assert node, "Node 20 or newer is needed for this test: install it and run again"
    done = subprocess.run(
        [node, "--test", str(HERE / "rules.test.mjs")],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "# fail 0" in done.stdout or "fail 0" in done.stdout
