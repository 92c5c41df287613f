"""`xinqiao figures`: JSON, lines, and refusals as sentences."""

from __future__ import annotations

import argparse
import json
from datetime import date

import pytest

from tests.factories.county import COUNTY, NORTH, NORTH_1, SOUTH, County
from xinqiao.indicators import cli
from xinqiao.indicators.declarations import catalogue
from xinqiao.indicators.tests.populations import PLAIN, V, write
from xinqiao.places.queries import forget


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    cli.add(parser.add_subparsers())
    options = parser.parse_args(["figures", *words])
    return int(options.run(options))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    forget()
    monkeypatch.setenv("XINQIAO_TODAY", "2026-11-21")


def test_json_gives_each_measure_with_its_numbers_variant_and_source(
    county: County, capsys: pytest.CaptureFixture[str]
) -> None:
    write([PLAIN.but(visits=(V(date(2026, 10, 9)),)), PLAIN, PLAIN], county.institutions[NORTH])
    assert run("--division", COUNTY[:6], "--on", "2026-11-21", "--json", "--children") == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["as_of"], body["division"], body["name"]) == ("2026-11-21", COUNTY, "双桥县")
    assert [m["key"] for m in body["measures"]] == list(catalogue().measures)
    rate = next(m for m in body["measures"] if m["key"] == "management_rate")
    assert rate["numerator"] == 1
    assert rate["denominator"] == 3
    assert rate["value"] == "33.33"
    assert rate["unit"] == "%"
    assert rate["variant"] == "year"
    assert rate["source"]
    assert [c["division"] for c in body["children"]] == [NORTH, SOUTH]
    empty = next(m for m in body["children"][1]["measures"] if m["key"] == "management_rate")
    assert (empty["numerator"], empty["denominator"], empty["value"]) == (0, 0, None)


def test_lines_are_for_people(county: County, capsys: pytest.CaptureFixture[str]) -> None:
    write([PLAIN], county.institutions[NORTH])
    assert run("--division", NORTH_1, "--all-variants") == 0
    out = capsys.readouterr().out
    assert "柳树村" in out
    assert "口径：" in out
    assert "—" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--division", "12345"), "2、4、6、9 或 12 位"),
        (("--division", "990199"), "没有代码为 990199000000 的地区"),
        (("--division", "9901", "--on", "2026-02-30"), "YYYY-MM-DD"),
        (("--division", "9901", "--on", "2026-W06-2"), "YYYY-MM-DD"),
        (("--division", "9901", "--on", "2026-11-22"), "晚于今天"),
        (("--division", "9901", "--on", "0001-01-01"), "早于 2004-01-01"),
    ],
)
def test_wrong_usage_is_a_sentence_and_exit_2(
    county: County, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert run(*words) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""
