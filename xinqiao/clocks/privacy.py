"""Privacy classes of the clocks."""

from __future__ import annotations

from xinqiao.registry.privacy import Privacy, declare, each

declare(
    "clocks.Clock",
    each(
        Privacy.PROCESS,
        "person code kind subject period outcome unit took holder chain clause policy_version county counted_code"
        " counts_at counts_county",
    ),
    each(Privacy.PERSONAL, "started_on due_on warn_on ended_on paused_on county_on"),
    fact=False,
)
