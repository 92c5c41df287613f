"""What to know before leaving: whether somebody goes along, whether a police officer does, and why. Clause: OWN/two-together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xinqiao.kernel.codes import NATION
from xinqiao.policy.policies import PolicySet, released_policies

WEAPON_LEVEL = 5
"""Level 5 is violence with an implement, arson or explosion: the scale's own meaning, no threshold of ours."""


@dataclass(frozen=True, slots=True)
class Precautions:
    """Codes of the reasons, gravest first; nothing in either means nothing special. `township`: the township's worker
    goes along to somebody's first visit."""

    two_together: tuple[str, ...] = ()
    police: tuple[str, ...] = ()
    township: bool = False

    def __bool__(self) -> bool:
        return bool(self.two_together or self.police or self.township)


def precautions(
    *,
    visit_class: str | None,
    risk: int | None,
    worst_risk: int | None = None,
    in_hospital: bool = False,
    past_incident: bool = False,
    last_acts: Mapping[str, int] | None = None,
    visited: bool = True,
    policies: PolicySet | None = None,
    on: date | None = None,
    ancestors: Sequence[str] = (NATION,),
) -> Precautions:
    """From what counts today. `risk` and `visit_class` are those that count, `worst_risk` the highest level ever,
    `past_incident` 肇事 or 肇祸 ever, `last_acts` the dangerous acts of the last visit by code. In hospital nobody is
    visited at home, so nothing is said."""
    if in_hospital:
        return Precautions()
    levels = (policies or released_policies()).at(
        "followup/precautions", on=on or date.max, ancestors=ancestors
    )
    two: list[str] = []
    police: list[str] = []
    level, worst, acts = risk or 0, max(worst_risk or 0, risk or 0), last_acts or {}
    unstable = visit_class == "1"
    if worst >= WEAPON_LEVEL:
        police.append("weapon")
    if level >= levels.value["police_along"]:
        police.append("high_risk")
    if acts.get("3"):
        police.append("serious_act")
    if unstable and past_incident:
        police.append("unstable_with_incident")
    if level >= levels.value["two_together"]:
        two.append("risk")
    if unstable:
        two.append("unstable")
    if past_incident:
        two.append("incident")
    if any(acts.get(code) for code in ("1", "2", "3", "4")):
        two.append("recent_act")
    if police and not two:
        two.append("police")
    return Precautions(tuple(two), tuple(police), township=not visited)
