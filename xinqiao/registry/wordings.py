"""The text that people sign (知情同意书): the wording of the place on a day, with the version that a signature names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xinqiao.kernel.codes import ancestors as ancestors_of
from xinqiao.policy import current
from xinqiao.policy.policies import PolicySet


@dataclass(frozen=True, slots=True)
class Wording:
    """`version` as a signature names it; `valid_from` the day from which it is handed out."""

    version: str
    title: str
    paragraphs: Sequence[str]
    valid_from: date


def wording_on(day: date, village: str) -> Wording:
    """The text in force for a village on a day; a day before the first version is answered with the first."""
    row = current().profile("registry/consent_text", on=day, ancestors=ancestors_of(village))[0]
    value = row.value
    return Wording(value["version"], value["title"], tuple(value["paragraphs"]), row.valid_from)


def wording_of(version: str, village: str) -> Wording | None:
    """The text behind a version that somebody signed, as far as this deployment knows it."""
    areas = set(ancestors_of(village))
    for row in current().rows("registry/consent_text"):
        if row.value["version"] == version and row.area in areas:
            value = row.value
            return Wording(value["version"], value["title"], tuple(value["paragraphs"]), row.valid_from)
    return None


def service_follows(day: date, village: str, policies: PolicySet | None = None) -> bool:
    """Whether routine service may follow without consent where the law reported somebody: the rule of the place on a day."""
    rules = policies or current()
    row = rules.profile("registry/service_without_consent", on=day, ancestors=ancestors_of(village))[0]
    return bool(row.value == "follows")
