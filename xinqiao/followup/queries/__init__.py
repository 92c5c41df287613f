"""What somebody may read of follow-up. Everything starts from the actor's scope; the database holds it too."""

from .reviews import (
    Note,
    Queue,
    ReviewPage,
    ToReview,
    chosen_for_review,
    own_notes,
    review_page,
    review_queue,
)
from .visits import (
    Preview,
    VisitContext,
    VisitPage,
    attempts_of,
    precautions_of,
    preview,
    proposal_for,
    scheduling_context,
    visit_context,
    visit_page,
    visits_and_attempts,
    visits_of,
)
from .waiting import (
    Waiting,
    provisional_risks,
    waiting_confirmations,
)
from .worklist import Filters, Row, Worklist, worklist

__all__ = [
    "Filters",
    "Note",
    "Preview",
    "Queue",
    "ReviewPage",
    "Row",
    "ToReview",
    "VisitContext",
    "VisitPage",
    "Waiting",
    "Worklist",
    "attempts_of",
    "chosen_for_review",
    "own_notes",
    "precautions_of",
    "preview",
    "proposal_for",
    "provisional_risks",
    "review_page",
    "review_queue",
    "scheduling_context",
    "visit_context",
    "visit_page",
    "visits_and_attempts",
    "visits_of",
    "waiting_confirmations",
    "worklist",
]
