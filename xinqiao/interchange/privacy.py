"""Privacy classes of the tables of import: what the workbook held is sealed as a whole."""

from __future__ import annotations

from xinqiao.registry.privacy import Privacy as P
from xinqiao.registry.privacy import declare, each

declare(
    "interchange.Batch",
    each(
        P.PROCESS,
        "created_at created_by label name_hash content_hash size_bytes state state_at counts problem_rows failure"
        " committed_at",
    ),
    each(P.SEALED, "layout"),
    fact=False,
)
declare(
    "interchange.Row",
    each(P.PROCESS, "batch position sheet number kind hidden skipped problems outcome key again person_id"),
    each(P.SEALED, "payload"),
    fact=False,
)
