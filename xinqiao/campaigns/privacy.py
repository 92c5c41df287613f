"""Privacy classes of the lines of special actions."""

from __future__ import annotations

from xinqiao.registry.privacy import Privacy, declare, each

declare(
    "campaigns.Target",
    each(Privacy.PROCESS, "campaign person worker_id outcome visit_id op_id recorded_by recorded_at"),
    each(Privacy.PERSONAL, "happened_on reason note"),
    each(Privacy.CLINICAL, "answers"),
    fact=False,
)
