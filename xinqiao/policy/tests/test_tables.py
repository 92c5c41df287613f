"""Decision tables: what the validator refuses, and that answers fail closed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.kernel.errors import Invalid
from xinqiao.policy.tables import DecisionTable, TableError

TABLE: dict[str, Any] = {
    "hit": "first",
    "inputs": {
        "risk": {"label": "危险性", "values": [0, 1, 2]},
        "calm": {"label": "平静", "values": ["yes", "no"]},
    },
    "outcomes": ["a", "b"],
    "rows": [
        {"id": "high", "when": {"risk": [2], "calm": "*"}, "then": "a", "reason": "高", "clause": "X/1"},
        {
            "id": "upset",
            "when": {"risk": "*", "calm": ["no"]},
            "then": "a",
            "reason": "不安",
            "clause": "X/1",
        },
        {
            "id": "rest",
            "when": {"risk": [0, 1], "calm": ["yes"]},
            "then": "b",
            "reason": "其余",
            "clause": "X/2",
        },
    ],
}


def test_the_first_row_decides_and_every_row_that_agrees_gives_its_reason() -> None:
    decision = DecisionTable.read(TABLE).evaluate({"risk": 2, "calm": "no"})
    assert (decision.outcome, decision.reason, decision.clause) == ("a", "高；不安", "X/1")


SPOILERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a gap": lambda t: t["rows"].pop(),
    "a shadowed row": lambda t: t["rows"].insert(
        0, {**t["rows"][0], "id": "all", "when": {"risk": "*", "calm": "*"}}
    ),
    "a value not declared": lambda t: t["rows"][0]["when"]["risk"].append(3),
    "a value of another type": lambda t: t["rows"][0]["when"]["risk"].append("1"),
    "a truth value for a number": lambda t: t["rows"][2]["when"].update(risk=[0, True]),
    "a value twice": lambda t: t["rows"][0]["when"]["risk"].append(2),
    "an empty cell": lambda t: t["rows"][0]["when"].update(risk=[]),
    "a cell that is no list": lambda t: t["rows"][0]["when"].update(risk=">1"),
    "a cell missing": lambda t: t["rows"][0]["when"].pop("calm"),
    "an input not declared": lambda t: t["rows"][0]["when"].update(weather="*"),
    "an outcome not declared": lambda t: t["rows"][0].update(then="c"),
    "no reason": lambda t: t["rows"][0].update(reason=" "),
    "an id twice": lambda t: t["rows"][1].update(id="high"),
    "an unknown key": lambda t: t.update(priority=1),
    "a key missing": lambda t: t.pop("outcomes"),
    "an unknown hit policy": lambda t: t.update(hit="any"),
    "mixed types": lambda t: t["inputs"]["risk"]["values"].append("3"),
    "no inputs": lambda t: t.update(inputs={}),
    "no rows": lambda t: t.update(rows=[]),
    "too many combinations": lambda t: t["inputs"]["risk"].update(values=list(range(40_000))),
}


@pytest.mark.parametrize("name", SPOILERS)
def test_a_wrong_table_is_refused(name: str) -> None:
    data = copy.deepcopy(TABLE)
    SPOILERS[name](data)
    with pytest.raises(TableError):
        DecisionTable.read(data)


@given(
    st.dictionaries(
        st.sampled_from(["risk", "calm", "rsk", "Risk"]),
        st.one_of(
            st.integers(-1, 4),
            st.booleans(),
            st.floats(),
            st.none(),
            st.sampled_from(["0", "1", "yes", "no", ""]),
        ),
    )
)
def test_only_exactly_declared_values_are_ever_decided(inputs: dict[str, object]) -> None:
    good = (
        set(inputs) == {"risk", "calm"}
        and type(inputs["risk"]) is int
        and inputs["risk"] in (0, 1, 2)
        and inputs["calm"] in ("yes", "no")
    )
    table = DecisionTable.read(TABLE)
    if good:
        assert table.evaluate(inputs).outcome in ("a", "b")
    else:
        with pytest.raises(Invalid):
            table.evaluate(inputs)


def test_a_refusal_names_the_input_the_value_and_what_is_right() -> None:
    with pytest.raises(Invalid) as refused:
        DecisionTable.read(TABLE).evaluate({"risk": "2", "calm": "no", "x": 1})
    assert [(p.field, p.code) for p in refused.value.problems] == [
        ("x", "unknown_key"),
        ("risk", "unknown_value"),
    ]
    assert "“危险性”的值“2”无效，应为：0、1、2" in refused.value.problems[1].message
