"""What the pages of import read. Row-level security decides which batches there are."""

from .batches import Standing, batch_of, people_of, recent, same_file, standing_of
from .problems import (
    PAGE,
    Group,
    Line,
    alike_lines,
    all_lines,
    answer_sheets,
    groups,
    lines_of,
    problem_count,
    title_of,
)

__all__ = [
    "PAGE",
    "Group",
    "Line",
    "Standing",
    "alike_lines",
    "all_lines",
    "answer_sheets",
    "batch_of",
    "groups",
    "lines_of",
    "people_of",
    "problem_count",
    "recent",
    "same_file",
    "standing_of",
    "title_of",
]
