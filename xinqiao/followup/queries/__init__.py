"""What somebody may read of follow-up. Everything starts from the actor's scope; the database holds it too."""

from .worklist import Filters, Row, Worklist, worklist

__all__ = ["Filters", "Row", "Worklist", "worklist"]
