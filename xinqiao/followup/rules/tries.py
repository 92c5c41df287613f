"""How many tries without meeting a person are enough to ask whether the person is lost. Clause: N18/attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from xinqiao.policy.policies import PolicySet


def enough(tries: int, *, policies: PolicySet, on: date, ancestors: Sequence[str]) -> bool:
    """Whether that many tries since the last visit put the person on the list to verify."""
    return (
        tries > 0 and tries >= policies.at("followup/windows", on=on, ancestors=ancestors).value["lost_tries"]
    )
