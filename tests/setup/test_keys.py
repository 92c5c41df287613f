"""The file of keys: new ones are seen at once, and an old one is not taken away while it is needed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config import env
from config.keys import cli as keys
from config.setup.folders import SetupProblem, read_json, write_private_json


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A deployment whose keys lie in a file."""
    path = tmp_path / "secrets.json"
    monkeypatch.setenv("XINQIAO_SECRETS_FILE", str(path))
    monkeypatch.setenv("XINQIAO_TEST", "0")
    monkeypatch.setenv("XINQIAO_MODE", "production")
    values = env._test_values() | {"field_keys": env._test_values()["field_keys"].replace("t1:", "k1:")}
    write_private_json(path, values)
    return path


def test_new_keys_are_written_first_and_seen_by_a_running_process(kept: Path) -> None:
    ring = env.LiveKeyring(env.secrets())
    sealed = ring.now().seal("甲")
    assert ring.current == "k1"
    assert keys.new(argparse.Namespace()) == 0
    assert (ring.current, list(ring.now().keys)) == ("k2", ["k2", "k1"])
    assert ring.now().open(sealed) == "甲"
    assert set(ring.now().next_hash_keys or {}) == set(env.HASH_KINDS)
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_second_change_waits_for_the_first(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys.new(argparse.Namespace())
    before = kept.read_text()
    assert keys.new(argparse.Namespace()) == 1
    assert kept.read_text() == before
    assert "还没有完成" in capsys.readouterr().err


def test_the_hash_keys_change_place_in_the_file(kept: Path) -> None:
    keys.new(argparse.Namespace())
    coming = json.loads(kept.read_text())["next_hash_keys"]
    keys._switch_file()
    after = read_json(kept) or {}
    assert (after["hash_keys"], "next_hash_keys" in after) == (coming, False)


def test_keys_from_the_environment_are_changed_there(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINQIAO_FIELD_KEYS", str(env._test_values()["field_keys"]))
    with pytest.raises(SetupProblem, match="environment"):
        keys.new(argparse.Namespace())


@pytest.mark.parametrize(
    ("key", "used", "code"),
    [("k1", {"registry_person.phone": 3}, 1), ("k2", {}, 1), ("k7", {}, 1), ("k1", {}, 0)],
)
def test_a_key_is_retired_only_when_nothing_uses_it(
    key: str, used: dict[str, int], code: int, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xinqiao.registry import rotation

    keys.new(argparse.Namespace())
    recorded: list[Any] = []
    said: Callable[..., None] = lambda *what: recorded.append(what)  # noqa: E731
    monkeypatch.setattr(rotation, "uses", lambda one: used)
    monkeypatch.setattr(rotation, "pending", dict)
    monkeypatch.setattr(keys, "_record", said)
    assert keys.retire(argparse.Namespace(key=key)) == code
    left = [part.partition(":")[0] for part in str((read_json(kept) or {})["field_keys"]).split(",")]
    assert left == (["k2"] if code == 0 else ["k2", "k1"])
    assert bool(recorded) == (code == 0)
