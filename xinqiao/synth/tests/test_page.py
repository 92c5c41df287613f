"""The reference page says what the command does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from config.cli import main
from xinqiao.synth.truth import LISTS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "synth.md"


def test_the_example_of_the_page_prints_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = re.search(r"```console\n\$ xinqiao (.+?)\n(.+?)```", text, re.S)
    assert shown
    monkeypatch.chdir(tmp_path)
    assert main(shown.group(1).split()) == 0
    assert capsys.readouterr().out == shown.group(2)
    truth = json.loads((tmp_path / "county" / "truth.json").read_text(encoding="utf-8"))
    named = set(re.findall(r"^\| `(\w+)` \|", text.split("\n`truth.json`:\n")[1], re.M))
    assert named == set(truth)
    assert set(truth["on"]["2026-11-21"]["lists"]) == set(LISTS)


def test_the_page_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["synth", "--help"])
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help", "--out"}
    assert options == set(re.findall(r"^\| `(--[a-z-]+)", PAGE.read_text(encoding="utf-8"), re.M))
