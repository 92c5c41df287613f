"""What somebody may read of follow-up. Everything starts from the actor's scope; the database holds it too."""

from .visits import (
    Preview,
    VisitContext,
    VisitPage,
    attempts_of,
    preview,
    proposal_for,
    scheduling_context,
    visit_context,
    visit_page,
    visits_of,
)
from .waiting import LossToVerify, Waiting, losses_to_verify, waiting_confirmations
from .worklist import Filters, Row, Worklist, worklist

__all__ = [
    "Filters",
    "LossToVerify",
    "Preview",
    "Row",
    "VisitContext",
    "VisitPage",
    "Waiting",
    "Worklist",
    "attempts_of",
    "losses_to_verify",
    "preview",
    "proposal_for",
    "scheduling_context",
    "visit_context",
    "visit_page",
    "visits_of",
    "waiting_confirmations",
    "worklist",
]
