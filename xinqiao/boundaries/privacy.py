"""Privacy classes of the table of people who wait for their new village."""

from __future__ import annotations

from xinqiao.registry.privacy import Privacy, declare, each

declare("boundaries.Assignment", each(Privacy.PROCESS, "change person settled_at settled_by"), fact=False)
