"""The command line: one answer per line, whatever the line holds; and its page is true."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import cli
from xinqiao.followup.cli import answer_lines
from xinqiao.followup.rules.tests.forms import stable
from xinqiao.policy.marks import clause

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "reference" / "cli.md"


def answers(word: str, *lines: Any) -> list[dict[str, Any]]:
    raw = [line if isinstance(line, bytes) else json.dumps(line, default=str).encode() for line in lines]
    return [json.loads(text) for text in answer_lines(raw, word)]


def error(word: str, line: Any) -> tuple[str, str]:
    found = answers(word, line)[0]["error"]
    assert found["message"]
    return found["field"], found["code"]


def run(arguments: list[str], text: bytes = b"") -> tuple[int, str]:
    """Run in this process with the given standard input."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    saved = sys.stdin, sys.stdout
    sys.stdin, sys.stdout = io.TextIOWrapper(io.BytesIO(text)), out
    try:
        code = cli.main(arguments)
        out.flush()
    finally:
        sys.stdin, sys.stdout = saved
    return code, out.buffer.getvalue().decode()  # type: ignore[attr-defined]


def test_every_example_of_the_page_gives_what_the_page_prints() -> None:
    page = PAGE.read_text(encoding="utf-8")
    files = dict(re.findall(r"`(\w+\.jsonl)` holds:\n\n```json\n(.*?)```", page, flags=re.S))
    examples = re.findall(r"```console\n\$ xinqiao (.*?)\n(.*?)```", page, flags=re.S)
    assert len(examples) >= 7
    for command, printed in examples:
        words, _, name = command.partition(" < ")
        code, out = run(shlex.split(words), files[name].encode() if name else b"")
        out = re.sub(r'"policy_version": "[0-9a-f]+"', '"policy_version": "…"', out)
        assert out + (f"[exit {code}]\n" if code else "") == printed, command


def test_the_answers_keep_the_order_and_number_of_the_lines() -> None:
    found = answers("classify", stable(risk=4), b"", b"[]", stable())
    assert [item.get("visit_class", "error") for item in found] == ["1", "error", "error", "3"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"", "empty_line"), (b"   \r\n", "empty_line"), (b"{", "bad_json"), (b"1", "not_an_object"), (b"null", "not_an_object"),
        (b'{"risk": NaN}', "bad_json"), (b'{"risk": -Infinity}', "bad_json"), (b'{"risk": 1, "risk": 2}', "duplicate_key"),
        (b"\xff\xfe", "bad_encoding"), (b'{"risk": ' + b"9" * 5000 + b"}", "bad_json"), (b"[" * 100_000, "bad_json"),
        (b'{"risk": 123456789012345678901234567890}', "wrong_value"), (b"x" * 1_000_001, "too_long"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_record_is_an_error_of_its_own(line: bytes, code: str) -> None:
    assert error("classify", line)[1] == code
    assert error("due", line)[1] == code


def test_a_byte_order_mark_is_ignored_on_the_first_line_only() -> None:
    line = json.dumps(stable(), default=str).encode()
    first, second = answers("classify", b"\xef\xbb\xbf" + line, b"\xef\xbb\xbf" + line)
    assert first["visit_class"] == "3"
    assert second["error"]["code"] == "bad_json"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"danger_level": 3}, "danger_level", "unknown_key"),
        ({"risk": "3"}, "risk", "wrong_value"),
        ({"insight": None}, "insight", "missing"),
        ({"symptoms": []}, "symptoms", "missing"),
        ({"symptoms": ["0", "1"]}, "symptoms", "exclusive"),
        ({"visit_date": "2026-02-30"}, "visit_date", "wrong_value"),
        ({"visit_date": "9999-12-31"}, "visit_date", "out_of_range"),
        ({"visit_date": "2003-12-31"}, "", "policy_missing"),
        ({"division": "12345"}, "division", "wrong_value"),
        ({"division": 341022101}, "division", "wrong_value"),
        ({"past_incident": "no"}, "past_incident", "wrong_value"),
        ({"disorder": 1}, "disorder", "wrong_value"),
        ({"discharged_on": "yesterday"}, "discharged_on", "wrong_value"),
        ({"previous_visits": {}}, "previous_visits", "wrong_value"),
        ({"previous_visits": [{"visit_date": "2026-01-01"}]}, "previous_visits.0.visit_class", "missing"),
        ({"previous_visits": [{"visit_class": "1"}]}, "previous_visits.0.visit_date", "missing"),
        (
            {"previous_visits": [{"visit_date": "2026-01-01", "visit_class": 1}]},
            "previous_visits.0.visit_class",
            "wrong_value",
        ),
        (
            {"previous_visits": [{"visit_date": "2026-01-01", "visit_class": "1", "x": 1}]},
            "previous_visits.0.x",
            "unknown_key",
        ),
        (
            {"previous_visits": [{"visit_date": "2026-12-01", "visit_class": "1"}]},
            "previous_visits.0.visit_date",
            "after_visit",
        ),
        (
            {
                "previous_visits": [
                    {"visit_date": "2026-02-01", "visit_class": "1"},
                    {"visit_date": "2026-01-01", "visit_class": "1"},
                ]
            },
            "previous_visits.1.visit_date",
            "not_in_order",
        ),
    ],
)
def test_a_wrong_value_is_named_by_field_and_code(changes: dict[str, Any], field: str, code: str) -> None:
    assert error("classify", stable(**changes)) == (field, code)


@clause("N3/interval/2-first", "N3/interval/2-again")
def test_due_takes_the_class_given_and_looks_at_the_visits_before() -> None:
    line: dict[str, Any] = {"visit_date": "2026-11-01", "visit_class": "2"}
    before = [{"visit_date": "2026-10-18", "visit_class": "2"}]
    other = [{"visit_date": "2026-10-18", "visit_class": None}]
    found = answers("due", line, {**line, "previous_visits": before}, {**line, "previous_visits": other})
    assert [item["next_due_on"] for item in found] == ["2026-11-15", "2026-12-01", "2026-11-15"]
    assert error("due", {"visit_date": "2026-11-01"}) == ("risk", "missing")
    assert error("due", {"visit_class": "2"}) == ("visit_date", "missing")
    assert error("due", {}) == ("visit_date", "missing")


def test_due_without_a_visit_of_its_own_answers_about_the_last_one() -> None:
    found = answers(
        "due",
        {
            "previous_visits": [{"visit_date": "2026-08-01", "visit_class": "3"}],
            "transferred_in_on": "2026-10-20",
        },
    )
    assert found[0]["next_due_on"] == "2026-11-01"
    assert (
        answers("due", {"filed_on": "2026-01-10", "transferred_in_on": "2026-01-12"})[0]["next_due_on"]
        == "2026-01-26"
    )


@pytest.mark.parametrize("ending", [{"lost_reason": "1"}, {"death_date": "2026-10-01", "death_cause": "4"}])
def test_lost_or_dead_nothing_is_due(ending: dict[str, str]) -> None:
    found = answers("due", {"visit_date": "2026-11-01", **ending})[0]
    assert (found["visit_class"], found["next_due_on"]) == (None, None)


@given(st.lists(st.one_of(st.binary(max_size=40), st.text(max_size=40).map(str.encode)), max_size=5))
def test_any_bytes_get_exactly_one_answer_a_line(lines: list[bytes]) -> None:
    found = list(answer_lines(lines, "classify"))
    assert len(found) == len(lines)
    assert all("error" in json.loads(text) for text in found)


def test_the_command_starts_without_django_or_a_database() -> None:
    code = (
        "import sys; from config.cli import main; main(['workdays', 'add', '2026-01-01', '1']);"
        "main(['rules', 'classify']); sys.exit(any(name.split('.')[0] in ('django', 'psycopg') for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=b"",
        capture_output=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("words", [["rules"], ["rules", "guess"], ["workdays", "add", "2026-01-01"], []])
def test_wrong_usage_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("count", ["x", "1.5", "99999999", "5001", "一", ""])
def test_a_number_of_days_that_is_none_is_refused_by_name(count: str) -> None:
    code, out = run(["workdays", "add", "2026-01-01", count, "--json"])
    assert (code, json.loads(out)["error"]["field"]) == (1, "n")


@pytest.mark.parametrize("day", ["2026-W06-2", "20260203ab", "2026-2-3", "0001-01-01", "9999-12-31"])
def test_a_date_in_another_writing_or_out_of_reach_is_refused_by_name(day: str) -> None:
    for record in ({"visit_date": day, "visit_class": "3"}, {"filed_on": day}):
        answers = list(answer_lines([json.dumps(record).encode()], "due"))
        assert json.loads(answers[0])["error"]["field"] == next(iter(record))
    code, out = run(["workdays", "add", "2026-W06-2", "1", "--json"])
    assert (code, json.loads(out)["error"]["field"]) == (1, "date")
