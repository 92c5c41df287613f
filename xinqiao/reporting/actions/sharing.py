"""The receipt of every giving of facts to another institution."""

from __future__ import annotations

from collections.abc import Sequence

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.places.models import Institution

from ..models import Card, SharedFacts


def share(
    card: Card,
    *,
    kind: str,
    basis: str,
    fields: Sequence[str],
    receiver: Institution | None,
    actor: Actor,
    clock: Clock,
    shared: Sequence[str] = (),
    receiver_code: str = "",
) -> None:
    """Write what was given to whom under which clause; inside the transaction of the giving, which leaves the audit line."""
    SharedFacts.objects.create(
        card_id=card.pk, person_id=card.person_id, managing_code=card.managing_code, shared_codes=list(shared), kind=kind,
        basis=basis, fields=list(fields), receiver=receiver,
        receiver_code=receiver_code or (receiver.place if receiver else card.managing_code),
        shared_on=clock.today(), shared_at=clock.now(), shared_by=actor.user_id,
    )  # fmt: skip
