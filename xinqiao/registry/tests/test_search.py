"""Finding somebody: surnames read right, rare characters, dots, ü, former names, and never a neighbour's person."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.county import NORTH_1, SOUTH_1, County
from xinqiao.kernel.clock import FixedClock
from xinqiao.registry.actions import register_people, update_person
from xinqiao.registry.models import Person, PersonName
from xinqiao.registry.naming import keys_of, read_typed
from xinqiao.registry.naming.refill import refill
from xinqiao.registry.queries import search

from .records import new_person, whole_record

Enter = Callable[[str], AbstractContextManager[None]]
Count = Callable[[], AbstractContextManager[CaptureQueriesContext]]
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("单小明", "shanxiaoming", "sxm"),
        ("曾某", "zengmou", "zm"),
        ("仇英", "qiuying", "qy"),
        ("解珍", "xiezhen", "xz"),
        ("区志", "ouzhi", "oz"),
        ("查良", "zhaliang", "zl"),
        ("翟天", "zhaitian", "zt"),
        ("盖山", "geshan", "gs"),
        ("朴正", "piaozheng", "pz"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("尉某", "weimou", "wm"),
        ("万俟山", "moqishan", "mqs"),
        ("长孙文", "zhangsunwen", "zsw"),
        ("欧阳修", "ouyangxiu", "oyx"),
        ("吕布", "lvbu", "lb"),
        ("耶律山", "yelvshan", "yls"),
        ("张小单", "zhangxiaodan", "zxd"),
        ("阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"),
        ("Mary·李", "maryli", "ml"),
        ("夏 侯 惇", "xiahoudun", "xhd"),
    ],
)
def test_a_name_is_read_as_its_bearer_reads_it(name: str, pinyin: str, initials: str) -> None:
    keys = keys_of(name)
    assert (keys.pinyin, keys.initials) == (pinyin, initials)


@pytest.mark.parametrize("rare", ["\U00020bb7", "\U0002ffff", "\U000313f0", "\ue863", "\u3402", "\ufa0e"])
def test_a_character_without_a_reading_breaks_nothing(rare: str) -> None:
    keys = keys_of(f"张{rare}明")
    assert keys.pinyin.startswith("zhang")
    assert keys.pinyin.endswith("ming")
    assert read_typed(f"张{rare}").name == keys.name[:2]


NAMES = [
    "单小明",
    "吕建国",
    "陆建国",
    "阿依古丽·买买提",
    "张\U00020bb7明",
    "覃大山",
    "尉迟小红",
    "张三",
    "张三丰",
]


@pytest.fixture
def people(county: County, acting_as: Enter, clock: FixedClock) -> None:
    with acting_as("county"):
        batch = [new_person(name=name, live_code=NORTH_1) for name in NAMES]
        batch.append(new_person(name="单小明", live_code=SOUTH_1))
        register_people(actor=county.actors["county"], clock=clock, batch=batch, source="import")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("单", {"单小明"}),
        ("shan", {"单小明"}),
        ("Shàn xiǎo", {"单小明"}),
        ("sxm", {"单小明"}),
        ("ＳＸＭ", {"单小明"}),
        ("danxiao", {"单小明"}),
        ("lv", {"吕建国"}),
        ("lü", {"吕建国"}),
        ("lyujianguo", {"吕建国"}),
        ("lu", {"吕建国", "陆建国"}),
        ("ljg", {"吕建国", "陆建国"}),
        ("阿依古丽买", {"阿依古丽·买买提"}),
        ("阿依古丽·买", {"阿依古丽·买买提"}),
        ("阿依古丽．买买提", {"阿依古丽·买买提"}),
        ("ayglmm", {"阿依古丽·买买提"}),
        ("张\U00020bb7", {"张\U00020bb7明"}),
        ("zhang", {"张\U00020bb7明", "张三", "张三丰"}),
        ("qin", {"覃大山"}),
        ("tands", set()),
        ("tandashan", {"覃大山"}),
        ("yuchi", {"尉迟小红"}),
        ("weichi", {"尉迟小红"}),
        ("ycxh", {"尉迟小红"}),
        ("minggong", set()),
    ],
)
def test_somebody_is_found_by_name_pinyin_and_initials(
    typed: str, found: set[str], county: County, acting_as: Enter, people: None
) -> None:
    with acting_as("township"):
        answer = search(actor=county.actors["township"], today=TODAY, text=typed)
    assert {card.name for card in answer.cards} == found
    assert all(card.managing_code == NORTH_1 for card in answer.cards)


def test_the_whole_name_comes_first_and_what_matched_is_marked(
    county: County, acting_as: Enter, people: None
) -> None:
    with acting_as("township"):
        actor = county.actors["township"]
        cards = search(actor=actor, today=TODAY, text="张三").cards
        by_dot = search(actor=actor, today=TODAY, text="阿依古丽买").cards[0]
        by_letters = search(actor=actor, today=TODAY, text="zhangs").cards[0]
    assert [(card.name, card.mark) for card in cards] == [("张三", 2), ("张三丰", 2)]
    assert by_dot.name[: by_dot.mark] == "阿依古丽·买"
    assert [(hit.kind, hit.text, hit.mark) for hit in by_letters.hits] == [("pinyin", "zhangsan", 6)]


def test_a_former_name_finds_the_person_and_says_so(
    county: County, acting_as: Enter, clock: FixedClock, people: None
) -> None:
    person = Person.objects.get(name="覃大山")
    PersonName.objects.create(
        person=person, managing_code=NORTH_1, kind="former", name="仇大海", valid_from=TODAY, recorded_at=clock.now()
    )  # fmt: skip
    for typed in ("仇大", "qiudahai", "qdh", "choudahai"):
        with acting_as("township"):
            cards = search(actor=county.actors["township"], today=TODAY, text=typed).cards
        assert [(card.name, card.hits[0].kind, card.hits[0].text) for card in cards] == [
            ("覃大山", "alias", "仇大海")
        ], typed
        with acting_as("other_township"):
            assert not search(actor=county.actors["other_township"], today=TODAY, text=typed).cards


def test_a_corrected_name_is_found_by_its_new_reading(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    actor = county.actors["township"]
    with acting_as("township"):
        person = Person.objects.get(pk=north)
        update_person(
            actor=actor, clock=clock, person_id=north, op_id=new_person().op_id,
            record=whole_record(name="解样例", id_number="990101198507081231"), row_version=person.row_version,
        )  # fmt: skip
        assert [card.id for card in search(actor=actor, today=TODAY, text="xieyl").cards] == []
        assert [card.id for card in search(actor=actor, today=TODAY, text="xieyang").cards] == [north]
        former = search(actor=actor, today=TODAY, text="shenyang").cards
    assert [(card.name, card.hits[0].kind, card.hits[0].text) for card in former] == [
        ("解样例", "alias", "沈样例")
    ]


def test_keys_that_are_not_there_yet_are_filled_in_portions(county: County, people: None) -> None:
    Person.objects.update(name_key="", pinyin="", initials="")
    with connection.cursor() as cursor:
        assert refill(cursor, "registry_person", at_once=4) == len(NAMES) + 1
        assert refill(cursor, "registry_person", at_once=4) == 0
    assert Person.objects.filter(pinyin="yuchixiaohong", initials="ycxh").count() == 1


@pytest.mark.parametrize("typed", ["张", "zhang", "zs", "1231", "990101198507081231", "13800000001"])
def test_a_search_takes_at_most_four_statements(
    typed: str, county: County, acting_as: Enter, people: None, north: UUID, count_sql: Count
) -> None:
    actor = county.actors["township"]
    with acting_as("township"):
        search(actor=actor, today=TODAY, text=typed)
        with count_sql() as sql:
            search(actor=actor, today=TODAY, text=typed)
    assert len(sql.captured_queries_after) <= 4


def test_every_way_of_searching_uses_an_index_behind_row_level_security(
    county: County, acting_as: Enter, people: None
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("analyze registry_person")
    with acting_as("county"), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        for column in ("name_key", "pinyin", "initials"):
            cursor.execute(
                f"explain select id from registry_person where {column} ^@ 'zhang'"
                " and managing_code >= '990101000000' and managing_code < '990102000000'"
            )
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Index Scan" in plan, plan  # plain or bitmap, by what is known of a small table
            condition = next(line for line in plan.splitlines() if "Index Cond" in line)
            assert "managing_code" in condition, plan
            assert f"({column})::text >= 'zhang'" in condition, plan


def test_the_page_marks_what_matched_and_names_no_neighbour(
    signed_in: Callable[[str], Client], people: None
) -> None:
    answer = signed_in("township").post(reverse("registry:search"), {"q": "shanx"}).content.decode()
    assert "<mark>shanx</mark>iaoming" in answer
    south = Person.objects.get(name="单小明", managing_code=SOUTH_1)
    assert str(south.pk) not in answer
    stranger = signed_in("other_county").post(reverse("registry:search"), {"q": "shanx"}).content.decode()
    assert "单小明" not in stranger
