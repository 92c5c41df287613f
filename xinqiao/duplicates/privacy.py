"""Privacy classes of the tables of duplicates."""

from __future__ import annotations

from xinqiao.registry.privacy import Privacy, declare, each

declare(
    "duplicates.Hunt",
    each(Privacy.PROCESS, "user_id state started_at ended_at people done found added failure"),
    fact=False,
)
declare(
    "duplicates.Pair",
    each(Privacy.PROCESS, "first second kind score agreed state found_at decided_at decided_by"),
    each(Privacy.PERSONAL, "reason"),
    fact=False,
)
declare(
    "duplicates.Merge",
    each(Privacy.PROCESS, "op_id winner loser merged_at merged_by row_version undone_at undone_by"),
    each(Privacy.PERSONAL, "reason undone_reason"),
    each(Privacy.SEALED, "before after"),
    fact=False,
)
