"""The files: the same bytes for the same arguments, and every planted fault is on the list."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from config.cli import main
from xinqiao.followup.rules.fields import FIELDS as VISIT_FIELDS
from xinqiao.registry.rules.fields import FIELDS as PERSON_FIELDS
from xinqiao.synth.dirt import KINDS
from xinqiao.synth.spec import Spec
from xinqiao.synth.workbooks import write

SMALL = Spec(people=60, seed=5, on=date(2026, 11, 21))
FILES = ("register.xlsx", "visits.xlsx", "truth.json")


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(replace(SMALL, dirty=0.05), tmp_path / name)
    for file in FILES:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def _grid(path: Path) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_the_faults_in_the_files_are_the_faults_on_the_list(tmp_path: Path) -> None:
    spec = replace(SMALL, people=200)
    write(spec, tmp_path / "clean")
    write(replace(spec, dirty=0.25), tmp_path / "dirty")
    truth = json.loads((tmp_path / "dirty" / "truth.json").read_text(encoding="utf-8"))
    assert {fault["kind"] for fault in truth["faults"]} == set(KINDS)
    for file in FILES[:2]:
        clean, dirty = _grid(tmp_path / "clean" / file), _grid(tmp_path / "dirty" / file)
        listed = [fault for fault in truth["faults"] if fault["file"] == file]
        repeated = {fault["row"]: fault["of_row"] for fault in listed if fault["kind"] == "repeated_row"}
        assert all(dirty[row - 1] == dirty[of_row - 1] for row, of_row in repeated.items())
        kept = [(n, row) for n, row in enumerate(dirty, 1) if n not in repeated]
        assert len(kept) == len(clean)
        different = {
            (n, openpyxl.utils.get_column_letter(index))
            for (n, row), meant in zip(kept, clean, strict=True)
            for index, (cell, right) in enumerate(zip(row, meant, strict=True), 1)
            if cell != right or type(cell) is not type(right)
        }
        assert different == {(f["row"], f["column"]) for f in listed if f["kind"] != "repeated_row"}


def test_a_clean_county_has_no_faults(tmp_path: Path) -> None:
    write(SMALL, tmp_path)
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert truth["faults"] == truth["duplicates"] == []


def test_headings_are_the_labels_of_the_registers_and_appear_once(tmp_path: Path) -> None:
    write(SMALL, tmp_path)
    people, visits = _grid(tmp_path / "register.xlsx")[0], _grid(tmp_path / "visits.xlsx")[0]
    assert set(people) <= {field.label for field in PERSON_FIELDS.values()}
    assert {field.label for field in PERSON_FIELDS.values() if field.core} - {"无证件或不详的原因"} <= set(
        people
    )
    assert set(visits) - {"用药1", "用药2", "用药3", "证件号码", "姓名"} <= {
        field.label for field in VISIT_FIELDS.values()
    }
    assert len(set(people)) == len(people)
    assert len(set(visits)) == len(visits)


def test_the_command_writes_the_preset_of_a_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(
            [
                "synth",
                "--people",
                "20",
                "--seed",
                "2",
                "--on",
                "2024-02-29",
                "--division",
                "9902",
                "--out",
                str(tmp_path),
            ]
        )
        == 0
    )
    assert "20 people" in capsys.readouterr().out
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert set(truth["on"]) == {"2024-02-29"}
    assert all(code.startswith("9902") for code in truth["places"])


def test_arguments_that_do_not_fit_together_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["synth", "--out", str(tmp_path)]) == 2
    assert "--on is missing" in capsys.readouterr().err
    assert main(["synth", "--shift-to", "2026-01-01", "--out", str(tmp_path)]) == 2
    assert main(["synth", "--on", "2026-01-01", "--division", "770000", "--out", str(tmp_path)]) == 2
