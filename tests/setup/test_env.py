"""What the environment may say, and what is said back when it is wrong."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from config import env
from config.database import databases
from config.setup import state
from config.setup.folders import SetupProblem, read_json


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine where nothing is set and `var/` is empty, outside of tests."""
    monkeypatch.setattr("config.setup.folders.VAR", tmp_path / "var")
    for name in (
        "SECRET_KEY",
        "FIELD_KEYS",
        "HASH_KEYS",
        "SECRETS_FILE",
        "MODE",
        "TODAY",
        "CLUSTER",
        "DATABASE_NAME",
    ):
        monkeypatch.delenv(f"XINQIAO_{name}", raising=False)
    for name in ("DATABASE_URL", "APP_DATABASE_URL", "REPORT_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XINQIAO_TEST", "0")
    return tmp_path


def test_missing_secrets_are_refused_in_one_sentence_that_names_them(elsewhere: Path) -> None:
    with pytest.raises(SetupProblem) as refused:
        env.secrets()
    for name in ("XINQIAO_SECRET_KEY", "XINQIAO_FIELD_KEYS", "XINQIAO_HASH_KEYS"):
        assert name in str(refused.value)
    assert not (elsewhere / "var" / "secrets.json").exists()


def test_the_demo_makes_its_secrets_once_and_for_its_own_eyes(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINQIAO_MODE", "demo")
    first = env.secrets()
    assert env.secrets() == first
    path = elsewhere / "var" / "secrets.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert set(first.hash_keys) == set(env.HASH_KINDS)
    assert len({*first.hash_keys.values(), *first.field_keys.values()}) == 4
    assert first.secret_key not in repr(first)


def test_the_environment_comes_before_the_file(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINQIAO_MODE", "demo")
    kept = env.secrets()
    key = base64.b64encode(b"n" * 32).decode()
    old = base64.b64encode(kept.field_keys["k1"]).decode()
    monkeypatch.setenv("XINQIAO_FIELD_KEYS", f"k2:{key},k1:{old}")
    rotated = env.secrets()
    assert rotated.current_field_key == "k2"
    assert rotated.field_keys["k1"] == kept.field_keys["k1"]


@pytest.mark.parametrize("value", ["k1", "k1:short", ":" + base64.b64encode(b"n" * 32).decode(), "k1:!!"])
def test_a_malformed_key_is_refused_without_repeating_it(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("XINQIAO_MODE", "demo")
    env.secrets()
    monkeypatch.setenv("XINQIAO_FIELD_KEYS", value)
    with pytest.raises(SetupProblem, match="XINQIAO_FIELD_KEYS must be") as refused:
        env.secrets()
    assert value not in str(refused.value).replace("`id:base64`", "")


def test_the_demos_day_is_kept_and_the_environment_may_say_another(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert env.today_setting() == ""
    env.demo_file().write_text('{"today": "2026-11-21"}')
    assert env.mode() == "demo"
    assert env.today_setting() == "2026-11-21"
    monkeypatch.setenv("XINQIAO_TODAY", "2026-12-31")
    assert env.today_setting() == "2026-12-31"


@pytest.mark.parametrize(("name", "value"), [("XINQIAO_MODE", "prod"), ("XINQIAO_SERVING", "maybe")])
def test_a_word_that_is_not_a_choice_is_refused(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SetupProblem, match=name):
        env.mode() if name == "XINQIAO_MODE" else env.flag(name)


def test_serving_has_a_pool_for_people_and_none_for_migrations(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://o:p%40ss@db.example:6543/care?sslmode=require")
    monkeypatch.setenv("APP_DATABASE_URL", "postgresql://a:1@db.example:6543/care")
    monkeypatch.setenv("REPORT_DATABASE_URL", "postgresql://r:2@replica.example/care")
    monkeypatch.setenv("XINQIAO_SERVING", "1")
    made = databases()
    assert [made[alias]["USER"] for alias in ("default", "report", "owner")] == ["a", "r", "o"]
    assert made["owner"]["PASSWORD"] == "p@ss"
    assert (made["report"]["HOST"], made["report"]["PORT"]) == ("replica.example", "5432")
    assert made["default"]["OPTIONS"]["sslmode"] == "require"
    assert "pool" in made["default"]["OPTIONS"]
    assert "pool" not in made["owner"]["OPTIONS"]


@pytest.mark.parametrize(
    "url",
    [
        "mysql://a:hidden@b/c",
        "postgresql://b/c",
        "postgresql://a:hidden@b",
        "hidden",
        "postgresql://a:hidden@b:port/c",
    ],
)
def test_a_malformed_database_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SetupProblem, match="DATABASE_URL must") as refused:
        state.from_url(url)
    assert "hidden" not in str(refused.value)


def test_a_connection_string_survives_quotes_in_a_password() -> None:
    from psycopg.conninfo import conninfo_to_dict

    server = state.Server("url", "h", 5432, "d", {"owner": state.Login("o", "a'b\\c d")})
    assert conninfo_to_dict(server.conninfo("owner"))["password"] == "a'b\\c d"


def test_another_users_state_file_reads_as_none(tmp_path: Path) -> None:
    assert read_json(tmp_path / "absent.json") is None
