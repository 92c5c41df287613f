"""The page of the clocks is what the rules say."""

from __future__ import annotations

from xinqiao.clocks.choices import Post
from xinqiao.clocks.clocks_page import POSTS, TARGET, page
from xinqiao.policy.kinds import POSTS as KNOWN


def test_the_committed_page_is_what_the_rules_say() -> None:
    assert TARGET.read_text(encoding="utf-8") == page(), "run python -m xinqiao.clocks.clocks_page"


def test_the_posts_are_the_same_everywhere() -> None:
    assert set(POSTS) == set(KNOWN) == set(Post.values)
    assert {key: str(words) for key, words in Post.choices} == POSTS
