"""A bundle handed out until it expires, and emptied then or before.

Who made it, for what, with whose files, and each download stay in the trail and in the read log of the people.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import F

from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict
from xinqiao.kernel.words import sentence

from ...choices import MemberState, PackState
from ...models import Pack, PackMember
from ...queries.packs import find_pack
from ..entry import office_of


@transaction.atomic
def download_pack(*, actor: Actor, clock: Clock, pack_id: UUID) -> tuple[Pack, bytes]:
    """The PDF, counted and written into the read log of everybody in it. Conflict when it is not ready or has expired."""
    pack = find_pack(actor=actor, pack_id=pack_id)
    if pack.state == PackState.READY and pack.expires_at and pack.expires_at <= clock.now():
        expire_packs(actor=actor, clock=clock)
        pack = find_pack(actor=actor, pack_id=pack_id)
    if pack.state == PackState.EXPIRED:
        raise Conflict(sentence("这份材料已过期，内容已清除；需要时请重新生成"), code="conflict.expired")
    if pack.state != PackState.READY:
        raise Conflict(sentence("这份材料还没有生成好"), code="conflict.not_ready")
    body = bytes(Pack.objects.values_list("body", flat=True).get(pk=pack.pk))
    Pack.objects.filter(pk=pack.pk).update(downloads=F("downloads") + 1)
    ids = PackMember.objects.filter(pack=pack, state=MemberState.FOUND).values_list("person_id", flat=True)
    audit.read(
        actor=actor,
        clock=clock,
        kind="download",
        person_ids=[pk for pk in ids if pk],
        purpose=f"迎检包：{pack.purpose}",
    )
    audit.record(
        actor=actor,
        clock=clock,
        action="download_pack",
        object_type="pack",
        object_id=pack.pk,
        place=pack.managing_code,
        detail={"number": pack.downloads + 1},
    )
    return pack, body


@transaction.atomic
def expire_packs(*, actor: Actor, clock: Clock) -> int:
    """Empty the actor's bundles whose days are over; how many."""
    due = Pack.objects.filter(user_id=actor.user_id, state=PackState.READY, expires_at__lte=clock.now())
    ids = list(due.values_list("pk", flat=True))
    for pk in ids:
        _empty(pk, PackState.EXPIRED)
        audit.record(
            actor=actor,
            clock=clock,
            action="expire_pack",
            object_type="pack",
            object_id=pk,
            place=office_of(actor),
        )
    return len(ids)


@transaction.atomic
def drop_pack(*, actor: Actor, clock: Clock, pack_id: UUID) -> None:
    """Empty a bundle before its day."""
    pack = find_pack(actor=actor, pack_id=pack_id)
    if pack.state == PackState.EXPIRED:
        return
    _empty(pack.pk, PackState.EXPIRED)
    audit.record(
        actor=actor,
        clock=clock,
        action="drop_pack",
        object_type="pack",
        object_id=pack.pk,
        place=pack.managing_code,
    )


def _empty(pk: UUID, state: PackState) -> None:
    Pack.objects.filter(pk=pk).update(state=state, body=b"")
    PackMember.objects.filter(pack_id=pk).update(body=b"", line="")
