"""Counties made once for all tests of this folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from xinqiao.synth.generate import generate
from xinqiao.synth.model import PersonTruth
from xinqiao.synth.spec import Spec
from xinqiao.synth.workbooks import write

HELAN = Spec(people=1356, seed=1, on=date(2020, 12, 31), division="640122", preset="helan-2020")
COUNTY = Spec(people=1500, seed=7, on=date(2026, 11, 21))


@pytest.fixture(scope="session")
def helan() -> list[PersonTruth]:
    return list(generate(HELAN))


@pytest.fixture(scope="session")
def county_people() -> list[PersonTruth]:
    return list(generate(COUNTY))


@pytest.fixture(scope="session")
def helan_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("helan")
    write(HELAN, folder)
    return folder
