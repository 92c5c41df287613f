"""The page of the clocks is what the rules say."""

from __future__ import annotations

from datetime import date

from xinqiao.clocks.choices import Post
from xinqiao.clocks.clocks_page import ELSEWHERE, NOT_YET, POSTS, TARGET, page
from xinqiao.clocks.sources import sources
from xinqiao.policy.kinds import POSTS as KNOWN
from xinqiao.policy.policies import released_policies


def test_the_committed_page_is_what_the_rules_say() -> None:
    assert TARGET.read_text(encoding="utf-8") == page(), "run python -m xinqiao.clocks.clocks_page"


def test_every_limit_has_somebody_who_keeps_it_or_is_named_as_waiting() -> None:
    named = [code for source in sources() for code in source.codes]
    assert len(named) == len(set(named)), "two domains keep the same clock"
    known = set(released_policies().at("registry/deadlines", on=date(2026, 1, 1)).value)
    assert known == {*named, *ELSEWHERE, *NOT_YET}
    assert not {*named} & {*ELSEWHERE, *NOT_YET}


def test_the_posts_are_the_same_everywhere() -> None:
    assert set(POSTS) == set(KNOWN) == set(Post.values)
    assert {key: str(words) for key, words in Post.choices} == POSTS
