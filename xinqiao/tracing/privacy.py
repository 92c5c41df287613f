"""Privacy classes of the tables of tracing."""

from __future__ import annotations

from xinqiao.registry.privacy import Privacy, declare, each

declare(
    "tracing.Search",
    each(
        Privacy.PROCESS,
        "person op_id stage origin origin_id opened_at opened_by confirmed confirmed_by confirmed_at ended_by ended_at",
    ),
    each(Privacy.PERSONAL, "opened_on left_on counts_after tries lost_on ended_on ended_how ended_note"),
    each(Privacy.CLINICAL, "reason note grave lost_code lost_note"),
    fact=False,
)
declare(
    "tracing.Asked",
    each(Privacy.PROCESS, "search op_id kind attachment"),
    each(Privacy.PERSONAL, "happened_on heard done_by note"),
)
declare(
    "tracing.Told",
    each(Privacy.PROCESS, "search op_id receiver way fields basis"),
    each(Privacy.PERSONAL, "happened_on receiver_name"),
)
