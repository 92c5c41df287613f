"""Privacy classes of the tables of transfers."""

from __future__ import annotations

from xinqiao.registry.privacy import Privacy, declare, each

declare(
    "transfers.Transfer",
    each(
        Privacy.PROCESS,
        "op_id person from_institution to_code at_code state sent_on sent_at sent_by closed_on accepted_code receipt_on",
    ),
    each(Privacy.PERSONAL, "reason return_reason receiver"),
    each(Privacy.SEALED, "preview to_address"),
    fact=False,
)
declare(
    "transfers.Hop",
    each(
        Privacy.PROCESS,
        "transfer kind happened_on recorded_at recorded_by by_name from_code to_code source_id voided_at",
    ),
    each(Privacy.PERSONAL, "reached reason note"),
    fact=False,
)
declare(
    "transfers.Listing",
    each(
        Privacy.PROCESS,
        "op_id person institution contact contact_phone since until ended recorded_at recorded_by",
    ),
    each(Privacy.NAMING, "name"),
    each(Privacy.PERSONAL, "sex residence_code"),
    each(Privacy.SEALED, "id_number"),
    fact=False,
)
