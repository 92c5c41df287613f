"""The clause page is written from the rules and the tests, and names only what is there."""

from __future__ import annotations

import importlib

from django.urls import get_resolver

from xinqiao.policy import clause_page


def test_every_function_that_the_page_names_is_there() -> None:
    for names in clause_page.coverage()["code"].values():
        for name in names:
            module, _, attribute = name.rpartition(".")
            assert callable(getattr(importlib.import_module(module), attribute))


def test_every_screen_that_the_page_names_is_there() -> None:
    known = _names(get_resolver(), "")
    for clause, names in clause_page.coverage()["screens"].items():
        assert set(names) <= known, clause


def _names(resolver: object, prefix: str) -> set[str]:
    found: set[str] = set()
    for pattern in getattr(resolver, "url_patterns", []):
        if hasattr(pattern, "url_patterns"):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found |= _names(pattern, space)
        elif pattern.name:
            found.add(prefix + pattern.name)
    return found


def test_every_clause_of_the_national_class_interval_and_steps_has_a_rule_and_a_test() -> None:
    rows, tests = clause_page.rule_rows(), clause_page.marked_tests()
    for name in ("N3/class/1", "N3/class/2", "N3/class/3", "N3/interval/1", "N3/interval/2-first", "N3/interval/2-again",
                 "N3/interval/3", "N3/action/1", "N3/action/2", "N3/action/3", "N3/action/all", "N3/after-referral"):  # fmt: skip
        assert rows[name]
        assert tests[name]
