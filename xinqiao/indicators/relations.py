"""Whether a set of counts can be true at all: a pure check on any numbers, ours or somebody's published table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from xinqiao.kernel.words import sentence, term

from .declarations import Catalogue, catalogue
from .rates import Counts, rate


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is impossible (`kind` "impossible") or unlikely ("unlikely"), as a sentence."""

    kind: str
    sentence: str


def check(counts: Counts, declared: Catalogue | None = None) -> list[Finding]:
    """Sentences on what cannot be and what is unlikely. Sets that are missing or None are passed over."""
    declared = declared or catalogue()
    names = names_of_sets(declared)
    found = []
    for part, whole in declared.subsets:
        a, b = counts.get(part), counts.get(whole)
        if a is not None and b is not None and a > b:
            found.append(
                Finding(
                    "impossible",
                    sentence(
                        "%(names)s %(a)s 多于 %(names2)s %(b)s，不可能同时成立",
                        names=names[part],
                        a=a,
                        names2=names[whole],
                        b=b,
                    ),
                )
            )
    for whole, parts in declared.sums:
        total, added = counts.get(whole), [counts.get(part) for part in parts]
        if total is not None and all(n is not None for n in added):
            together = sum(n for n in added if n is not None)
            if together != total:
                listed = " + ".join(f"{names[part]} {n}" for part, n in zip(parts, added, strict=True))
                found.append(
                    Finding(
                        "impossible",
                        sentence(
                            "%(listed)s = %(together)s，与%(names)s %(total)s 不符",
                            listed=listed,
                            together=together,
                            names=names[whole],
                            total=total,
                        ),
                    )
                )
    for bound in declared.bounds:
        value = rate(counts.get(bound.numerator), counts.get(bound.denominator), bound.unit)
        if value is not None and not Decimal(bound.low) <= value <= Decimal(bound.high):
            found.append(
                Finding(
                    "unlikely",
                    sentence(
                        "%(label)s %(value)s%(unit)s，不在常见的 %(low)s–%(high)s%(unit)s 之间，请核对",
                        label=term(bound.label),
                        value=value,
                        unit=bound.unit,
                        low=bound.low,
                        high=bound.high,
                    ),
                )
            )
    return found


def check_stated(
    name: str, stated: Decimal, numerator: int, denominator: int, unit: str = "%"
) -> Finding | None:
    """A stated rate against its own numbers: the sentence names the recomputed value and what the stated one would need."""
    exact = rate(numerator, denominator, unit)
    if exact == stated or exact is None:
        return None
    scale = 100 if unit == "%" else 1000
    needed = int((stated * denominator / scale).to_integral_value())
    return Finding(
        "impossible",
        sentence(
            "%(name)s写为 %(stated)s%(unit)s，按 %(numerator)s/%(denominator)s 应为 %(exact)s%(unit)s；写法相当于 %(needed)s/%(denominator)s",
            name=name,
            stated=stated,
            unit=unit,
            numerator=numerator,
            denominator=denominator,
            exact=exact,
            needed=needed,
        ),
    )


def names_of_sets(declared: Catalogue, *, english: bool = False) -> Mapping[str, str]:
    """Set key → the label of the count that leads with it, else its definition."""
    names = {key: one.english if english else one.words for key, one in declared.sets.items()}
    for measure in declared.measures.values():
        if not measure.is_rate:
            for variant in measure.variants:
                label, part = (
                    (measure.english, variant.english) if english else (measure.label, variant.label)
                )
                names[variant.numerator] = label if variant.leads else f"{label}({part})"
    return names
