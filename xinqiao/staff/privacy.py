"""Privacy classes of the tables of staff that point to patients."""

from __future__ import annotations

from xinqiao.registry.privacy import Privacy, declare, each

declare(
    "staff.HandedPerson",
    each(Privacy.PROCESS, "hand_over person successor_id"),
    each(Privacy.PERSONAL, "due_on handed_on"),
    each(Privacy.CLINICAL, "visit_class risk"),
    fact=False,
)
declare(
    "staff.WorkLine",
    each(Privacy.PROCESS, "record person visit_id kind"),
    each(Privacy.PERSONAL, "visit_date"),
    each(Privacy.CLINICAL, "reason"),
    fact=False,
)
