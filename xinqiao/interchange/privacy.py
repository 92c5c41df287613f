"""Privacy classes of the tables of import: what the workbook held is sealed as a whole."""

from __future__ import annotations

from xinqiao.registry.privacy import Privacy, declare, each

declare(
    "interchange.Batch",
    each(
        Privacy.PROCESS,
        "created_at created_by label name_hash content_hash size_bytes state state_at counts problem_rows failure"
        " committed_at",
    ),
    each(Privacy.SEALED, "layout"),
    fact=False,
)
declare(
    "interchange.Row",
    each(
        Privacy.PROCESS,
        "batch position sheet number kind hidden skipped problems outcome key again content person_id",
    ),
    each(Privacy.SEALED, "payload"),
    fact=False,
)
