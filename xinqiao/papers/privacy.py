"""Privacy classes of the tables of paper."""

from __future__ import annotations

from xinqiao.registry.privacy import Privacy, declare, each

declare(
    "papers.Pile",
    each(Privacy.PROCESS, "user_id place month visited_by doctor created_at finished_at"),
    fact=False,
)
declare(
    "papers.PileRow",
    each(Privacy.PROCESS, "pile person position op_id state visit_id saved_at"),
    each(Privacy.SEALED, "answers"),
    fact=False,
)
declare(
    "papers.Pack",
    each(
        Privacy.PROCESS,
        "user_id maker created_at purpose period_from period_to parts whole_numbers state made_at expires_at pages"
        " size_bytes downloads failure",
    ),
    each(Privacy.SEALED, "body"),
    fact=False,
)
declare(
    "papers.PackMember",
    each(Privacy.PROCESS, "pack position state person candidates contents pages"),
    each(Privacy.SEALED, "line body"),
    fact=False,
)
