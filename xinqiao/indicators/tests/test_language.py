"""The language of declarations: what it lets through, and that both readings agree."""

from __future__ import annotations

import pytest

from xinqiao.indicators.language import LanguageError, evaluate, parse, to_sql

TYPES: dict[str, type] = {"alive": bool, "visits": int, "place": str}


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("alive and not visits > 3", "(alive and (not (visits > 3)))"),
        ("place in ('a', 'b') or visits != 0", "((place in ('a', 'b')) or (visits <> 0))"),
        ("place not in ('a', 'b')", "(place not in ('a', 'b'))"),
        ("place == ''", "(place = '')"),
    ],
)
def test_an_expression_reads_the_same_in_sql(text: str, sql: str) -> None:
    assert to_sql(parse(text, TYPES), lambda name: name) == sql


def test_an_expression_is_evaluated_name_by_name() -> None:
    expression = parse("alive and visits >= 2 and place in ('a', 'c')", TYPES)
    values = {"alive": True, "visits": 2, "place": "c"}
    assert evaluate(expression, values.__getitem__)
    assert not evaluate(expression, (values | {"visits": 1}).__getitem__)
    assert not evaluate(expression, (values | {"place": "b"}).__getitem__)


@pytest.mark.parametrize(
    "text",
    [
        "visits",
        "unknown",
        "alive == 1",
        "visits > '3'",
        "place == 'a\\'; drop table x'",
        "visits in ()",
        "1 < visits < 3",
        "alive + alive",
        "alive and",
        "len(place) > 2",
        "place in 'ab'",
    ],
)
def test_what_is_outside_the_language_is_refused(text: str) -> None:
    with pytest.raises(LanguageError):
        parse(text, TYPES)
