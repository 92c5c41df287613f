"""Privacy classes of what people asked about their own record."""

from __future__ import annotations

from xinqiao.registry.privacy import Privacy, declare, each

declare(
    "ownview.ViewRequest",
    each(Privacy.PROCESS, "op_id person recorded_at recorded_by decided_by handed_by"),
    each(Privacy.NAMING, "asker_name psychiatrist"),
    each(
        Privacy.PERSONAL,
        "asker relation footing asked_on verdict held_back decided_on handed_on withdrawn_on",
    ),
    each(Privacy.CLINICAL, "footing_note reason"),
    fact=False,
)
declare(
    "ownview.CorrectionRequest",
    each(Privacy.PROCESS, "op_id person recorded_at recorded_by answered_by"),
    each(Privacy.NAMING, "asker_name"),
    each(Privacy.PERSONAL, "asker about asked_on answer answered_on"),
    each(Privacy.CLINICAL, "says answer_reason"),
    fact=False,
)
