"""The words of the official forms in the catalogue are those the registers hold."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xinqiao.followup.rules import FIELDS as VISIT
from xinqiao.followup.rules import SECTIONS as VISIT_SECTIONS
from xinqiao.registry.choices import printed
from xinqiao.registry.rules import SECTIONS as PERSON_SECTIONS
from xinqiao.registry.rules.dated import DATED
from xinqiao.registry.rules.fields import FIELDS as PERSON
from xinqiao.web import messages

FILE = Path(__file__).resolve().parents[1] / "printed.py"


def _codes(held: Any) -> Iterator[str]:
    """The labels of all codes in a tuple or a table of tuples."""
    if isinstance(held, printed.Code):
        yield held.label
    elif isinstance(held, tuple):
        for one in held:
            yield from _codes(one)
    elif hasattr(held, "values"):
        for one in held.values():
            yield from _codes(one)


def _labels() -> set[str]:
    fields = [*VISIT.values(), *PERSON.values()]
    found = {field.label for field in fields} | {code.label for field in fields for code in field.codes}
    found |= {title for _key, title in (*VISIT_SECTIONS, *PERSON_SECTIONS)} | set(
        printed.STATE_LABELS.values()
    )
    for kind in DATED.values():
        found |= {kind.label, kind.from_label}
        for field in kind.fields:
            found |= {
                field.label,
                *(code.label for code in field.codes),
                *([field.hint] if field.hint else []),
            }
    for name, held in vars(printed).items():
        if name.isupper():
            found |= set(_codes(held))
    return found


def test_every_label_of_the_registers_is_named_for_the_catalogue() -> None:
    assert set(runpy.run_path(str(FILE))["WORDS"]) == _labels()


def test_every_label_of_the_registers_has_an_english_word() -> None:
    catalog = messages.read()
    kept = {word: catalog.get(word) for word in runpy.run_path(str(FILE))["WORDS"]}
    assert [word for word, message in kept.items() if message is None or not message.string] == []
