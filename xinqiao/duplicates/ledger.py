"""What becomes of each column that refers to a person when two files are merged.

`registry.moving` knows which tables go along with a person; here every column that names one is said for itself, also those
without a foreign key. The database refuses to merge while one is missing (`duplicates_merge_people`), and
`tests/test_cover.py` fails first. Most rows simply become the winner's: MOVE. Say something else only with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class Strategy(StrEnum):
    """MOVE: the row becomes the winner's; where a unique constraint forbids that, it is parked. PARK: it stays the loser's, at the
    code of the nation. VOID: voided and parked. DERIVED: parked, and folded anew. KEEP: untouched."""

    MOVE = "move"
    PARK = "park"
    VOID = "void"
    DERIVED = "derived"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Cover:
    """One column. `when`: rows whose column has this value are parked instead ("$loser" stands for the loser's key);
    `why` for whatever is not moved."""

    strategy: Strategy = Strategy.MOVE
    when: tuple[str, str] | None = None
    why: str = ""


MOVE = Cover()
#: In this order: visits first, since what hangs on one that is parked stays with it.
COVER: dict[str, Cover] = {
    "followup_visit.person_id": MOVE,
    "followup_confirmation.person_id": MOVE,
    "followup_review.person_id": MOVE,
    "followup_visitattempt.person_id": MOVE,
    "followup_draft.person_id": MOVE,
    "followup_obligation.person_id": Cover(Strategy.DERIVED, why="follows from the facts"),
    "followup_standing.person_id": Cover(Strategy.PARK, why="follows from the facts; one row a person"),
    "registry_address.person_id": MOVE,
    "registry_attachment.person_id": MOVE,
    "registry_background.person_id": MOVE,
    "registry_careplacement.person_id": MOVE,
    "registry_certificate.person_id": MOVE,
    "registry_consent.person_id": MOVE,
    "registry_diagnosis.person_id": MOVE,
    "registry_guardian.person_id": MOVE,
    "registry_householdmember.person_id": MOVE,
    "registry_identifier.person_id": MOVE,
    "registry_lifecorrection.person_id": MOVE,
    "registry_lifeevent.person_id": MOVE,  # but for those that `rules.courses` puts away
    "registry_othernumber.person_id": MOVE,
    "registry_personname.person_id": MOVE,
    "registry_personrevision.person_id": Cover(
        Strategy.PARK, why="former values of the loser's own columns, read against those"
    ),
    "registry_relative.person_id": MOVE,
    "registry_responsibility.person_id": Cover(
        Strategy.VOID, why="one person counts once: at the winner's institution"
    ),
    "registry_responsibleperson.person_id": MOVE,
    "registry_support.person_id": MOVE,
    "treatment_exam.person_id": MOVE,
    "treatment_examrefusal.person_id": MOVE,
    "screening_clue.person_id": MOVE,
    "screening_review.person_id": MOVE,
    "screening_roundperson.person_id": MOVE,
    "reporting_card.person_id": MOVE,
    "reporting_addresssearch.person_id": MOVE,
    "reporting_sharedfacts.person_id": MOVE,
    "tracing_search.person_id": MOVE,
    "tracing_asked.person_id": MOVE,
    "tracing_told.person_id": MOVE,
    "transfers_transfer.person_id": MOVE,
    "transfers_listing.person_id": MOVE,
    "consents_carereport.person_id": MOVE,
    "boundaries_assignment.person_id": MOVE,
    "campaigns_target.person_id": MOVE,
    "ownview_viewrequest.person_id": MOVE,
    "ownview_correctionrequest.person_id": MOVE,
    "staff_handedperson.person_id": MOVE,
    "staff_workline.person_id": MOVE,
    "papers_packmember.person_id": MOVE,
    "papers_pilerow.person_id": MOVE,
    "national_difference.person_id": MOVE,
    "national_entry.person_id": MOVE,
    "clocks_clock.person_id": Cover(
        when=("subject", "$loser"), why="clocks about the file itself are folded from its events"
    ),
    "interchange_row.person_id": Cover(
        Strategy.KEEP, why="what a workbook's row became, as it was; the old address leads on"
    ),
    "audit_read.person_ids": Cover(
        Strategy.KEEP, why="append-only; the winner's read log follows the ledger (registry_reads_of)"
    ),
    "duplicates_pair.first_id": Cover(Strategy.KEEP, why="which two files were compared"),
    "duplicates_pair.second_id": Cover(Strategy.KEEP, why="which two files were compared"),
    "duplicates_merge.winner_id": Cover(Strategy.KEEP, why="the chain of merges"),
    "duplicates_merge.loser_id": Cover(Strategy.KEEP, why="the chain of merges"),
}


def plan(loser: UUID) -> list[dict[str, Any]]:
    """The cover as the database function takes it."""
    steps = []
    for name, cover in COVER.items():
        table, _, column = name.partition(".")
        step: dict[str, Any] = {"table": table, "column": column, "strategy": cover.strategy.value}
        if cover.when is not None:
            value = str(loser) if cover.when[1] == "$loser" else cover.when[1]
            step |= {"when_column": cover.when[0], "when_value": value}
        steps.append(step)
    return steps


def derived() -> list[dict[str, str]]:
    """Columns whose rows are folded anew when two files are taken apart."""
    return [
        dict(zip(("table", "column"), name.split("."), strict=True))
        for name, cover in COVER.items()
        if cover.strategy is Strategy.DERIVED
    ]
