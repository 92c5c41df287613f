"""What is declared about a figure, for its pages: relations, targets, names, variants and parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xinqiao.kernel.errors import NotFound
from xinqiao.policy.deployment import current
from xinqiao.policy.loader import PolicyRow

from ..declarations import Measure, Variant, catalogue
from ..relations import names_of_sets


def relations_of(measure: Measure) -> list[str]:
    """What must hold for the sets of a figure, as sentences: never more than, and sums."""
    declared, names = catalogue(), set_labels()
    own = {one for v in measure.variants for one in (v.numerator, v.denominator) if one}
    found = [
        _("“%(part)s”不会多于“%(whole)s”") % {"part": names[part], "whole": names[whole]}
        for part, whole in declared.subsets
        if part in own
    ]
    return found + [
        _("“%(whole)s”等于 %(parts)s 之和")
        % {"whole": names[whole], "parts": _("、").join(names[p] for p in parts)}
        for whole, parts in declared.sums
        if whole in own
    ]


def all_targets(key: str) -> list[PolicyRow]:
    """Every dated target of a figure, newest first, the deployment's own among them."""
    rows = [row for row in current().rows("indicators/targets") if key in row.value]
    return sorted(rows, key=lambda row: (row.valid_from, row.area), reverse=True)


def set_labels() -> Mapping[str, str]:
    """Set key → its short name."""
    return names_of_sets(catalogue(), english=(get_language() or "").startswith("en"))


PARTS = ("numerator", "denominator", "missing")


def find(measure_key: str, variant_key: str, on: date) -> tuple[Measure, Variant]:
    """A measure and a variant (the leading one for ""), or NotFound."""
    measure = catalogue().measures.get(measure_key)
    variant = (measure.variant(variant_key) if variant_key else measure.leading(on)) if measure else None
    if measure is None or variant is None:
        raise NotFound()
    return measure, variant


def part_set(variant: Variant, part: str) -> tuple[str, str]:
    """(set asked for, set left out or ""). NotFound for a part or figure that has no people behind it."""
    sets = catalogue().sets
    key = variant.numerator if part == "numerator" else variant.denominator
    if part not in PARTS or not key or sets[key].who is None:
        raise NotFound()
    return key, variant.numerator if part == "missing" else ""
