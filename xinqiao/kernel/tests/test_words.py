"""Sentences read in Chinese, remember their pattern and are told in the language in use."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Iterator

import pytest
from markupsafe import escape

from xinqiao.kernel import words
from xinqiao.kernel.words import from_json, joined, sentence, term, to_json, told

ENGLISH = {
    "“%(label)s”的值“%(value)s”无效": "“%(label)s” cannot be “%(value)s”",
    "睡眠情况": "Sleep",
    "%(head)s、%(tail)s": "%(head)s, %(tail)s",
}


@pytest.fixture
def in_english() -> Iterator[None]:
    before = words._translate
    words.speak_with(lambda text: ENGLISH.get(text, text))
    yield
    words.speak_with(before)


def _said() -> str:
    return sentence("“%(label)s”的值“%(value)s”无效", label=term("睡眠情况"), value="睡眠情况")


def test_a_sentence_reads_in_chinese_wherever_it_goes(in_english: None) -> None:
    assert _said() == "“睡眠情况”的值“睡眠情况”无效"
    assert json.dumps([_said()], ensure_ascii=False) == '["“睡眠情况”的值“睡眠情况”无效"]'


def test_it_is_told_in_the_language_in_use_and_typed_values_stay(in_english: None) -> None:
    assert told(_said()) == "“Sleep” cannot be “睡眠情况”"
    assert told("睡眠情况") == "睡眠情况"


def test_a_template_prints_it_translated_and_escaped(in_english: None) -> None:
    assert str(escape(sentence("“%(label)s”的值“%(value)s”无效", label=term("睡眠情况"), value="<b>"))) == (
        "“Sleep” cannot be “&lt;b&gt;”"
    )


def test_copies_and_pickles_remember_the_pattern(in_english: None) -> None:
    for other in (copy.deepcopy(_said()), pickle.loads(pickle.dumps(_said()))):  # noqa: S301 — our own bytes
        assert told(other) == "“Sleep” cannot be “睡眠情况”"


def test_it_can_be_stored_and_read_again(in_english: None) -> None:
    stored = json.loads(json.dumps(to_json(_said())))
    assert from_json(stored) == _said()
    assert told(from_json(stored)) == "“Sleep” cannot be “睡眠情况”"
    assert from_json("旧的一句") == "旧的一句"


def test_lists_are_joined_by_the_comma_of_the_language(in_english: None) -> None:
    assert joined([term("睡眠情况"), "甲", "乙"]) == "睡眠情况、甲、乙"
    assert told(joined([term("睡眠情况"), "甲", "乙"])) == "Sleep, 甲, 乙"
    assert joined([]) == ""


def test_a_per_cent_sign_without_values_stands(in_english: None) -> None:
    assert told(sentence("单位 %")) == "单位 %"


def test_a_label_can_give_way_to_the_word_of_a_file(in_english: None) -> None:
    said = sentence("“%(label)s”的值“%(value)s”无效", label=term("睡眠情况"), value="好")
    assert told(said.with_value("睡眠情况", "睡眠")) == "“睡眠” cannot be “好”"
