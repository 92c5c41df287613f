"""Privacy classes of the tables of this domain."""

from __future__ import annotations

from xinqiao.registry.privacy import Privacy, declare, each

declare("national.Entry", each(Privacy.PROCESS, "visit platform entered_on op_id"))
declare(
    "national.Comparison",
    each(
        Privacy.PROCESS,
        "created_at created_by label content_hash as_of state state_at rows counts failure",
    ),
    each(Privacy.SEALED, "layout"),
    fact=False,
)
declare(
    "national.ExportRow",
    each(Privacy.PROCESS, "comparison number"),
    each(Privacy.SEALED, "payload"),
    fact=False,
)
declare(
    "national.Difference",
    each(
        Privacy.PROCESS,
        "county_code subject person kind field state opened_at seen_at first_seen last_seen times reopened assigned_to due_on"
        " settled_by settled_at row_version reason",
    ),
    each(Privacy.SEALED, "who here there note"),
    fact=False,
)
declare(
    "national.DifferenceStep",
    each(Privacy.PROCESS, "difference at by kind reason to due_on"),
    each(Privacy.SEALED, "note"),
    fact=False,
)
