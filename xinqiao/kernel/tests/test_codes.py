"""Division codes: levels, ranges, ancestors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.kernel.codes import ancestors, bounds, contains, county_of, full_code, level_of, township_of
from xinqiao.kernel.terms import Level

CODES = st.from_regex(r"[1-9][0-9]{11}", fullmatch=True)


@pytest.mark.parametrize(
    ("prefix", "code", "level"),
    [
        ("", "000000000000", Level.NATION),
        ("64", "640000000000", Level.PROVINCE),
        ("6401", "640100000000", Level.CITY),
        ("640122", "640122000000", Level.COUNTY),
        ("640122100", "640122100000", Level.TOWNSHIP),
        ("640122100201", "640122100201", Level.VILLAGE),
    ],
)
def test_a_prefix_becomes_a_whole_code_of_its_level(prefix: str, code: str, level: Level) -> None:
    assert full_code(prefix) == code
    assert level_of(code) is level


@pytest.mark.parametrize(
    "wrong", ["6", "640", "64012", "6401221", "abc", "64x122", "6401221002011", "64", "640122"]
)
def test_a_wrong_length_or_sign_is_refused(wrong: str) -> None:
    if wrong in {"64", "640122"}:
        with pytest.raises(ValueError, match="12-digit"):
            level_of(wrong)
    else:
        with pytest.raises(ValueError, match="not a division code"):
            full_code(wrong)


def test_a_prefecture_without_counties_has_townships_below_it() -> None:
    assert level_of("441900003000") is Level.TOWNSHIP
    assert county_of("441900003001") == "441900000000"
    assert contains("441900000000", "441900003001")
    assert ancestors("441900003001")[:3] == ["441900003001", "441900003000", "441900000000"]


@given(CODES)
def test_every_ancestor_contains_the_code_and_the_nation_comes_last(code: str) -> None:
    chain = ancestors(code)
    assert chain[0] == code
    assert chain[-1] == "000000000000"
    assert all(contains(upper, code) for upper in chain)
    assert township_of(code) in chain or code == township_of(code)


@given(CODES, CODES)
def test_two_ranges_are_apart_or_one_lies_in_the_other(one: str, other: str) -> None:
    (a, b), (c, d) = bounds(one), bounds(other)
    assert b <= c or d <= a or (a <= c and d <= b) or (c <= a and b <= d)


@given(CODES, CODES)
def test_containing_means_being_an_ancestor(upper: str, code: str) -> None:
    assert contains(upper, code) == (upper in ancestors(code))
