"""Which fact of one day comes first. Dates have no time of day, so the order is a rule: never who typed first.

Filing, then the visits by their form, then the registry's events in its order (`registry.rules.WITHIN_A_DAY`), a refusal
beside a loss and a consent beside being found. `rules.js` has the same order for what it knows.
"""

from __future__ import annotations

from collections.abc import Mapping

from xinqiao.registry.rules import WITHIN_A_DAY

_EVENTS = {kind: 2 + place for place, kind in enumerate(WITHIN_A_DAY) if kind != "filed"}

#: Kind of fact → its place within the day.
RANK: Mapping[str, int] = {
    "filed": 0,
    "visit": 1,
    **_EVENTS,
    "refused": _EVENTS["lost"],
    "consented": _EVENTS["found"],
    "transferred_in": _EVENTS["moved_in"],
    "dead": _EVENTS["died"],
    "reinstated": 2 + len(WITHIN_A_DAY),
}
