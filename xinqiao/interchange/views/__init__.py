"""The pages of import: bring a file, see what it says, put it right, commit it."""

from .batches import abandon, batch, check, commit, home, progress, upload
from .files import history_book, problems_book, template
from .outgoing import visits_out
from .rows import fix, problems, skip

__all__ = [
    "abandon",
    "batch",
    "check",
    "commit",
    "fix",
    "history_book",
    "home",
    "problems",
    "problems_book",
    "progress",
    "skip",
    "template",
    "upload",
    "visits_out",
]
