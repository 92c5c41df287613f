"""The screens that the clause page names are addresses of the product."""

from __future__ import annotations

from tests.access.test_register import REGISTER
from xinqiao.policy.clause_page import coverage


def test_every_screen_named_for_a_clause_exists() -> None:
    named = {screen for screens in coverage()["screens"].values() for screen in screens}
    assert named
    assert named <= set(REGISTER)
