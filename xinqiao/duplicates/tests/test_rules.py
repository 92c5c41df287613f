"""What two files are taken for: the hard cases by name, and what the finder says of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from xinqiao.duplicates.finder import COLUMNS, find, of_families
from xinqiao.duplicates.rules import THRESHOLD, Found, judge
from xinqiao.registry.naming import keys_of, looks_key

VILLAGE, OTHER = "990101100201", "990101101201"


def row(
    number: int,
    name: str,
    birth: str,
    *,
    sex: str = "1",
    doc: str | None = None,
    phones: tuple[str, ...] = (),
    village: str = VILLAGE,
) -> dict[str, Any]:
    """One file as the finder reads it."""
    keys = keys_of(name)
    values = (
        str(UUID(int=number)), keys.name, keys.pinyin, looks_key(name), sex, birth, doc, doc and doc[-4:], list(phones), village,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


#: Two hundred people who have nothing in common, so that frequencies mean something.
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "安宁静波思远明月和平"
CROWD = [
    row(
        1000 + n,
        SURNAMES[n % 20] + GIVEN[n // 20] + GIVEN[(n * 7) % 10],
        f"{1940 + n % 60}{n % 12 + 1:02d}{n % 28 + 1:02d}",
        sex="12"[n % 2],
        doc=f"crowd{n:04d}",
        phones=(f"c{n}",),
        village=f"99010110{n % 9}201",
    )
    for n in range(200)
]


def found_among(*rows: dict[str, Any]) -> list[Found]:
    people = [*rows, *CROWD]
    pairs = find({name: [one[name] for one in people] for name in COLUMNS})
    return [one for pair in pairs if (one := judge(pair)) is not None and one.second < UUID(int=1000)]


@pytest.mark.parametrize(
    ("one", "other", "kind", "agreed"),
    [
        (  # the same person, typed a second time without a card and with day and month swapped
            row(1, "马小军", "19850708", doc="n1", phones=("p",)),
            row(2, "马晓君", "19850807", phones=("p",)),
            "same",
            {"name_sound", "birth_swapped", "shared_phone"},
        ),
        (  # read wrongly off a paper
            row(1, "王己末", "19620311", doc="n1"),
            row(2, "王巳未", "19620311"),
            "same",
            {"name_looks", "birth", "village"},
        ),
        (  # a card lent to somebody else
            row(1, "马小军", "19850708", doc="n1", phones=("p",)),
            row(2, "杨一", "19920101", sex="2", doc="n1", village=OTHER),
            "number",
            {"number", "name_differs", "birth_differs", "sex_differs"},
        ),
        (  # twins
            row(1, "马大龙", "20000101", doc="n1", phones=("p",)),
            row(2, "马小虎", "20000101", doc="n2", phones=("p",)),
            "twins",
            {"birth", "village", "shared_phone", "number_differs", "name_differs"},
        ),
        (  # twins who share a character of their names
            row(1, "马建国", "20000101", doc="n1", phones=("p",)),
            row(2, "马建军", "20000101", doc="n2", phones=("p",)),
            "twins",
            {"name_one_off", "birth", "shared_phone", "number_differs"},
        ),
        (  # one character read wrongly, and no card the second time: hardly a twin
            row(1, "马建国", "20000101", doc="n1", phones=("p",)),
            row(2, "马建军", "20000101", phones=("p",)),
            "same",
            {"name_one_off", "birth", "shared_phone"},
        ),
        (  # one name and one birthday in one village: somebody must look
            row(1, "李四海", "19700101", doc="n1", phones=("p1",)),
            row(2, "李四海", "19700101", doc="n2", phones=("p2",)),
            "same",
            {"name", "birth", "village", "number_differs"},
        ),
    ],
)
def test_hard_cases_are_found_and_called_by_what_they_may_be(
    one: dict[str, Any], other: dict[str, Any], kind: str, agreed: set[str]
) -> None:
    found = found_among(one, other)
    assert [(pair.first.int, pair.second.int, pair.kind) for pair in found] == [(1, 2, kind)]
    assert agreed <= set(found[0].agreed)
    assert THRESHOLD <= found[0].score <= 1000


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # born on one day in one village, and nothing else
        (row(1, "马小军", "19850708", doc="n1"), row(2, "杨一", "19850708", doc="n2")),
        # a father and a son who share a phone
        (
            row(1, "马小军", "19850708", doc="n1", phones=("p",)),
            row(2, "马强", "19590203", doc="n2", phones=("p",)),
        ),
        # a common name, born years apart, in another township
        (row(1, "陈平", "19500102", doc="n1"), row(2, "陈平", "19880809", doc="n2", village=OTHER)),
    ],
)
def test_neighbours_and_families_are_left_alone(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert found_among(one, other) == []


def test_a_phone_of_many_files_is_no_familys() -> None:
    assert of_families([["p", "q"], ["p"], ["p"], ["p"], ["p"], []]) == [["q"], [], [], [], [], []]
    assert of_families([["p"]] * 4) == [["p"]] * 4


def test_one_file_or_none_gives_nothing() -> None:
    assert list(find({name: [] for name in COLUMNS})) == []
    assert list(find({name: [value] for name, value in CROWD[0].items()})) == []
