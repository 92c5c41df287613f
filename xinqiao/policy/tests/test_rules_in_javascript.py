"""Python and the browser answer alike: generated files are fresh, and Node runs the same vectors."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from xinqiao.followup.rules import bundle, vectors

HERE = Path(__file__).parent


def test_the_rules_the_page_reads_are_written_from_the_yaml() -> None:
    again = "run: python -m xinqiao.followup.rules.bundle"
    assert bundle.TARGET.read_text(encoding="utf-8") == bundle.text(), again


def test_the_shared_vectors_are_what_python_answers() -> None:
    again = "run: python -m xinqiao.followup.rules.vectors xinqiao/policy/tests/vectors.json"
    assert (HERE / "vectors.json").read_text(encoding="utf-8") == vectors.text(), again


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
