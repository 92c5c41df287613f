"""The published numbers, recomputed: rates, rounding, and what the relations check says about impossible tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.indicators.declarations import catalogue
from xinqiao.indicators.engines import reference
from xinqiao.indicators.rates import figures, rate
from xinqiao.indicators.relations import check, check_stated
from xinqiao.indicators.state import Frame
from xinqiao.indicators.tests.populations import PLAIN, V, in_memory

REG = 1223

# A county's yearly summary: (numerator, base, unit, what the rate is).
HELAN = [
    (1223, 263_843, "‰", "4.64"),
    (1171, REG, "%", "95.75"),
    (1163, REG, "%", "95.09"),
    (1115, REG, "%", "91.17"),
    (1003, REG, "%", "82.01"),
    (1011, REG, "%", "82.67"),
    (1150, REG, "%", "94.03"),
    (1148, 1171, "%", "98.04"),
    (1103, 1125, "%", "98.04"),
    (84, 529, "%", "15.88"),
]
# National papers of 2015, 2016 and 2017.
NATION = [
    (4_921_505, 1_362_466_686, "‰", "3.61"),
    (4_252_022, 4_921_505, "%", "86.40"),
    (2_211_835, 4_921_505, "%", "44.94"),
    (2_071_111, 4_252_022, "%", "48.71"),
    (2_071_111, 4_921_505, "%", "42.08"),
    (1_293_133, 4_252_022, "%", "30.41"),
    (1_293_133, 4_921_505, "%", "26.28"),
    (2_547_824, 4_155_963, "%", "61.31"),
    (4_873_977, 5_401_150, "%", "90.24"),
    (3_665_720, 5_401_150, "%", "67.87"),
    (2_528_143, 4_873_977, "%", "51.87"),
    (1_594_562, 4_873_977, "%", "32.72"),
    (3_265_761, 4_754_801, "%", "68.68"),
    (5_806_352, 1_370_784_400, "‰", "4.24"),
    (5_380_249, 5_806_352, "%", "92.66"),
    (4_346_103, 5_806_352, "%", "74.85"),
    (4_035_323, 5_806_352, "%", "69.50"),
    (2_012_074, 5_806_352, "%", "34.65"),
    (3_924_101, 5_231_235, "%", "75.01"),
]
OTHERS = [
    (13, 316, "%", "4.11"),
    (4139, 41_884, "%", "9.88"),
    (2652, 1600, "%", "165.75"),
    (18, 25, "%", "72.00"),
]


@pytest.mark.parametrize(("part", "base", "unit", "published"), HELAN + NATION + OTHERS)
def test_a_published_rate_follows_from_its_numbers(part: int, base: int, unit: str, published: str) -> None:
    assert rate(part, base, unit) == Decimal(published)


@pytest.mark.parametrize(
    ("name", "stated", "part", "base", "needed"),
    [("管理率", "95.91", 1171, REG, "1173/1223"), ("规范管理率", "95.83", 1171, REG, "1172/1223")],
)
def test_a_stated_rate_that_does_not_follow_is_named(
    name: str, stated: str, part: int, base: int, needed: str
) -> None:
    finding = check_stated(name, Decimal(stated), part, base)
    assert finding is not None
    assert "95.75%" in finding.sentence
    assert needed in finding.sentence
    assert check_stated(name, Decimal("95.75"), part, base) is None


def test_halves_round_up_and_an_empty_base_has_no_rate() -> None:
    assert rate(1, 800, "%") == Decimal("0.13")
    assert rate(5, 0, "%") is None
    assert rate(5, None, "‰") is None
    assert rate(None, 10, "%") is None
    assert rate(0, 10, "%") == Decimal("0.00")


HELAN_COUNTS = {"cum": 1356, "dead": 133, "moved_out": 0, "reg": 1223, "man": 1171, "lost": 9, "unmanaged": 43,
                "med": 1115, "regmed": 1003, "pop": 263_843}  # fmt: skip


def test_the_published_county_holds_together_but_for_its_standard_number() -> None:
    assert check(HELAN_COUNTS) == []
    found = check(HELAN_COUNTS | {"std": 1172})
    assert [f.kind for f in found] == ["impossible"]
    assert "规范管理 1172 多于 在管 1171" in found[0].sentence


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"man": 1173}, "与在册 1223 不符"),
        ({"regmed": 1116}, "规律服药 1116 多于 服药 1115"),
        ({"home": 1172}, "居家 1172 多于 在管 1171"),
        ({"home": 1125, "stable_class23": 1148}, "病情稳定 1148 多于 居家 1125"),
        ({"dead": 134}, "与累计建档 1356 不符"),
        ({"pop": 100_000}, "报告患病率 12.23‰"),
    ],
)
def test_an_impossible_or_unlikely_number_gets_a_sentence(changed: dict[str, int], said: str) -> None:
    assert any(said in f.sentence for f in check(HELAN_COUNTS | changed))


@given(
    st.dictionaries(
        st.sampled_from(sorted(catalogue().sets)), st.one_of(st.none(), st.integers(0, 50)), max_size=12
    )
)
def test_the_check_takes_any_numbers(counts: dict[str, int | None]) -> None:
    for finding in check(counts):
        assert finding.kind in ("impossible", "unlikely")
        assert finding.sentence


# ── month gaps (the worked examples) ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("days", "on", "kept"),
    [
        (("2016-10-09", "2017-01-10", "2017-04-10", "2017-07-10", "2017-10-10"), "2017-12-31", True),
        (("2016-12-01", "2017-01-05", "2017-04-30"), "2017-07-31", True),
        (("2016-12-01", "2017-01-31", "2017-05-01"), "2017-05-31", False),
        (("2016-12-01", "2017-01-31"), "2017-05-01", False),
        (("2016-08-31", "2017-01-01"), "2017-01-31", False),
        (("2016-10-01", "2017-01-31"), "2017-01-31", True),
        ((), "2017-01-31", False),
    ],
)
def test_month_gaps_decide_standard_management(days: tuple[str, ...], on: str, kept: bool) -> None:
    spec = PLAIN.but(visits=tuple(V(date.fromisoformat(day)) for day in days))
    person, seen, owed, _exams = in_memory(spec)
    state = reference.state_of(person, seen, owed, Frame.at(date.fromisoformat(on)))
    assert state.gaps_kept is kept


@pytest.mark.parametrize(
    ("filed", "first", "kept"), [("2017-02-27", "2017-05-31", True), ("2017-02-27", "2017-06-01", False)]
)
def test_a_new_person_is_standard_when_first_seen_within_three_months(
    filed: str, first: str, kept: bool
) -> None:
    spec = PLAIN.but(filed_on=date.fromisoformat(filed), visits=(V(date.fromisoformat(first)),))
    person, seen, owed, _exams = in_memory(spec)
    assert reference.state_of(person, seen, owed, Frame.at(date(2017, 6, 30))).gaps_kept is kept


# ── variants by date ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "day", "variant"),
    [
        ("medication_rate", date(2016, 12, 31), "managed"),
        ("medication_rate", date(2017, 1, 1), "registered"),
        ("regular_rate", date(2015, 12, 31), "managed"),
        ("stable_rate", date(2018, 12, 31), "class3"),
        ("stable_rate", date(2019, 1, 1), "class23"),
    ],
)
def test_the_leading_variant_changes_with_the_date(key: str, day: date, variant: str) -> None:
    declared = catalogue()
    assert declared.measures[key].leading(day).key == variant
    made = figures(declared, dict.fromkeys(declared.sets, 1), day)[key]
    assert [f.variant.key for f in made if f.leads] == [variant]
    assert made[0].leads
