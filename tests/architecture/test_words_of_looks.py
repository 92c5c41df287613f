"""Every way and every purpose of a look has words: the person reads them on the own summary."""

from __future__ import annotations

import re
from pathlib import Path

from xinqiao.audit.words import LOOKS, PURPOSES, purpose_words

ROOT = Path(__file__).resolve().parents[2]


def _written(name: str) -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "xinqiao").rglob("*.py"):
        if "tests" not in path.parts:
            text = path.read_text(encoding="utf-8")
            for call in re.findall(r"audit\.read\((.*?)\n? *\)\n", text, re.S):
                found |= set(re.findall(rf'{name}="([a-z_]+)"', call))
    return found


def test_ways_and_purposes_are_told_in_words() -> None:
    assert _written("kind") - set(LOOKS) == set()
    assert _written("purpose") - set(PURPOSES) == set()


def test_no_code_is_shown_for_a_purpose_and_what_somebody_wrote_stands() -> None:
    """The person reads this on paper: what was opened from a figure, a part that was printed, a list by its key."""
    for code in (
        "balance.moved_in",
        "registered.numerator",
        "print_personal",
        "visits_backup",
        "overdue_national",
        "care",
    ):
        assert not purpose_words(code).isascii(), code
    assert purpose_words("迎检包：省级督导") == "迎检包：省级督导"
    assert purpose_words("") == ""
