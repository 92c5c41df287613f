"""Cell by cell: what people type, and what it means."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.interchange.excel.headings import Sheet, by_key, headings
from xinqiao.interchange.excel.problem_book import inert
from xinqiao.interchange.excel.text import as_text, clean
from xinqiao.interchange.excel.values import Unreadable, read

ACTS = {"1": 0, "2": 0, "3": 0, "4": 0, "5": 0, "6": 0}


def value(sheet: Sheet, key: str, typed: str) -> Any:
    return read(by_key(sheet)[key], typed)


def wrong(sheet: Sheet, key: str, typed: str) -> str:
    with pytest.raises(Unreadable) as caught:
        value(sheet, key, typed)
    return caught.value.message


@pytest.mark.parametrize(
    "typed",
    [
        "2024-3-5",
        "2024/3/5",
        "2024.3.5",
        "20240305",
        "2024年3月5日",
        "2024年03月05号",
        "2024-03-05 10:20",
        "2024-03-05T10:20:30",
        "２０２４－３－５",
        " 2024 - 3 - 5 ",
        "45356",
    ],
)
def test_a_date_is_read_in_every_usual_way(typed: str) -> None:
    assert value("visits", "visit_date", typed) == date(2024, 3, 5)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2024-02-30", "2024 年 2 月只有 29 天，没有 30 日"),
        ("2023-2-29", "2023 年 2 月只有 28 天"),
        ("2024-13-01", "没有 13 月"),
        ("24-3-5", "年份应写四位"),
        ("2024-3", "只有年月，缺少日"),
        ("2024", "只有年份"),
        ("3024-01-01", "年份不在"),
        ("昨天", "应写成 2024-03-05"),
    ],
)
def test_an_impossible_date_is_named(typed: str, sentence: str) -> None:
    said = wrong("visits", "visit_date", typed)
    assert sentence in said
    assert f"“{typed}”" in said


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("2010", "2010"),
        ("2010年5月", "2010-05"),
        ("2010.5", "2010-05"),
        ("2010-05-06", "2010-05-06"),
        ("2010年月日不详", "2010"),
        ("不详", None),
    ],
)
def test_a_date_of_onset_may_be_a_year(typed: str, found: str | None) -> None:
    assert value("people", "onset_on", typed) == found


@pytest.mark.parametrize(
    "typed", ["1", "1.0", "１", " 1 ", "①", "1 男", "1.男", "1、男", "男", "男性", "男\u200b", "\u00a0男\n"]
)
def test_a_code_or_its_words_mean_the_same(typed: str) -> None:
    assert value("people", "sex", typed) == "1"


def test_a_code_that_is_not_on_the_list_is_answered_with_the_list() -> None:
    assert "应为 1 男、2 女" in wrong("people", "sex", "3")
    assert "“性别”的“1 女”" in wrong("people", "sex", "1 女")


@pytest.mark.parametrize(
    "typed",
    [
        "1、3",
        "1,3",
        "1;3",
        "1/3",
        "1 3",
        "3、1",
        "幻觉、猜疑",
        "幻觉；猜疑",
        "幻觉 猜疑",
        "1幻觉、3猜疑",
        "1 幻觉 3 猜疑",
        "1.幻觉,3.猜疑",
    ],
)
def test_several_answers_stand_in_one_cell(typed: str) -> None:
    assert value("visits", "symptoms", typed) == ["1", "3"]


def test_several_digits_without_a_sign_between_are_not_guessed() -> None:
    assert "隔开" in wrong("visits", "symptoms", "123")
    assert value("visits", "symptoms", "12") == ["12"]
    assert value("visits", "symptoms", "无") == ["0"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("肇事1次;自伤2次", {"2": 1, "5": 2}),
        ("肇事1次、自伤2次", {"2": 1, "5": 2}),
        ("肇事1次自伤2次", {"2": 1, "5": 2}),
        ("2:1;5:2", {"2": 1, "5": 2}),
        ("肇事", {"2": 1}),
        ("轻度滋事 3次", {"1": 3}),
        ("自伤×2", {"5": 2}),
        ("1轻度滋事2次、5自伤1次", {"1": 2, "5": 1}),
        ("无", {}),
        ("7 无", {}),
        ("7", {}),
        ("0", {}),
    ],
)
def test_dangerous_acts_are_counted(typed: str, found: dict[str, int]) -> None:
    assert value("visits", "danger_acts", typed) == {**ACTS, **found}


def test_acts_in_columns_of_their_own_are_added_up() -> None:
    from xinqiao.interchange.excel.records import read_row

    reading = read_row("visits", {"danger_acts": "肇事1次", "danger_acts.5": "2"})
    assert reading.record["danger_acts"] == {**ACTS, "2": 1, "5": 2}
    other_order = read_row("visits", {"danger_acts.5": "2", "danger_acts": "肇事1次"})
    assert other_order.record == reading.record


def test_the_words_of_an_older_print_get_the_numbers_of_that_print() -> None:
    from xinqiao.interchange.excel.records import read_row

    assert read_row("people", {"education": "小学"}).record["education"] == "8"
    assert read_row("people", {"education": "小学", "form_edition": "2011"}).record["education"] == "2"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (
            "奥氮平 早0 中0 晚10mg",
            {"drug": "奥氮平", "long_acting": False, "unit": "mg", "morning": 0, "noon": 0, "night": 10},
        ),
        (
            "奥氮平早5中0晚10mg",
            {"drug": "奥氮平", "long_acting": False, "unit": "mg", "morning": 5, "noon": 0, "night": 10},
        ),
        ("奥氮平，早：2.5，晚：5", {"drug": "奥氮平", "long_acting": False, "morning": 2.5, "night": 5}),
        (
            "碳酸锂 早0.25g 晚0.25g",
            {"drug": "碳酸锂", "long_acting": False, "unit": "g", "morning": 0.25, "night": 0.25},
        ),
        (
            "帕利哌酮 长效 每1月 100mg",
            {
                "drug": "帕利哌酮",
                "long_acting": True,
                "unit": "mg",
                "dose": 100,
                "every": 1,
                "every_unit": "month",
            },
        ),
        (
            "癸氟奋乃静 每2周1次 每次25毫克",
            {
                "drug": "癸氟奋乃静",
                "long_acting": True,
                "unit": "mg",
                "dose": 25,
                "every": 2,
                "every_unit": "week",
            },
        ),
        (
            "氯氮平 200mg/日",
            {
                "drug": "氯氮平",
                "long_acting": False,
                "unit": "mg",
                "dose": 200,
                "every": 1,
                "every_unit": "day",
            },
        ),
        ("利培酮片", {"drug": "利培酮片", "long_acting": False}),
    ],
)
def test_a_row_of_a_drug_is_read(typed: str, found: dict[str, Any]) -> None:
    assert value("visits", "drugs.1", typed) == [found]


def test_an_amount_without_a_drug_is_asked_for_again() -> None:
    assert "应写成“奥氮平 早0 中0 晚10mg”" in wrong("visits", "drugs.1", "10mg")
    assert value("visits", "drugs.1", "无") is None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("是", True),
        ("有", True),
        ("1", True),
        ("TRUE", True),
        ("√", True),
        ("1 是", True),
        ("否", False),
        ("无", False),
        ("0", False),
        ("FALSE", False),
        ("0.0", False),
    ],
)
def test_yes_and_no_in_many_words(typed: str, found: bool) -> None:
    assert value("people", "no_guardian", typed) is found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("138 0000 0000", "13800000000"),
        ("1.38E+10", "13800000000"),
        ("'13800000000", "13800000000"),
        ("１３８００００００００", "13800000000"),
        ("13800000000.0", "13800000000"),
    ],
)
def test_phones_survive_the_spreadsheet(typed: str, found: str) -> None:
    assert value("people", "phone", typed) == found


@pytest.mark.parametrize("typed", ["≈990101198507081200", "9.90101E+17", "9.90101198507081E+17"])
def test_an_id_number_that_lost_its_end_is_never_completed(typed: str) -> None:
    assert "单元格格式设为“文本”" in wrong("people", "id_number", typed)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1.0, "1"),
        (2.5, "2.5"),
        (0.1 + 0.2, "0.3"),
        (True, "TRUE"),
        (None, ""),
        (13800000000.0, "13800000000"),
        (990101198507081231, "≈990101198507081231"),
    ],
)
def test_cells_become_what_was_typed(cell: Any, text: str) -> None:
    assert as_text(cell) == text


def test_invisible_characters_and_runs_of_space_are_dropped() -> None:
    assert clean(" 张\u200b 三\ufeff\u00a0\u3000 ") == "张 三"
    assert value("people", "name", "张 三\u200b") == "张三"


@pytest.mark.parametrize("sheet", ["people", "visits"])
@given(typed=st.text(max_size=40))
def test_whatever_is_typed_is_read_or_answered_with_one_sentence(sheet: Sheet, typed: str) -> None:
    said = []
    for heading in headings(sheet):
        try:
            read(heading, typed)
        except Unreadable as error:
            said.append(error.message)
    assert all(sentence.startswith("“") for sentence in said)


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_nothing_typed_becomes_a_formula_again(typed: str) -> None:
    assert inert(typed) == "'" + typed
