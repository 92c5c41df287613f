"""Which of two answers counts until a second person has confirmed. Clauses: OWN/milder-class, N18/lower-risk."""

from __future__ import annotations

from xinqiao.kernel.errors import Problem

from .fields import CLASSES

HIGH_RISK = 3
_GRAVITY = {"1": 3, "2": 2, "3": 1}


def gravity(visit_class: str | None) -> int:
    """3 unstable, 2 basically stable, 1 stable, 0 not classified: sorts the gravest first when descending."""
    return _GRAVITY.get(visit_class or "", 0)


def milder_than(chosen: str | None, proposed: str | None) -> bool:
    """Whether the chosen class is milder than the proposed one; False when either is not given."""
    return bool(chosen and proposed) and gravity(chosen) < gravity(proposed)


def counting_class(chosen: str | None, proposed: str | None, *, confirmed: bool = False) -> str | None:
    """The class that counts: the chosen one, but until a second person confirms a milder one, the proposed."""
    if chosen is None:
        return proposed
    return proposed if milder_than(chosen, proposed) and not confirmed else chosen


def counting_risk(chosen: int | None, last: int | None, *, confirmed: bool = False) -> int | None:
    """The risk level that counts: raising holds at once, lowering from 3 or more once a second person confirms."""
    if chosen is None:
        return last
    return last if needs_confirming(chosen, last) and not confirmed else chosen


def needs_confirming(risk: int | None, last: int | None) -> bool:
    """Whether this level lowers one of 3 or more and so needs a second person."""
    return risk is not None and last is not None and last >= HIGH_RISK and risk < last


def check_choice(
    chosen: str | None, proposed: str | None, *, risk: int | None, reason: str = ""
) -> list[Problem]:
    """Whether a chosen class may be saved beside the proposed one. Graver: freely. Milder: with a reason (and counting
    only after confirmation). At risk 3–5 only "不稳定"."""
    if chosen is None or not milder_than(chosen, proposed):
        return []
    if risk is not None and risk >= HIGH_RISK:
        return [
            Problem(
                "visit_class",
                "too_mild",
                f"危险性评估为 {risk} 级，分类应为“不稳定”，不能选“{CLASSES.get(chosen, chosen)}”",
                chosen,
            )
        ]
    if not reason.strip():
        said, wanted = CLASSES.get(chosen, chosen), CLASSES.get(proposed or "", "")
        return [
            Problem(
                "class_reason",
                "missing",
                f"所选分类“{said}”轻于建议的“{wanted}”，请填写“选用其他分类的理由”；须另一人确认，确认前按“{wanted}”计",
            )
        ]
    return []
