"""What is committed about installing: pinned, hashed, and tied to no registry and no machine."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from config.setup.assets import icon_names
from config.setup.folders import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_python_package_has_a_hash_and_no_index(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    entries = [part for part in re.split(r"\n(?=\S)", text) if "==" in part.split("\n")[0]]
    assert entries
    assert [entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert not re.search(r"^\s*(--?(extra-)?index|-i |--find-links)", text, re.MULTILINE)


def test_the_npm_lock_has_digests_and_no_addresses() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    others = {name: entry for name, entry in packages.items() if name}
    assert others
    assert all(entry.get("integrity", "").startswith("sha512-") for entry in others.values())
    assert not any("resolved" in entry for entry in others.values())


def test_every_dependency_gives_its_reason_beside_it() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    bare = [
        line for line in lines if re.match(r'  "[A-Za-z0-9_.\[\],-]+[~=<>!]', line) and "  # " not in line
    ]
    assert bare == []


def test_both_locks_hold_every_dependency_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[\[~=<>! ]", one)[0].lower().replace("_", "-") for one in requirements}

    def locked(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        return set(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==", text, re.MULTILINE))

    assert names(project["dependencies"]) <= locked("base.lock")
    assert locked("base.lock") <= locked("dev.lock")
    assert names(project["optional-dependencies"]["dev"]) <= locked("dev.lock")


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    named: set[str] = set()
    for template in ROOT.glob("xinqiao/*/jinja2/**/*.html"):
        text = template.read_text(encoding="utf-8")
        named |= set(re.findall(r"""\bicon\(\s*["']([a-z0-9-]+)["']""", text))
        named |= set(re.findall(r"""\bsymbol\s*=\s*["']([a-z0-9-]+)["']""", text))
    assert named
    assert named - set(icon_names()) == set()


def test_nothing_that_set_up_makes_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("This copy is no git checkout, so its list of committed files was not read.")
    made = re.compile(r"(^|/)(\.venv|node_modules|var|staticfiles|__pycache__)/|\.mo$|\.egg-info/")
    assert [name for name in listed.stdout.splitlines() if made.search(name)] == []


def test_every_variable_that_the_set_up_reads_is_explained_to_contributors() -> None:
    read: set[str] = set()
    for source in (ROOT / "config").rglob("*.py"):
        text = source.read_text(encoding="utf-8")
        read |= set(re.findall(r"""(?:text|flag|listed|environ\.get)\(\s*"([A-Z_]*[A-Z])\"""", text))
    read = {name for name in read if name.startswith("XINQIAO_") or name.endswith("DATABASE_URL")}
    assert len(read) > 15
    explained = set(re.findall(r"`([A-Z_]+)", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert sorted(read - explained) == []
