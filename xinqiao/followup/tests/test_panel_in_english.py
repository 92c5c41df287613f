"""The visit form in English: the script's dictionary has all it can say, and refusals come translated."""

from __future__ import annotations

import re
from pathlib import Path

from django.utils import translation

from xinqiao.followup.rules import check_record
from xinqiao.followup.views.form_page import _dictionary
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.words import told
from xinqiao.policy.policies import released_policies

SCRIPT = Path(__file__).parents[1] / "static" / "followup" / "visit.js"
CHINESE = re.compile(r"[\u3400-\u9fff]")


def test_the_dictionary_has_every_word_of_the_script() -> None:
    with translation.override("en"):
        words = _dictionary(released_policies())
    said = {text for text in re.findall(r'"([^"\n]*)"', SCRIPT.read_text()) if CHINESE.search(text)}
    assert said
    assert said <= set(words)


def test_the_dictionary_is_english_throughout() -> None:
    with translation.override("en"):
        words = _dictionary(released_policies())
    assert [text for text in words.values() if CHINESE.search(text)] == []


def test_every_refusal_of_an_empty_form_is_told_in_english(clock: FixedClock) -> None:
    problems = check_record({"visit_date": clock.today()}, today=clock.today()).problems
    with translation.override("en"):
        told_now = [told(problem.message) for problem in problems]
    assert len(told_now) > 15
    assert not any(CHINESE.search(text) for text in told_now), told_now
    assert all(CHINESE.search(problem.message) for problem in problems)
